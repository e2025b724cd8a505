from __future__ import annotations

import io

import pytest

from appliance.adapters.supervisor.listener import happening_from, listen
from appliance.domain.program import Happening, HappeningKind

FATAL_PAYLOAD = b"processname:worker-pose-1 groupname:worker-pose from_state:BACKOFF"


def event(name: str, payload: bytes) -> bytes:
    header = f"ver:3.0 server:rinkreel serial:1 pool:caretaker poolserial:1 eventname:{name} len:{len(payload)}\n"
    return header.encode() + payload


def test_each_event_is_asked_for_heard_and_answered_in_turn() -> None:
    told = io.BytesIO(event("TICK_5", b"when:1790000000") + event("PROCESS_STATE_FATAL", FATAL_PAYLOAD))
    answers, heard = io.BytesIO(), list[Happening]()
    listen(told, answers, heard.append)
    assert heard == [Happening(kind=HappeningKind.TICK), Happening(kind=HappeningKind.FATAL, program="worker-pose-1")]
    assert answers.getvalue() == b"READY\nRESULT 2\nOKREADY\nRESULT 2\nOKREADY\n"


@pytest.mark.parametrize("told", [b"", b"nonsense\n", b"eventname:TICK_5 len:x\n", b"eventname:TICK_5 len:99999999\n"])
def test_a_closed_pipe_or_nonsense_ends_the_listening(told: bytes) -> None:
    heard = list[Happening]()
    listen(io.BytesIO(told), io.BytesIO(), heard.append)
    assert heard == []


def test_an_event_that_nobody_asked_for_is_passed_over() -> None:
    assert happening_from("PROCESS_STATE_RUNNING", FATAL_PAYLOAD) is None
