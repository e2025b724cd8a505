"""A disk of its own that fills up while the appliance works: everything waits, nothing is lost, everything goes on."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.adapters.model_shelf import ModelShelf
from bench.box import Box, running_box
from bench.crash import hash_of, plays

from ..conftest import skip_or_fail

LIMIT_S = 300.0
MIB = 1024**2
DISK_MIB, LEAST_FREE_MIB = 400, 60


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of a few hundred megabytes, mounted from a file."""
    image, place = tmp_path / "disk.img", tmp_path / "disk"
    place.mkdir()
    with image.open("wb") as stream:
        stream.truncate(DISK_MIB * MIB)
    for words in (["mkfs.ext4", "-q", "-F", "-m", "0", str(image)], ["mount", "-o", "loop", str(image), str(place)]):
        try:
            subprocess.run(words, check=True, capture_output=True, timeout=60)
        except (OSError, subprocess.SubprocessError) as error:
            skip_or_fail("mount", f"a disk cannot be made here: {error}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False, capture_output=True, timeout=60)


def fill(disk: Path, *, leave_mib: int) -> None:
    """Take all the room but this much; to the last byte when nothing is to be left."""
    with (disk / "filler").open("ab") as stream, contextlib.suppress(OSError):
        room = shutil.disk_usage(disk).free - leave_mib * MIB
        if room > 0:
            os.posix_fallocate(stream.fileno(), stream.tell(), room)
    if leave_mib == 0:
        with contextlib.suppress(OSError), (disk / "filler").open("ab", buffering=0) as stream:
            while True:
                stream.write(bytes(4096))


def make_room(disk: Path) -> None:
    (disk / "filler").unlink(missing_ok=True)


def upload(box: Box, path: Path) -> int:
    """The status that the page answers to an upload of this file as it is."""
    request = urllib.request.Request(
        f"{box.page}/api/upload?name={path.name}",
        path.read_bytes(),
        {"Content-Type": "video/mp4", "Sec-Fetch-Site": "same-origin"},
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        return refusal.code


def statuses(box: Box) -> dict[str, str]:
    return {str(item["name"]): str(item["status"]) for item in box.items()}


def test_a_full_disk_makes_everything_wait_and_nothing_is_lost(
    small_disk: Path, tmp_path: Path, drawn_footage: Path, pose_weights: ModelShelf
) -> None:
    tables: dict[str, dict[str, object]] = {
        "storage": {"data": str(small_disk / "data")},
        "retention": {"min_free": f"{LEAST_FREE_MIB}MB", "make_room": False},
    }
    with running_box(tmp_path / "box", tables, {"RINKREEL_STORAGE_MODELS": str(pose_weights.root)}) as box:
        box_data = small_disk / "data"
        # An upload is refused before it takes the last room, and leaves nothing behind.
        fill(small_disk, leave_mib=LEAST_FREE_MIB - 20)
        assert upload(box, drawn_footage / "MVI_0000.MP4") == 507
        assert [path for path in (box_data / "work" / "uploads").rglob("*") if path.is_file()] == []
        make_room(small_disk)

        # While footage is watched, the disk fills to the last byte.
        shutil.copyfile(drawn_footage / "MVI_0000.MP4", box_data / "footage" / "MVI_0000.MP4")
        box.wait_for(lambda: statuses(box).get("MVI_0000") == "processing", LIMIT_S, "the first recording is being worked on")
        fill(small_disk, leave_mib=0)
        box.wait_for(lambda: is_short_of_room(box), 60, "the page says that the disk is full")
        assert statuses(box).get("MVI_0000") != "failed"
        make_room(small_disk)
        box.wait_for(lambda: statuses(box).get("MVI_0000") == "completed", LIMIT_S, "the first recording is a reel")

        # Too little room for a reel: the order for it waits, and says so.
        shutil.copyfile(drawn_footage / "MVI_0001.MP4", box_data / "footage" / "MVI_0001.MP4")
        fill(small_disk, leave_mib=LEAST_FREE_MIB - 10)
        box.wait_for(
            lambda: any("room" in str(item["message"]) for item in box.items() if item["name"] == "MVI_0001"),
            LIMIT_S,
            "the second recording waits for room",
        )
        make_room(small_disk)
        box.wait_for(lambda: statuses(box).get("MVI_0001") == "completed", LIMIT_S, "the second recording is a reel")

        reels = sorted((box_data / "reels").rglob("*.mp4"))
        assert [path.name for path in reels] == ["highlight_MVI_0000.mp4", "highlight_MVI_0001.mp4"] or len(reels) == 2
        assert all(plays(path) for path in reels)
        kept = {hash_of(path) for path in (box_data / "originals").rglob("*.MP4")}
        assert kept == {hash_of(drawn_footage / f"MVI_000{index}.MP4") for index in range(2)}
    with contextlib.closing(sqlite3.connect(small_disk / "data" / "book.db")) as book:
        assert book.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def is_short_of_room(box: Box) -> bool:
    """Whether the page says so, in its notices or by not being ready."""
    try:
        box.get("/readyz")
    except urllib.error.HTTPError as refusal:
        return refusal.code == 503 and b"disk" in refusal.read().lower()
    except OSError:
        return False
    return False
