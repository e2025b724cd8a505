from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from appliance.adapters.model_shelf.builds import BuildNote, build_model, build_version, is_vouched_for, note_path, write_note
from appliance.adapters.model_shelf.manifest import read_manifest
from appliance.adapters.tflite.versions import BUNDLE_VERSION, CONVERTER_VERSION
from appliance.domain.errors import Misconfigured

CARDS = {card.name: card for card in read_manifest()}
CONTENT = b"made"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
ACCEPTED = {"raw": ("aa", "bb")}


@pytest.fixture
def made(tmp_path: Path) -> Path:
    path = tmp_path / "x.onnx"
    path.write_bytes(CONTENT)
    note_path(path).write_bytes(write_note(BuildNote(parts={"raw": "bb"}, version=3, sha256=SHA256)))
    return path


def test_a_model_made_of_accepted_parts_by_this_version_is_vouched_for(made: Path) -> None:
    assert is_vouched_for(made, SHA256, parts=ACCEPTED, version=3)


def test_another_version_part_or_content_is_not(made: Path) -> None:
    assert not is_vouched_for(made, SHA256, parts=ACCEPTED, version=4)
    assert not is_vouched_for(made, SHA256, parts={"raw": ("cc",)}, version=3)
    assert not is_vouched_for(made, SHA256, parts={"raw": ("bb",), "more": ("bb",)}, version=3)
    assert not is_vouched_for(made, "0" * 64, parts=ACCEPTED, version=3)


@pytest.mark.parametrize("text", [b"", b"{}", b"[]", b'{"parts": 1, "version": 3, "sha256": "x", "more": 1}'])
def test_a_spoilt_note_vouches_for_nothing(made: Path, text: bytes) -> None:
    note_path(made).write_bytes(text)
    assert not is_vouched_for(made, SHA256, parts=ACCEPTED, version=3)


def test_without_a_note_nothing_is_vouched_for(made: Path) -> None:
    note_path(made).unlink()
    assert not is_vouched_for(made, SHA256, parts=ACCEPTED, version=3)


def test_each_kind_of_model_has_the_version_of_what_makes_it() -> None:
    assert build_version(CARDS["blazepose-bundle"]) == BUNDLE_VERSION
    assert build_version(CARDS["blazepose-detector"]) == CONVERTER_VERSION


def test_what_nobody_can_make_is_refused(made: Path) -> None:
    with pytest.raises(Misconfigured, match="rtmo-s"):
        build_model(CARDS["rtmo-s"], [made, made])
