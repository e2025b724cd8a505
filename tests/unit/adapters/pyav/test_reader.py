from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from appliance.adapters.pyav import reader as reading
from appliance.adapters.pyav.prober import PyavProber
from appliance.adapters.pyav.reader import PyavReader
from appliance.domain.errors import Unusable
from appliance.domain.media import MediaFile
from appliance.domain.timespan import Span
from appliance.ports import Luma

from ....media_files import Clip, write_clip, write_sound

RATE = Fraction(8)
B_PICTURES = {"preset": "fast", "bf": "3", "g": "30", "sc_threshold": "0"}


def everything(reader: PyavReader, file: MediaFile, span: Span | None = None) -> list[tuple[Fraction, Luma]]:
    return [(frame.time, frame.luma(96)) for frame in reader.frames(file, span or file.span, RATE)]


@pytest.mark.parametrize(
    ("name", "clip"),
    [
        ("a.mp4", Clip(seconds=4, options=B_PICTURES)),
        ("a.ts", Clip(seconds=4, options=B_PICTURES)),
        (
            "b.mp4",
            Clip(seconds=2, codec="libx265", options={"preset": "fast", "x265-params": "log-level=none:bframes=3:keyint=30"}),
        ),
    ],
)
def test_leaving_out_pictures_that_nobody_needs_changes_no_sampled_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, clip: Clip
) -> None:
    file = PyavProber().probe(write_clip(tmp_path / name, clip))
    quick = everything(PyavReader(), file)
    decoded_quick = count_decoded(tmp_path / name, file, monkeypatch)
    monkeypatch.setattr(reading, "packet_reader_for", lambda *_: None)
    thorough = everything(PyavReader(), file)
    assert [time for time, _ in quick] == [time for time, _ in thorough]
    assert all(np.array_equal(left, right) for (_, left), (_, right) in zip(quick, thorough, strict=True))
    assert decoded_quick < clip.seconds * clip.rate_hz * 0.9


def count_decoded(path: Path, file: MediaFile, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many pictures a reading decodes."""
    seen = []
    original = reading._in_showing_order

    def counting(*args: object) -> object:
        for pts, frame in original(*args):  # type: ignore[arg-type]
            seen.append(pts)
            yield pts, frame

    with monkeypatch.context() as patch:
        patch.setattr(reading, "_in_showing_order", counting)
        everything(PyavReader(), file)
    return len(seen)


@pytest.mark.parametrize("threads", [0, 2])
def test_decoder_threads_change_nothing(tmp_path: Path, threads: int) -> None:
    file = PyavProber().probe(write_clip(tmp_path / "a.mp4", Clip(seconds=3, options=B_PICTURES)))
    one, many = everything(PyavReader(), file), everything(PyavReader(threads=threads), file)
    assert [time for time, _ in one] == [time for time, _ in many]
    assert all(np.array_equal(left, right) for (_, left), (_, right) in zip(one, many, strict=True))


def test_without_deblocking_the_same_moments_come_out_a_little_rougher(tmp_path: Path) -> None:
    file = PyavProber().probe(write_clip(tmp_path / "a.mp4", Clip(seconds=2, options=B_PICTURES)))
    exact, rough = everything(PyavReader(), file), everything(PyavReader(deblocking=False), file)
    assert [time for time, _ in exact] == [time for time, _ in rough]
    assert all(np.abs(left.astype(int) - right).mean() < 5 for (_, left), (_, right) in zip(exact, rough, strict=True))


def test_interlaced_pictures_are_all_decoded(tmp_path: Path) -> None:
    options = {"preset": "fast", "bf": "2", "x264-params": "tff=1"}
    file = PyavProber().probe(write_clip(tmp_path / "a.mp4", Clip(seconds=1, options=options)))
    assert file.video.interlaced
    assert len(everything(PyavReader(), file)) == 8


def test_a_file_that_became_another_is_unusable(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", Clip(seconds=1))
    file = PyavProber().probe(path)
    write_sound(path)
    with pytest.raises(Unusable, match="has changed"):
        everything(PyavReader(), file)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts", ".avi", ".mov"])
def test_a_file_that_stayed_open_shows_what_a_fresh_one_shows(tmp_path: Path, suffix: str) -> None:
    file = PyavProber().probe(write_clip(tmp_path / f"a{suffix}", Clip(seconds=4)))
    stretches = [Span(Fraction(start), Fraction(start + 1)) for start in (2, 1, 3, 1)]
    reader = PyavReader()
    for stretch in stretches:
        stayed, fresh = everything(reader, file, stretch), everything(PyavReader(), file, stretch)
        assert [time for time, _ in stayed] == [time for time, _ in fresh]
        assert all(np.array_equal(one, other) for (_, one), (_, other) in zip(stayed, fresh, strict=True))


def test_reading_ahead_disturbs_no_reading_that_waits(tmp_path: Path) -> None:
    file = PyavProber().probe(write_clip(tmp_path / "a.mp4", Clip(seconds=4)))
    reader, stretch = PyavReader(), Span(Fraction(1), Fraction(3))
    alone = [frame.time for frame in PyavReader().frames(file, stretch, Fraction(240))]
    waiting = reader.frames(file, stretch, Fraction(240))
    first = [next(waiting).time for _ in range(20)]
    assert everything(reader, file, Span(Fraction(2), Fraction(4)))
    assert [*first, *(frame.time for frame in waiting)] == alone


def damaged(folder: Path) -> MediaFile:
    """Four seconds with a hole in the middle."""
    path = write_clip(folder / "a.mp4", Clip(seconds=4))
    file = PyavProber().probe(path)
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 1500] = b"\xff" * 1500
    path.write_bytes(content)
    return file


def test_damaged_packets_are_counted(tmp_path: Path) -> None:
    reader, file = PyavReader(), damaged(tmp_path)
    assert everything(reader, file)
    assert "damaged" in " ".join(reader.remarks())


def test_damage_is_told_of_a_stretch_too_that_is_left_before_its_end(tmp_path: Path) -> None:
    reader, file = PyavReader(), damaged(tmp_path)
    frames = reader.frames(file, file.span, Fraction(8))
    assert next(frame for frame in frames if frame.time > Fraction(7, 2))
    del frames
    assert "damaged" in " ".join(reader.remarks())
