from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from appliance.adapters.pyav.extent import HEAD_PACKETS, ExtentReader, read_head, seek, stated_end
from appliance.adapters.pyav.opening import opened

from ....media_files import Clip, cut_short, write_clip


def reader_for(path: Path, limit_s: float = 60.0) -> ExtentReader:
    return ExtentReader(path=path, index=0, first_pts=0, interval_ticks=1, limit_s=limit_s)


def test_a_head_holds_the_first_picture_and_stamps_without_a_ragged_edge(tmp_path: Path) -> None:
    clip = Clip(seconds=6, options={"preset": "veryfast", "bf": "3", "g": "60"})
    with opened(write_clip(tmp_path / "a.mp4", clip)) as container:
        stream = container.streams.video[0]
        head = read_head(container, stream)
        assert head is not None
        assert head.first_pts == 0
        assert len(head.stamps) < HEAD_PACKETS
        steps = {later - earlier for earlier, later in zip(head.stamps, head.stamps[1:], strict=False)}
        assert steps == {Fraction(1, 30) / (stream.time_base or 1)}


def test_a_whole_file_ends_where_its_header_says(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", Clip(seconds=50, rate_hz=5))
    with opened(path) as container:
        stated = stated_end(container, container.streams.video[0])
    extent = reader_for(path).read()
    assert (extent.end_pts, extent.certain) == (stated, True)


def test_the_end_of_a_cut_file_is_the_same_by_halving_and_by_reading_it_all(tmp_path: Path) -> None:
    whole = write_clip(tmp_path / "a.mp4", Clip(seconds=80, rate_hz=5, container_options={"movflags": "faststart"}))
    path = cut_short(whole, tmp_path / "b.mp4", 0.6)
    with opened(path) as container:
        stream = container.streams.video[0]
        stamps = [
            packet.pts + (packet.duration or 0) for packet in container.demux(stream) if packet.size and packet.pts is not None
        ]
        time_base = stream.time_base or Fraction(1)
    assert max(stamps) * time_base > 30
    assert reader_for(path).read().end_pts == max(stamps)


def test_time_running_out_is_admitted(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mkv", Clip(seconds=5, container_options={"live": "1"}))
    extent = reader_for(path, limit_s=-1).read()
    assert not extent.certain
    assert extent.end_pts > 0


def test_seeking_goes_to_a_key_picture_at_or_before_the_place(tmp_path: Path) -> None:
    with opened(write_clip(tmp_path / "a.mp4", Clip(seconds=4))) as container:
        stream = container.streams.video[0]
        target = int(Fraction(5, 2) / (stream.time_base or 1))
        assert seek(container, stream, target)
        packet = next(container.demux(stream))
        assert packet.is_keyframe
        assert packet.pts is not None
        assert packet.pts <= target
