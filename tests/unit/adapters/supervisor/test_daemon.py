from __future__ import annotations

import os
import signal
import stat
from contextlib import suppress
from pathlib import Path

import pytest

from appliance.adapters.supervisor.daemon import LONGEST_SOCKET, RunningPlace, end_supervisor, stop_supervisor
from appliance.adapters.supervisor.process_tree import PID_FILE, Program
from appliance.domain.errors import Misconfigured, Transient
from appliance.domain.program import ProgramState

from .conftest import PATIENCE_S, SLEEPER, Start, is_alive, python, wait_until

TWO = (
    Program(name="ledger", command=python(SLEEPER)),
    Program(name="worker-pose", command=python(SLEEPER), count=2),
)


def all_run(place: RunningPlace) -> bool:
    with suppress(Transient):
        return all(each.state is ProgramState.RUNNING for each in place.control.standings())
    return False


def test_programs_run_until_they_are_stopped_and_nothing_of_them_is_left(start: Start) -> None:
    place, supervisor = start(*TWO)
    wait_until(lambda: all_run(place), "everything running")
    pids = [each.pid for each in place.control.standings()]
    assert len(pids) == 3
    assert all(is_alive(pid) for pid in pids)
    assert stop_supervisor(place, PATIENCE_S)
    assert supervisor.wait(PATIENCE_S) == 0
    assert not any(is_alive(pid) for pid in pids)
    assert not place.is_taken()
    assert place.why_ended() == ""


def test_a_second_start_on_the_same_folder_is_refused_with_the_way_out(start: Start) -> None:
    place, _ = start(*TWO)
    assert place.is_taken()
    with pytest.raises(Misconfigured, match="already running") as refused, place.claim():
        pass
    assert "rinkreel down" in refused.value.remedy


def test_stopping_what_does_not_run_is_no_error(tmp_path: Path) -> None:
    assert not stop_supervisor(RunningPlace(tmp_path), 1.0)


def test_it_is_stopped_even_when_its_socket_was_removed(start: Start) -> None:
    place, supervisor = start(*TWO)
    wait_until(lambda: all_run(place), "everything running")
    place.socket.unlink()
    assert stop_supervisor(place, PATIENCE_S)
    assert supervisor.wait(PATIENCE_S) == 0


def test_one_that_does_not_end_in_time_is_told(start: Start) -> None:
    stubborn = "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('deaf', flush=True)\ntime.sleep(3600)"
    place, supervisor = start(Program(name="stubborn", command=python(stubborn)))
    wait_until(lambda: all_run(place), "everything running")
    (standing,) = place.control.standings()
    with pytest.raises(Transient, match="did not end"):
        stop_supervisor(place, 0.2)
    os.kill(standing.pid, signal.SIGKILL)
    assert supervisor.wait(PATIENCE_S) == 0


def test_its_starter_ends_it_politely_and_by_force_when_it_is_deaf(start: Start, tmp_path: Path) -> None:
    place, supervisor = start(*TWO)
    wait_until(lambda: all_run(place), "everything running")
    end_supervisor(supervisor, PATIENCE_S)
    assert supervisor.returncode == 0
    _, frozen = start()
    wait_until((tmp_path / "run" / PID_FILE).exists, "hearing signals")
    frozen.send_signal(signal.SIGSTOP)
    end_supervisor(frozen, 0.2)
    assert frozen.returncode == -signal.SIGKILL


def test_the_lock_goes_with_supervisor_however_it_ends(start: Start) -> None:
    place, supervisor = start()
    wait_until(place.socket.exists, "the socket")
    supervisor.kill()
    supervisor.wait(PATIENCE_S)
    assert not place.is_taken()


def test_a_program_that_is_killed_comes_back(start: Start) -> None:
    place, _ = start(*TWO)
    wait_until(lambda: all_run(place), "everything running")
    victim = next(each for each in place.control.standings() if each.name == "ledger")
    os.kill(victim.pid, signal.SIGKILL)

    def is_back() -> bool:
        now = next(each for each in place.control.standings() if each.name == "ledger")
        return now.state is ProgramState.RUNNING and now.pid != victim.pid

    wait_until(is_back, "the ledger coming back")


def test_what_programs_say_goes_to_files_of_their_own(start: Start, tmp_path: Path) -> None:
    start(Program(name="speaker", command=python(f"print('hello', flush=True)\n{SLEEPER}")))
    log = tmp_path / "logs" / "speaker.log"
    wait_until(lambda: log.exists() and "hello" in log.read_text(), "the log line")


def test_for_a_terminal_what_programs_say_comes_out_of_supervisor(start: Start, tmp_path: Path) -> None:
    speaker = Program(name="speaker", command=python(f"print('hello', flush=True)\n{SLEEPER}"))
    _, supervisor = start(speaker, to_terminal=True)
    assert supervisor.stdout is not None
    assert any(line == b"hello\n" for line in iter(supervisor.stdout.readline, b""))
    assert not (tmp_path / "logs" / "speaker.log").exists()


def test_only_its_owner_may_speak_to_it(start: Start) -> None:
    place, _ = start(*TWO)
    wait_until(place.socket.exists, "the socket")
    assert stat.S_IMODE(place.socket.stat().st_mode) == 0o700


def test_a_folder_with_a_long_path_has_its_socket_in_a_private_one(tmp_path: Path) -> None:
    run = tmp_path / ("long" * 30)
    run.mkdir()
    place = RunningPlace(run)
    socket = place.make_socket()
    try:
        assert len(os.fsencode(socket)) <= LONGEST_SOCKET
        assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
        assert RunningPlace(run).socket == socket
        assert place.make_socket() == socket
    finally:
        socket.parent.rmdir()
    assert place.make_socket() != socket
    place.socket.parent.rmdir()
