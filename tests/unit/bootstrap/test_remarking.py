"""Twin of bootstrap/remarking.py."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from appliance.adapters.pyav.prober import PyavProber
from appliance.adapters.pyav.reader import PyavReader
from appliance.bootstrap.remarking import MOST, RemarkingReader, Remarks

from ...media_files import Clip, cut_short, write_clip


def test_a_remark_is_passed_on_at_once_and_told_once() -> None:
    heard: list[str] = []
    remarks = Remarks(heard.append)
    for _ in range(3):
        remarks.hear("the GPU is gone")
    assert heard == ["the GPU is gone"]
    assert remarks.take() == ("the GPU is gone",)
    assert remarks.take() == ()


def test_a_flood_of_remarks_is_bounded() -> None:
    remarks = Remarks()
    for number in range(10 * MOST):
        remarks.hear(str(number))
    assert len(remarks.take()) == MOST


def test_remarks_of_tools_stand_beside_those_on_the_footage(tmp_path: Path) -> None:
    whole = write_clip(tmp_path / "a.ts", Clip(seconds=4))
    file = PyavProber().probe(whole)
    cut_short(whole, tmp_path / "b.ts", 0.4).replace(whole)
    remarks = Remarks()
    reader = RemarkingReader(PyavReader(), remarks)
    assert list(reader.frames(file, file.span, Fraction(8)))
    assert list(reader.key_frames(file, file.span, Fraction(1)))
    remarks.hear("the GPU is gone")
    told = reader.remarks()
    assert len(told) == 2
    assert told[-1] == "the GPU is gone"
