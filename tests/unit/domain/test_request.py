from __future__ import annotations

from dataclasses import is_dataclass
from typing import get_args

from appliance.domain.request import Answer, Request


def test_every_request_is_frozen_and_slotted_so_that_it_can_be_told_apart_and_sent() -> None:
    for kind in get_args(Request):
        assert is_dataclass(kind)
        assert kind.__hash__ is not None, kind
        assert "__slots__" in vars(kind), kind


def test_an_answer_that_is_a_yes_needs_no_reason() -> None:
    assert Answer(ok=True) == Answer(ok=True, why="", remedy="", value="")
