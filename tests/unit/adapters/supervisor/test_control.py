from __future__ import annotations

import signal
import socket
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from appliance.adapters.supervisor.control import SupervisorControl
from appliance.adapters.supervisor.daemon import RunningPlace
from appliance.adapters.supervisor.process_tree import Program
from appliance.domain.errors import Transient
from appliance.domain.program import ProgramStanding, ProgramState

from .conftest import PATIENCE_S, SLEEPER, Start, python, wait_until


def standing_of(place: RunningPlace, name: str) -> ProgramStanding | None:
    with suppress(Transient):
        return next((each for each in place.control.standings() if each.name == name), None)
    return None


def runs(place: RunningPlace, name: str) -> bool:
    standing = standing_of(place, name)
    return standing is not None and standing.state is ProgramState.RUNNING


def test_a_program_that_is_restarted_has_another_process(start: Start) -> None:
    place, _ = start(Program(name="nats-server", command=python(SLEEPER)))
    wait_until(lambda: runs(place, "nats-server"), "running")
    before = standing_of(place, "nats-server")
    assert before is not None
    assert before.up_s >= 1
    place.control.restart("nats-server")
    wait_until(lambda: runs(place, "nats-server"), "running again")
    after = standing_of(place, "nats-server")
    assert after is not None
    assert after.pid != before.pid


def test_a_program_that_is_deaf_to_politeness_is_restarted_by_force(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appliance.adapters.supervisor.control.POLITE_S", 1.0)
    deaf = f"import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n{SLEEPER}"
    place, _ = start(Program(name="deaf", command=python(deaf), count=1, together=True))
    wait_until(lambda: runs(place, "deaf-1"), "running")
    before = standing_of(place, "deaf-1")
    place.control.restart("deaf-1")
    after = standing_of(place, "deaf-1")
    assert before is not None
    assert after is not None
    assert after.pid != before.pid


def test_a_program_that_does_not_stay_up_says_why(start: Start) -> None:
    place, _ = start(Program(name="broken", command=python("raise SystemExit(3)")), tries=1)

    def is_given_up() -> bool:
        standing = standing_of(place, "broken")
        return standing is not None and standing.state is ProgramState.FATAL

    wait_until(is_given_up, "giving up")
    standing = standing_of(place, "broken")
    assert standing is not None
    assert "too quickly" in standing.why
    assert (standing.pid, standing.up_s) == (0, 0.0)


def test_ending_leaves_the_reason_behind(start: Start) -> None:
    place, supervisor = start(Program(name="ledger", command=python(SLEEPER)))
    wait_until(lambda: runs(place, "ledger"), "running")
    place.control.end("ledger")
    assert supervisor.wait(PATIENCE_S) == 0
    assert place.why_ended() == "ledger"


def test_a_program_that_is_not_known_cannot_be_restarted(start: Start) -> None:
    place, _ = start(Program(name="ledger", command=python(SLEEPER)))
    wait_until(lambda: runs(place, "ledger"), "running")
    with pytest.raises(Transient, match="knows no program"):
        place.control.restart("none")


def test_nobody_on_the_socket_is_told_as_that(tmp_path: Path) -> None:
    with pytest.raises(Transient, match="does not answer"):
        SupervisorControl(tmp_path / "none.sock", tmp_path / "ended").standings()


def test_somebody_else_on_the_socket_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "odd.sock"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nno!")

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(Transient, match="does not answer"):
            SupervisorControl(path, tmp_path / "ended").standings()
        thread.join()


def test_one_who_never_answers_is_not_waited_for_long(tmp_path: Path) -> None:
    path = tmp_path / "deaf.sock"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        with pytest.raises(Transient, match="does not answer"):
            SupervisorControl(path, tmp_path / "ended", timeout_s=0.2).standings()


def test_a_stopped_supervisor_is_waited_for_no_longer_than_said(start: Start) -> None:
    place, supervisor = start(Program(name="ledger", command=python(SLEEPER)))
    wait_until(lambda: runs(place, "ledger"), "running")
    supervisor.send_signal(signal.SIGSTOP)
    try:
        with pytest.raises(Transient, match="does not answer"):
            SupervisorControl(place.socket, place.socket.parent / "ended", timeout_s=0.3).standings()
    finally:
        supervisor.send_signal(signal.SIGCONT)
