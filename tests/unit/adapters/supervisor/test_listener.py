from __future__ import annotations

import io
from pathlib import Path

import pytest

from appliance.adapters.supervisor.listener import happening_from, listen
from appliance.adapters.supervisor.process_tree import Program
from appliance.domain.program import Happening, HappeningKind

from .conftest import PATIENCE_S, SLEEPER, Start, python, wait_until

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


LISTENING = """
import pathlib, sys
from appliance.adapters.supervisor.daemon import RunningPlace
from appliance.adapters.supervisor.listener import listen
from appliance.services.caretaker import Caretaker, Patience
class Silent:
    def note(self, event, **fields): pass
    def warn(self, event, **fields): pass
caretaker = Caretaker(
    RunningPlace(pathlib.Path(sys.argv[1])).control, Silent(), bus=sys.argv[2],
    bus_is_well=lambda: pathlib.Path(sys.argv[3]).exists(), patience=Patience(bad_ticks=1, settled_s=0.0))
listen(sys.stdin.buffer, sys.stdout.buffer, caretaker.hear)
"""


def test_a_real_supervisor_has_a_bus_that_is_unwell_started_anew(start: Start, tmp_path: Path) -> None:
    starts, well = tmp_path / "starts", tmp_path / "well"
    # The second start makes it well.
    code = f"import os\nos.close(os.open({str(well)!r}, os.O_CREAT)) if os.path.exists({str(starts)!r}) else None"
    code += f"\nopen({str(starts)!r}, 'a').write('x')\n{SLEEPER}"
    place, _ = start(
        Program(name="nats-server", command=python(code)),
        caretaker=python(LISTENING, str(tmp_path / "run"), "nats-server", str(well)),
    )
    wait_until(well.exists, "the second start")
    assert starts.read_text().startswith("x")
    assert place.is_taken()


def test_a_real_supervisor_ends_when_a_program_does_not_stay_up(start: Start, tmp_path: Path) -> None:
    place, supervisor = start(
        Program(name="ledger", command=python(SLEEPER)),
        Program(name="broken", command=python("raise SystemExit(1)")),
        caretaker=python(LISTENING, str(tmp_path / "run"), "nats-server", str(tmp_path)),
        tries=1,
    )
    assert supervisor.wait(PATIENCE_S) == 0
    wait_until(lambda: place.why_ended() == "broken", "the reason")
    assert not place.is_taken()


def test_an_event_that_nobody_asked_for_is_passed_over() -> None:
    assert happening_from("PROCESS_STATE_RUNNING", FATAL_PAYLOAD) is None
