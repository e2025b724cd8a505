"""Unknown files are opened apart: what crashes or hangs there is told, and the next file is opened all the same."""

from __future__ import annotations

import importlib
import multiprocessing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from appliance.adapters.pyav.prober import PyavProber
from appliance.domain.errors import Transient, Unusable
from appliance.services.prober_process import ProberProcess

from ...media_files import Clip, write_clip


@pytest.fixture
def examples(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(Path(__file__).parent)
    return importlib.import_module("prober_examples")


@pytest.fixture
def prober(examples: Any) -> Iterator[ProberProcess]:
    made = ProberProcess(examples.ByName)
    yield made
    made.close()
    assert multiprocessing.active_children() == []


def process_of(prober: ProberProcess) -> str:
    with pytest.raises(Unusable) as caught:
        prober.probe(Path("plain.mp4"))
    assert caught.value.remedy == "Record it again."
    return caught.value.why


def test_a_file_is_described_as_the_prober_inside_describes_it(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", Clip(seconds=1))
    prober = ProberProcess(PyavProber)
    assert prober.probe(path) == PyavProber().probe(path)
    prober.close()


def test_one_process_opens_many_files(prober: ProberProcess) -> None:
    assert process_of(prober) == process_of(prober)


def test_a_file_that_crashes_the_decoder_is_refused_and_the_next_one_is_opened(prober: ProberProcess) -> None:
    before = process_of(prober)
    with pytest.raises(Unusable, match=r"SIGSEGV\.mp4 makes the video decoder crash \(SIGSEGV\)"):
        prober.probe(Path("SIGSEGV.mp4"))
    assert process_of(prober) != before


def test_a_process_that_is_killed_says_nothing_about_the_file(prober: ProberProcess) -> None:
    with pytest.raises(Transient, match="SIGKILL"):
        prober.probe(Path("SIGKILL.mp4"))


def test_a_file_that_takes_too_long_is_tried_again_later(examples: Any) -> None:
    prober = ProberProcess(examples.ByName, limit_s=1.0)
    with pytest.raises(Transient, match="longer than 1 s"):
        prober.probe(Path("hangs.mp4"))
    assert multiprocessing.active_children() == []


def test_a_process_that_went_to_rest_is_woken_by_the_next_file(examples: Any) -> None:
    prober = ProberProcess(examples.ByName, rest_s=0.0)
    assert "plain" in process_of(prober)
    for child in multiprocessing.active_children():
        child.join(10)
    assert "plain" in process_of(prober)
    prober.close()
