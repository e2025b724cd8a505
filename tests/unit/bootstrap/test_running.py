from __future__ import annotations

import http.server
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from appliance.adapters.supervisor.daemon import RunningPlace
from appliance.adapters.supervisor.process_tree import ProcessTree, Program
from appliance.bootstrap import running
from appliance.bootstrap.preparing import make_folders
from appliance.bootstrap.programs import ServeCall
from appliance.bootstrap.running import RunningAppliance, appliance_status, start_appliance, stop_appliance
from appliance.domain.errors import Misconfigured
from appliance.domain.program import ProgramState
from appliance.settings import Settings, load_settings

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
