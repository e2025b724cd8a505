from __future__ import annotations

import http.server
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from appliance.adapters.supervisor.daemon import RunningPlace
from appliance.adapters.supervisor.process_tree import ProcessTree, Program
from appliance.adapters.system.pulses import Pulse
from appliance.bootstrap import running
from appliance.bootstrap.preparing import make_folders
from appliance.bootstrap.programs import ServeCall
from appliance.bootstrap.running import RunningAppliance, appliance_status, start_appliance, stop_appliance
from appliance.domain.errors import Misconfigured
from appliance.domain.program import ProgramState
from appliance.settings import Settings, load_settings
from tests.appliance_fakes import HeardJournal

PATIENCE_S = 60.0
SLEEPER = (sys.executable, "-c", "import time; time.sleep(3600)")
BROKEN = (sys.executable, "-c", "raise SystemExit(1)")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A box that works along: no page, no bus, so that small programs can stand in for all of it."""
    flags = {"storage.data": tmp_path / "data", "bus.url": "tls://127.0.0.1:1", "bus.media_url": "http://127.0.0.1:1"}
    made = load_settings(flags=flags, environment={})
    make_folders(made.storage.data_folder)
    return made


@pytest.fixture
def start(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., RunningAppliance]]:
    """Starts an appliance of given programs, and stops it after the test."""
    started: list[RunningAppliance] = []

    def begin(*programs: Program, tries: int = 20, health: str | None = None) -> RunningAppliance:
        data = settings.storage.data_folder

        def plan(_settings: Settings, call: ServeCall, *, to_terminal: bool = False) -> ProcessTree:
            caretaker = call.command("caretaker")
            return ProcessTree(
                run=data.run,
                logs=data.logs,
                socket=RunningPlace(data.run).make_socket(),
                programs=programs,
                caretaker=caretaker,
                steady_s=1,
                start_tries=tries,
            )

        monkeypatch.setattr(running, "plan_programs", plan)
        monkeypatch.setattr(running, "health_address", lambda _settings: health)
        started.append(start_appliance(settings, ServeCall(data=data.root)))
        return started[-1]

    yield begin
    for each in started:
        each.stop()


def test_it_is_ready_once_every_program_runs_and_ends_when_told(
    start: Callable[..., RunningAppliance], settings: Settings
) -> None:
    appliance = start(Program(name="worker-pose", command=SLEEPER, count=2))
    assert appliance.wait_until_ready(PATIENCE_S)
    report = appliance_status(settings)
    assert report.is_whole
    assert {each.name for each in report.programs} == {"worker-pose-1", "worker-pose-2", "caretaker"}
    assert stop_appliance(settings)
    assert appliance.process.wait(PATIENCE_S) == 0
    assert appliance.why_ended() == ""
    assert not stop_appliance(settings)


def test_where_there_is_a_page_it_says_when_all_is_ready(start: Callable[..., RunningAppliance]) -> None:
    well = threading.Event()

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if well.is_set() else 503)
            self.end_headers()
            well.set()

        def log_message(self, format: str, *args: object) -> None:
            """Stay silent."""

    with http.server.HTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            address = f"http://127.0.0.1:{server.server_port}/readyz"
            assert start(Program(name="api", command=SLEEPER), health=address).wait_until_ready(PATIENCE_S)
        finally:
            server.shutdown()
            thread.join()


def test_the_real_caretaker_ends_everything_when_a_program_does_not_stay_up(start: Callable[..., RunningAppliance]) -> None:
    appliance = start(Program(name="worker-cpu", command=SLEEPER), Program(name="broken", command=BROKEN), tries=1)
    assert appliance.process.wait(PATIENCE_S) == 0
    until = time.monotonic() + PATIENCE_S
    while not appliance.why_ended() and time.monotonic() < until:
        time.sleep(0.05)
    assert appliance.why_ended() == "broken"
    assert not appliance.wait_until_ready(PATIENCE_S)


@contextmanager
def systemd(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """A socket that plays systemd's, named as systemd names it."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(folder / "notify"))
        ear.settimeout(PATIENCE_S)
        monkeypatch.setenv("NOTIFY_SOCKET", str(folder / "notify"))
        yield ear


def test_the_real_caretaker_tells_systemd_of_progress(
    start: Callable[..., RunningAppliance], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A program hears of the box from its surroundings: this one has no page, either.
    monkeypatch.setenv("RINKREEL_BUS_URL", "tls://127.0.0.1:1")
    monkeypatch.setenv("RINKREEL_BUS_MEDIA_URL", "http://127.0.0.1:1")
    with systemd(tmp_path, monkeypatch) as ear:
        start(Program(name="worker-pose", command=SLEEPER))
        assert ear.recv(100) == b"WATCHDOG=1"


def test_a_program_that_got_stuck_or_a_page_that_is_gone_starves_the_watchdog(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load_settings(flags={"storage.data": tmp_path / "data", "workers.stall_after": "10s"}, environment={})
    answers, journal = [True], HeardJournal()
    monkeypatch.setattr("appliance.adapters.system.network.answers_well", lambda *_asked: answers[0])
    with systemd(tmp_path, monkeypatch) as ear:
        ear.setblocking(False)
        feeder = running._feeder(settings, journal)
        pulses = settings.storage.data_folder.pulses
        Pulse(pulses, "ledger hear_one").beat()
        feeder.look()
        assert ear.recv(100) == b"WATCHDOG=1"
        answers[0] = False
        feeder.look()
        answers[0] = True
        long_ago_ns = time.monotonic_ns() - 51 * 10**9
        os.utime(pulses / "ledger hear_one", ns=(long_ago_ns, long_ago_ns))
        feeder.look()
        assert [fields["why"] for _, fields in journal.lines] == [
            "the page does not answer",
            "no progress for 50 s: ledger hear_one",
        ]
        with pytest.raises(BlockingIOError):
            ear.recv(100)


def test_what_does_not_run_yet_is_named(start: Callable[..., RunningAppliance], settings: Settings) -> None:
    appliance = start(Program(name="worker-cpu", command=SLEEPER), Program(name="broken", command=BROKEN))
    assert not appliance.wait_until_ready(1.5)
    assert "broken" in {each.name for each in appliance.unready()}
    assert not appliance_status(settings).is_whole


def test_a_second_start_is_refused(start: Callable[..., RunningAppliance]) -> None:
    start(Program(name="worker-cpu", command=SLEEPER))
    with pytest.raises(Misconfigured, match="already running"):
        start(Program(name="worker-cpu", command=SLEEPER))


def test_what_does_not_run_is_told_as_that(settings: Settings) -> None:
    report = appliance_status(settings)
    assert (report.running, report.is_whole, report.programs, report.tallies) == (False, False, (), None)
    assert report.total_bytes >= report.free_bytes > 0


def test_a_supervisor_that_cannot_be_asked_is_told_as_that(start: Callable[..., RunningAppliance], settings: Settings) -> None:
    appliance = start(Program(name="worker-cpu", command=SLEEPER))
    assert appliance.wait_until_ready(PATIENCE_S)
    RunningPlace(settings.storage.data_folder.run).socket.unlink()
    report = appliance_status(settings)
    assert report.running
    assert [(each.name, each.state) for each in report.programs] == [("supervisord", ProgramState.UNKNOWN)]
