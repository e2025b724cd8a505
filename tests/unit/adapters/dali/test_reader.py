"""Twin of adapters/dali/reader.py: the parent's side, with real processes that are not DALI; DALI itself is in tests/contract."""

from __future__ import annotations

import os
import sys
import tempfile
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from appliance.adapters.dali.reader import DaliFrame, DaliReader
from appliance.adapters.pyav.prober import PyavProber
from appliance.adapters.pyav.reader import PyavReader
from appliance.domain.errors import Transient
from appliance.domain.media import MediaFile, Orientation, VideoTrack

from ....media_files import Clip, write_clip

RATE = Fraction(8)
HANGING = "import time; time.sleep(600)"
DYING = "import sys; sys.exit(9)"


@pytest.fixture
def file(tmp_path: Path) -> MediaFile:
    return PyavProber().probe(write_clip(tmp_path / "a.mp4", Clip(seconds=1)))


def reader_with(program: str, limit_s: float = 20.0) -> DaliReader:
    return DaliReader(glances=PyavReader(), command=(sys.executable, "-c", program), silence_limit_s=limit_s)


def test_a_process_that_hangs_is_ended_with_all_it_made_and_left_to_another_reader(
    file: MediaFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = reader_with(HANGING, 0.2)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "pieces"))
    (tmp_path / "pieces").mkdir()
    with pytest.raises(Transient, match=r"said nothing for 0\.2 s"):
        next(reader.frames(file, file.span, RATE))
    assert _children() == set()
    assert list((tmp_path / "pieces").iterdir()) == []


def test_a_process_that_dies_is_said_with_how(file: MediaFile) -> None:
    with pytest.raises(Transient, match="status 9"):
        next(reader_with(DYING).frames(file, file.span, RATE))


def test_a_program_that_is_not_there_is_said(file: MediaFile) -> None:
    with pytest.raises(Transient, match="does not start"):
        next(DaliReader(glances=PyavReader(), command=("/no/such/python",)).frames(file, file.span, RATE))


def test_fields_are_left_to_another_reader(file: MediaFile) -> None:
    from dataclasses import replace

    fields = replace(file, video=replace(file.video, interlaced=True))
    with pytest.raises(Transient, match="fields"):
        next(reader_with(HANGING).frames(fields, file.span, RATE))


def test_glances_are_taken_by_the_reader_for_them(file: MediaFile) -> None:
    assert list(reader_with(HANGING).key_frames(file, file.span, Fraction(1)))


@pytest.mark.parametrize(("turn", "luma", "picture"), [(0, (180, 320), (180, 320)), (90, (320, 180), (320, 180))])
def test_frames_come_upright_and_never_enlarged(turn: int, luma: tuple[int, int], picture: tuple[int, int]) -> None:
    track = VideoTrack(
        index=0,
        codec="h264",
        width_px=640,
        height_px=360,
        frame_rate_hz=Fraction(30),
        time_base=Fraction(1, 90000),
        orientation=Orientation(turn_deg=turn),
    )
    frame = DaliFrame(time=Fraction(0), pixels=np.full((360, 640, 3), 255, np.uint8), track=track)
    assert frame.luma(320).shape == luma
    assert frame.picture(320).shape[:2] == picture
    assert frame.picture(5000).shape[:2] == ((640, 360) if turn else (360, 640))
    assert int(frame.luma(320).max()) == 235


def _children() -> set[int]:
    """Processes whose parent is this one and that are still there."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if int(fields[1]) == os.getpid() and HANGING.encode() in command:
            found.add(int(folder.name))
    return found
