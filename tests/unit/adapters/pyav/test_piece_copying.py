"""Twin of adapters/pyav/piece_copying.py."""

from __future__ import annotations

from pathlib import Path

import av
import pytest

from appliance.adapters.pyav.piece_copying import Piece, copy_pieces
from appliance.adapters.pyav.prober import PyavProber
from appliance.domain.errors import Transient
from appliance.domain.media import MediaFile

from ....media_files import Clip, write_clip

SOURCES = {
    "h264.mp4": Clip(seconds=4, options={"preset": "veryfast", "bf": "3", "g": "30"}),
    "open.ts": Clip(seconds=4, options={"preset": "veryfast", "bf": "3", "g": "30", "x264-params": "open-gop=1:scenecut=0"}),
    "vp9.webm": Clip(seconds=4, codec="libvpx-vp9", options={"deadline": "realtime", "cpu-used": "8", "g": "30"}),
    "mjpeg.mov": Clip(seconds=4, codec="mjpeg", pixel_format="yuvj420p", options={}),
    "vfr.mp4": Clip(stamps=[0, 40, 95, 130, 900, 940, 1000, 2100, 2130, 3500]),
}


def probed(folder: Path, name: str) -> MediaFile:
    return PyavProber().probe(write_clip(folder / name, SOURCES[name]))


def shown_in(path: Path) -> list[int]:
    with av.open(str(path)) as container:
        return [frame.pts for frame in container.decode(video=0) if frame.pts is not None]


def pieces_of(file: MediaFile, folder: Path, start_s: float = 0.0, end_s: float = 99.0) -> list[Piece]:
    base, first = file.video.time_base, file.first_picture
    bounds = (int((first + int(start_s * 1000) / 1000) / base), int((float(first) + end_s) / base))
    return list(copy_pieces(file, bounds, folder, 1.0))


@pytest.mark.parametrize("name", SOURCES)
def test_pieces_together_have_every_picture_once(tmp_path: Path, name: str) -> None:
    file = probed(tmp_path, name)
    pieces = pieces_of(file, tmp_path)
    assert [stamp for piece in pieces for stamp in piece.own] == shown_in(file.path)
    assert pieces[-1].end_pts is None


@pytest.mark.parametrize("name", SOURCES)
def test_each_piece_decodes_alone_into_the_pictures_it_names(tmp_path: Path, name: str) -> None:
    file = probed(tmp_path, name)
    pieces = pieces_of(file, tmp_path)
    for piece in pieces:
        decoded = shown_in(piece.path)
        assert len(decoded) == len(piece.stamps)
        with av.open(str(piece.path)) as container:
            base = container.streams.video[0].time_base
        assert base is not None
        there = [float((stamp - decoded[0]) * base) for stamp in decoded]
        here = [float((stamp - piece.stamps[0]) * file.video.time_base) for stamp in piece.stamps]
        assert there == pytest.approx(here, abs=0.002)


def test_each_piece_knows_what_is_shown_before_it(tmp_path: Path) -> None:
    pieces = pieces_of(probed(tmp_path, "h264.mp4"), tmp_path)
    assert len(pieces) == 4
    assert [piece.shown_before for piece in pieces] == [None, *(piece.own[-1] for piece in pieces[:-1])]


def test_only_the_stretch_that_is_asked_for_is_copied(tmp_path: Path) -> None:
    file = probed(tmp_path, "h264.mp4")
    (piece,) = pieces_of(file, tmp_path, 1.2, 1.8)
    assert [float(stamp * file.video.time_base) for stamp in (piece.own[0], piece.own[-1])] == pytest.approx([1.0, 59 / 30])


def test_packets_that_do_not_say_when_they_are_shown_are_not_guessed_at(tmp_path: Path) -> None:
    file = PyavProber().probe(write_clip(tmp_path / "a.avi", Clip(seconds=1, options={"preset": "veryfast", "bf": "3"})))
    with pytest.raises(Transient):
        pieces_of(file, tmp_path)
