from __future__ import annotations

from pathlib import Path

import pytest

from appliance.adapters.model_shelf.manifest import read_manifest
from appliance.domain.errors import Misconfigured
from appliance.domain.model import ArchiveMember, Conversion, WheelMember

ENTRY = """
[one]
role = "crop_pose"
file = "one.onnx"
licence = "Apache-2.0"
sha256 = ["{sha256}"]
sources = [{source}]
layout = "NCHW"
colours = "rgb"
mean = [0.0]
std = [1.0]
width_px = 192
height_px = 256
joints = 17
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "manifest.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_products_own_manifest_names_every_model_with_hash_licence_and_source() -> None:
    cards = read_manifest()
    assert {"blazepose-detector", "blazepose-landmarks", "blazepose-bundle", "rtmdet-nano", "rtmo-s"} <= {c.name for c in cards}
    assert len({card.file for card in cards}) == len(cards)
    for card in cards:
        assert card.sources
        assert card.licence == "Apache-2.0"
        assert card.sha256
        assert all(len(digest) == 64 and set(digest) <= set("0123456789abcdef") for digest in card.sha256)


def test_conversions_name_parts_that_the_manifest_knows() -> None:
    cards = {card.name: card for card in read_manifest()}
    parts = [part for card in cards.values() if card.conversion for part in card.conversion.parts]
    assert parts
    assert set(parts) <= set(cards)


def test_everything_that_is_not_optional_comes_from_a_package_index() -> None:
    cards = [card for card in read_manifest() if not card.optional]
    assert all(isinstance(card.sources[0], WheelMember | Conversion) for card in cards)


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ('{ package = "p", version = "1", member = "a/b" }', WheelMember),
        ('{ url = "https://example.org/x.zip", member = "x.onnx" }', ArchiveMember),
        ('{ parts = ["other"] }', Conversion),
    ],
)
def test_a_source_is_known_by_its_keys(tmp_path: Path, source: str, kind: type) -> None:
    (card,) = read_manifest(write(tmp_path, ENTRY.format(sha256="a" * 64, source=source)))
    assert isinstance(card.sources[0], kind)
    assert card.name == "one"


@pytest.mark.parametrize("text", ["[one", "[one]\nrole = 3\n", ENTRY.format(sha256="a", source='{ ftp = "x" }')])
def test_a_manifest_that_is_not_understood_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(Misconfigured, match=r"manifest\.toml"):
        read_manifest(write(tmp_path, text))


def test_a_missing_manifest_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="absent"):
        read_manifest(tmp_path / "absent.toml")
