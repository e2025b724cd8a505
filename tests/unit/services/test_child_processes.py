"""Processes for work that may crash: how they end is told in words, and none stays behind."""

from __future__ import annotations

import importlib
import multiprocessing
from pathlib import Path
from typing import Any

import pytest

from appliance.services.child_processes import ChildProcess


@pytest.fixture
def examples(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(Path(__file__).parent)
    return importlib.import_module("prober_examples")


def test_a_child_hears_its_argument_and_answers_through_the_pipe(examples: Any) -> None:
    child = ChildProcess(examples.echo, "ice")
    assert child.pipe.recv() == "ice"
    child.bury()
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize(("how", "words"), [("SIGSEGV", "SIGSEGV"), ("3", "exit status 3")])
def test_an_end_is_told_in_words(examples: Any, how: str, words: str) -> None:
    child = ChildProcess(examples.die, how)
    assert child.obituary() == words
    child.bury()


def test_a_child_that_does_not_go_when_told_is_killed(examples: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appliance.services.child_processes.GOODBYE_S", 0.1)
    child = ChildProcess(examples.stay, None)
    assert child.pipe.recv() == "staying"
    child.end()
    child.bury()
    assert multiprocessing.active_children() == []
