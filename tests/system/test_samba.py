"""Footage that comes over the network: a real Samba server in front of the share, copies that are slow, broken off or renamed."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from appliance.adapters.ffmpeg.binary import find_ffmpeg
from appliance.adapters.model_shelf import ModelShelf
from bench.box import Box, running_box
from bench.crash import hash_of

from ..media_files import Clip, write_clip
from ..samba_place import SambaShare, served

#: Generous, as the machine may be slow and busy; nothing here asserts speed.
LIMIT_S = 300.0
#: So that what does not open waits long enough to be looked at.
GIVE_UP_AFTER = "6s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rink:
    """An appliance, and its share as the network sees it."""

    box: Box
    share: SambaShare
    drawn: Path
    plain: Path

    def job(self, name: str) -> dict[str, Any] | None:
        """The newest job of this name."""
        return next((job for job in self.box.get("/api/jobs")["jobs"] if job["name"] == name), None)

    def lines(self, name: str) -> dict[str, dict[str, Any]]:
        """Lines of a drop's receipt by place; none before there is one."""
        job = self.job(name)
        return {} if job is None else {line["place"]: line for line in self.receipt(name)["files"]}

    def receipt(self, name: str) -> dict[str, Any]:
        """The receipt of a drop."""
        job = self.job(name)
        assert job is not None
        return dict(self.box.get(f"/api/jobs/{job['job_id']}/receipt"))

    def items(self, name: str) -> dict[str, dict[str, Any]]:
        """Recordings of a drop by name, once all have ended and nothing more is expected."""
        self.wait_for(lambda: self._is_over(name), f"everything in {name} has ended")
        job = self.job(name)
        assert job is not None
        return {item["name"]: item for item in self.box.get(f"/api/status/{job['job_id']}")["items"]}

    def wait_for(self, happened: Callable[[], object], what: str) -> None:
        """Ask again and again."""
        self.box.wait_for(happened, LIMIT_S, what)

    def kept(self) -> set[str]:
        """Hashes of all originals."""
        return {hash_of(path) for path in (self.box.data / "originals").rglob("*") if path.suffix.lower() in (".mp4", ".lrv")}

    def _is_over(self, name: str) -> bool:
        job = self.job(name)
        return job is not None and job["settled"] and job["status"] in ("completed", "failed", "partial")


@pytest.fixture(scope="module")
def rink(tmp_path_factory: pytest.TempPathFactory, drawn_footage: Path, pose_weights: ModelShelf) -> Iterator[Rink]:
    """An appliance whose share is served."""
    root = tmp_path_factory.mktemp("rink")
    plain = write_clip(root / "plain.mp4", Clip(seconds=1, size_px=(320, 240)))
    (root / "box" / "data" / "footage").mkdir(parents=True)
    with served(root / "box" / "data" / "footage", root / "samba") as share:
        tables = {"intake": {"give_up_after": GIVE_UP_AFTER}}
        with running_box(root / "box", tables, {"RINKREEL_STORAGE_MODELS": str(pose_weights.root)}) as box:
            yield Rink(box=box, share=share, drawn=drawn_footage, plain=plain)


def other_bytes(source: Path, target: Path, title: str, *more: str) -> Path:
    """The same pictures under a title of their own, so that it is no copy."""
    target.parent.mkdir(parents=True, exist_ok=True)
    words = ["-i", str(source), "-c", "copy", "-metadata", f"title={title}", *more, str(target)]
    subprocess.run([str(find_ffmpeg().path), "-v", "error", "-nostdin", "-y", *words], check=True, timeout=60)
    return target


def copy_half(rink: Rink, source: Path, place: str) -> subprocess.Popen[bytes]:
    """Begin to copy a file, and stop in the middle."""
    content = source.read_bytes()
    client = rink.share.copy_by_hand(place)
    assert client.stdin is not None
    client.stdin.write(content[: len(content) // 2])
    client.stdin.flush()
    return client


def break_off_half(rink: Rink, source: Path, place: str) -> None:
    """A client that vanishes in the middle of a copy."""
    client = copy_half(rink, source, place)
    assert client.stdin is not None
    rink.wait_for(lambda: size_of(rink, place) > 0, f"some of {place} is there")
    client.kill()
    client.wait(20)
    client.stdin.close()


def size_of(rink: Rink, place: str) -> int:
    path = rink.box.footage / place
    return path.stat().st_size if path.exists() else 0


def test_a_card_that_is_copied_over_the_network_becomes_reels_and_a_receipt(rink: Rink, tmp_path: Path) -> None:
    card = tmp_path / "card"
    gopro, sony = card / "DCIM" / "100GOPRO", card / "PRIVATE" / "M4ROOT" / "CLIP"
    for folder in (gopro, sony, card / ".fseventsd"):
        folder.mkdir(parents=True)
    shutil.copyfile(rink.drawn / "MVI_0000.MP4", gopro / "GX010123.MP4")
    other_bytes(rink.drawn / "MVI_0000.MP4", tmp_path / "twin.mp4", "twin").rename(gopro / "GL010123.LRV")
    other_bytes(rink.plain, sony / "C0001.MP4", "plain")
    for litter in (gopro / "GX010123.THM", gopro / "._GX010123.MP4", sony / "C0001M01.XML", card / ".fseventsd" / "01"):
        litter.write_bytes(b"litter")
    rink.share.do("mkdir Tuesday", "cd Tuesday", "recurse ON", "prompt OFF", "mput *", within=card)

    items = rink.items("Tuesday")
    assert {name: item["status"] for name, item in items.items()} == {"GX010123": "completed", "C0001": "completed"}
    assert items["GX010123"]["kept_s"] > 3
    assert items["C0001"]["message"] == "Nobody moves in this recording."
    fates = {place: line["fate"] for place, line in rink.lines("Tuesday").items()}
    assert {place: fate for place, fate in fates.items() if fate != "ignored"} == {
        "DCIM/100GOPRO/GX010123.MP4": "recording",
        "DCIM/100GOPRO/GL010123.LRV": "proxy",
        "PRIVATE/M4ROOT/CLIP/C0001.MP4": "recording",
    }
    # What the server itself does not let in never was in the share.
    assert {place for place, fate in fates.items() if fate == "ignored"} >= {
        "DCIM/100GOPRO/GX010123.THM",
        "PRIVATE/M4ROOT/CLIP/C0001M01.XML",
    }
    assert rink.receipt("Tuesday")["safe_to_format"]
    for place, line in rink.lines("Tuesday").items():
        if line["fate"] != "ignored":
            assert line["sha256"] == hash_of(card / place)
            assert line["sha256"] in rink.kept()


def test_a_slow_copy_is_not_taken_before_it_is_whole(rink: Rink, tmp_path: Path) -> None:
    source = other_bytes(rink.drawn / "MVI_0000.MP4", tmp_path / "slow.mp4", "slow")
    rink.share.do("mkdir Slow")
    client = copy_half(rink, source, "Slow/MVI_0001.MP4")
    assert client.stdin is not None
    # It stands still for longer than a file has to rest, and is held all the same.
    rink.wait_for(lambda: "open in another" in note_of(rink, "Slow", "MVI_0001.MP4"), "the receipt says what it waits for")
    assert 0 < size_of(rink, "Slow/MVI_0001.MP4") < source.stat().st_size
    assert not rink.receipt("Slow")["safe_to_format"]
    client.stdin.write(source.read_bytes()[source.stat().st_size // 2 :])
    client.stdin.close()
    assert client.wait(60) == 0

    (item,) = rink.items("Slow").values()
    assert item["status"] == "completed"
    assert rink.lines("Slow")["MVI_0001.MP4"]["sha256"] == hash_of(source)
    assert hash_of(source) in rink.kept()


def note_of(rink: Rink, drop: str, place: str) -> str:
    line = rink.lines(drop).get(place)
    return "" if line is None else str(line["note"])


def test_a_copy_that_keeps_closing_the_file_is_not_taken_before_it_is_whole(rink: Rink, tmp_path: Path) -> None:
    content = other_bytes(rink.plain, tmp_path / "pieces.mp4", "pieces").read_bytes()
    target = rink.box.footage / "Pieces" / "MVI_0002.MP4"
    target.parent.mkdir()
    for start in range(0, len(content), len(content) // 8):
        with target.open("ab") as stream:
            stream.write(content[start : start + len(content) // 8])
        time.sleep(0.4)
    (item,) = rink.items("Pieces").values()
    assert (item["status"], item["size_bytes"]) == ("completed", len(content))
    assert rink.lines("Pieces")["MVI_0002.MP4"]["sha256"] == hash_of(tmp_path / "pieces.mp4")


def test_a_file_that_is_renamed_into_place_is_taken_under_its_last_name(rink: Rink, tmp_path: Path) -> None:
    source = other_bytes(rink.plain, tmp_path / "late.mp4", "late")
    other_bytes(rink.plain, tmp_path / "soon.mp4", "soon")
    rink.share.do("mkdir Renamed", "cd Renamed", "put late.mp4 MVI_0003.MP4.part", "put soon.mp4 MVI_0004.MP4", within=tmp_path)
    rink.wait_for(lambda: note_of(rink, "Renamed", "MVI_0004.MP4").startswith("Nobody"), "the whole file beside it is done")
    assert hash_of(source) not in rink.kept()
    rink.share.do("cd Renamed", "rename MVI_0003.MP4.part MVI_0003.MP4")
    rink.wait_for(lambda: hash_of(source) in rink.kept(), "the renamed file is taken")
    items = rink.items("Renamed")
    assert items["MVI_0003"]["status"] == "completed"


def test_a_copy_that_was_broken_off_waits_and_the_next_try_counts(rink: Rink, tmp_path: Path) -> None:
    source = other_bytes(rink.drawn / "MVI_0000.MP4", tmp_path / "again.mp4", "again")
    rink.share.do("mkdir Again")
    break_off_half(rink, source, "Again/MVI_0005.MP4")
    rink.wait_for(lambda: "does not open yet" in note_of(rink, "Again", "MVI_0005.MP4"), "half a file waits")
    rink.share.do("cd Again", "put again.mp4 MVI_0005.MP4", within=tmp_path)
    (item,) = rink.items("Again").values()
    assert item["status"] == "completed"
    assert rink.lines("Again")["MVI_0005.MP4"]["sha256"] == hash_of(source)
    assert rink.receipt("Again")["safe_to_format"]


def test_half_a_file_that_stays_half_ends_with_a_reason_and_is_kept(rink: Rink, tmp_path: Path) -> None:
    source = other_bytes(rink.drawn / "MVI_0000.MP4", tmp_path / "half.mp4", "half")
    rink.share.do("mkdir Half")
    break_off_half(rink, source, "Half/MVI_0006.MP4")
    rink.wait_for(lambda: "does not open yet" in note_of(rink, "Half", "MVI_0006.MP4"), "half a file waits")
    half = (rink.box.footage / "Half" / "MVI_0006.MP4").read_bytes()
    assert source.read_bytes().startswith(half)
    rink.share.do("cd Half", "rename MVI_0006.MP4 MVI_0007.MP4")
    (item,) = rink.items("Half").values()
    assert (item["name"], item["status"]) == ("MVI_0007", "failed")
    assert item["message"]
    assert item["remedy"]
    (original,) = (rink.box.data / "originals" / item["item_id"]).glob("*.MP4")
    assert original.read_bytes() == half
    assert note_of(rink, "Half", "MVI_0006.MP4").startswith("renamed to")
    assert "see whether the copy is whole" in rink.receipt("Half")["verdict"]


def test_half_a_file_that_opens_all_the_same_does_not_make_the_card_safe(rink: Rink, tmp_path: Path) -> None:
    source = other_bytes(rink.drawn / "MVI_0000.MP4", tmp_path / "front.mp4", "front", "-movflags", "+faststart")
    rink.share.do("mkdir Front")
    break_off_half(rink, source, "Front/MVI_0009.MP4")
    (item,) = rink.items("Front").values()
    assert "the rest is missing" in " ".join([item["message"], *item["remarks"]])
    assert "see whether the copy is whole" in rink.receipt("Front")["verdict"]


def test_a_file_that_is_deleted_while_it_waits_makes_the_card_unsafe(rink: Rink, tmp_path: Path) -> None:
    source = other_bytes(rink.drawn / "MVI_0000.MP4", tmp_path / "gone.mp4", "gone")
    rink.share.do("mkdir Gone")
    break_off_half(rink, source, "Gone/MVI_0008.MP4")
    rink.wait_for(lambda: "does not open yet" in note_of(rink, "Gone", "MVI_0008.MP4"), "half a file waits")
    rink.share.do("cd Gone", "del MVI_0008.MP4")
    assert rink.items("Gone") == {}
    receipt = rink.receipt("Gone")
    assert not receipt["safe_to_format"]
    assert "vanished" in receipt["verdict"]
