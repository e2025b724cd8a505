"""Twin of bootstrap/reader_wiring.py."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from appliance.adapters.pyav.prober import PyavProber
from appliance.adapters.pyav.reader import PyavReader
from appliance.adapters.system.graphics import nvidia_graphics
from appliance.bootstrap.reader_wiring import LADDERS, open_reader
from appliance.services.reader_ladder import ReaderLadder

from ...media_files import Clip, write_clip


@pytest.mark.parametrize("decode", LADDERS)
def test_without_a_gpu_the_processor_decodes_whatever_is_wished(decode: str) -> None:
    assert isinstance(open_reader(decode, graphics=False), PyavReader)


def test_the_processor_may_be_asked_for_on_a_box_with_a_gpu() -> None:
    assert isinstance(open_reader("cpu", graphics=True), PyavReader)


@pytest.mark.parametrize("decode", ["auto", "dali", "kept", "cuda"])
def test_engines_that_do_not_answer_are_said_and_every_picture_comes(tmp_path: Path, decode: str) -> None:
    if nvidia_graphics()[0]:
        pytest.skip("gpu: there is one here, see tests/gpu")
    file = PyavProber().probe(write_clip(tmp_path / "a.mp4", Clip(seconds=1)))
    reader = open_reader(decode, graphics=True)
    assert isinstance(reader, ReaderLadder)
    assert len(list(reader.frames(file, file.span, Fraction(8)))) == 8
    assert any("CUDA gave up at 0.0 s, the CPU went on" in remark for remark in reader.remarks())
