from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from appliance.adapters.pyav import reader as reading
from appliance.adapters.pyav import thinning
from appliance.adapters.pyav.prober import PyavProber
from appliance.adapters.pyav.reader import PyavReader
from appliance.adapters.pyav.thinning import may_be_thinned
from appliance.domain.media import MediaFile
from appliance.ports import Luma

from ....media_files import Clip, write_clip

RATE = Fraction(8)
B_PICTURES = {"preset": "fast", "bf": "3", "b_strategy": "0", "g": "60", "sc_threshold": "0", "refs": "1"}


@pytest.fixture(autouse=True)
def short_recordings_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thinning, "WORTH_IT_FROM", Fraction(1))


def recording(folder: Path, options: dict[str, str], *, name: str = "a.mp4") -> MediaFile:
    return PyavProber().probe(write_clip(folder / name, Clip(seconds=3, rate_hz=30, options=options)))


def seen(reader: PyavReader, file: MediaFile) -> dict[Fraction, Luma]:
    return {frame.time: frame.luma(96) for frame in reader.frames(file, file.span, RATE)}


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts"])
def test_without_b_pictures_the_others_are_what_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    file = recording(tmp_path, B_PICTURES, name=name)
    assert may_be_thinned(file, RATE)
    thin = seen(PyavReader(), file)
    monkeypatch.setattr(reading, "packet_reader_for", lambda *_: None)
    monkeypatch.setattr(reading, "may_be_thinned", lambda *_: False)
    every = {frame.time: frame.luma(96) for frame in PyavReader().frames(file, file.span, Fraction(1000))}
    assert all(np.array_equal(every[time], luma) for time, luma in thin.items())
    assert len(thin) >= 7 * 3


def test_fewer_pictures_are_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = recording(tmp_path, B_PICTURES)
    counted, original = Counter[str](), reading._in_showing_order

    def counting(*given: Any) -> Iterator[Any]:
        for shown in original(*given):
            counted["decoded"] += 1
            yield shown

    monkeypatch.setattr(reading, "_in_showing_order", counting)
    seen(PyavReader(), file)
    assert 7 * 3 <= counted["decoded"] < 30 * 3 / 3


def test_nothing_is_left_out_where_there_are_no_b_pictures(tmp_path: Path) -> None:
    assert not may_be_thinned(recording(tmp_path, {"preset": "fast", "bf": "0"}), RATE)


def test_nothing_is_left_out_where_too_little_would_stay(tmp_path: Path) -> None:
    many = B_PICTURES | {"bf": "8", "g": "90"}
    assert not may_be_thinned(recording(tmp_path, many), RATE)


def test_nothing_is_left_out_where_others_are_made_from_it(tmp_path: Path) -> None:
    assert not may_be_thinned(recording(tmp_path, B_PICTURES | {"refs": "3"}), RATE)


def test_short_recordings_and_other_codecs_are_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = recording(tmp_path, B_PICTURES)
    monkeypatch.setattr(thinning, "WORTH_IT_FROM", Fraction(30))
    assert not may_be_thinned(file, RATE)
    other = PyavProber().probe(write_clip(tmp_path / "b.mp4", Clip(seconds=2, codec="mpeg4", options={})))
    assert not may_be_thinned(other, RATE)


def test_it_is_proved_once_for_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, asked = recording(tmp_path, B_PICTURES), list[MediaFile]()

    def answer(source: MediaFile, _: Fraction) -> bool:
        asked.append(source)
        return False

    monkeypatch.setattr(reading, "may_be_thinned", answer)
    reader = PyavReader()
    for _ in range(3):
        seen(reader, file)
    assert len(asked) == 1


def test_what_cannot_be_opened_is_for_the_reading_to_say(tmp_path: Path) -> None:
    file = recording(tmp_path, B_PICTURES)
    file.path.write_bytes(b"no video any more" * 100)
    assert not may_be_thinned(file, RATE)
