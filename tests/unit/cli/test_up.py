from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from appliance.adapters.model_shelf import ModelShelf
from appliance.cli.statuses import Status
from appliance.cli.up import logs_here, pour, welcome
from appliance.settings import load_settings

PATIENCE_S = 120.0


@dataclass
class Box:
    """A box that works along for another one, which is not there: nothing but the programs themselves is needed."""

    folder: Path
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "appliance", *words, "--config", str(self.folder / "rinkreel.toml")]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.command(*words), capture_output=True, text=True, timeout=PATIENCE_S, check=False)

    def up(self, *words: str) -> subprocess.Popen[str]:
        log = (self.folder / "up.log").open("w")
        with log:
            self.started.append(subprocess.Popen(self.command("up", *words), stdout=subprocess.PIPE, stderr=log, text=True))
        return self.started[-1]

    @property
    def said(self) -> str:
        return (self.folder / "up.log").read_text()


@pytest.fixture
def box(tmp_path: Path, pose_weights: ModelShelf) -> Iterator[Box]:
    (tmp_path / "secret").write_text("a-password-of-nobody\n")
    (tmp_path / "rinkreel.toml").write_text(
        f"[storage]\ndata = {json.dumps(str(tmp_path / 'data'))}\nmodels = {json.dumps(str(pose_weights.root))}\n"
        "[bus]\nurl = 'nats://127.0.0.1:9'\nmedia_url = 'http://127.0.0.1:9'\n"
        f"credential = {json.dumps(str(tmp_path / 'secret'))}\n"
        "[workers]\npose = 1\n"
    )
    box = Box(tmp_path)
    yield box
    box.run("down", "--quiet")
    for process in box.started:
        process.kill()
        process.communicate(timeout=PATIENCE_S)


def programs_of(box: Box) -> list[psutil.Process]:
    told = json.loads(box.run("status", "--json").stdout)
    return [psutil.Process(each["pid"]) for each in told["programs"] if each["pid"]]


def wait_for_line(process: subprocess.Popen[str], words: str) -> None:
    """Read until a line says this; a thread goes on reading, so that nobody has to wait."""
    assert process.stdout is not None
    said, found = process.stdout, threading.Event()

    def read() -> None:
        for line in said:
            if words in line:
                found.set()

    threading.Thread(target=read, daemon=True).start()
    assert found.wait(PATIENCE_S), f"{words!r} was never said"


def test_it_runs_until_it_is_interrupted_and_leaves_nothing_running(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(box.folder / "notify"))
        systemd.settimeout(PATIENCE_S)
        monkeypatch.setenv("NOTIFY_SOCKET", str(box.folder / "notify"))
        process = box.up()
        wait_for_line(process, "Works along for http://127.0.0.1:9")
        said = {systemd.recv(200), systemd.recv(200)}
    monkeypatch.delenv("NOTIFY_SOCKET")
    assert said == {b"READY=1\nSTATUS=all of it works", b"WATCHDOG=1"}
    status = box.run("status")
    assert status.returncode == Status.MADE, status.stdout
    assert "worker-pose-1" in status.stdout
    programs = programs_of(box)
    assert len(programs) == 2
    second = box.run("up")
    assert second.returncode == Status.MISCONFIGURED
    assert "already running" in second.stderr
    assert "rinkreel down" in second.stderr
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE_S) == Status.MADE
    assert box.said.endswith("stopped\n")
    assert not any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in programs)
    assert box.run("status").returncode == Status.NOT_RUNNING


def test_it_is_stopped_from_elsewhere(box: Box) -> None:
    process = box.up()
    wait_for_line(process, "Works along")
    assert box.run("down").stderr == "stopped\n"
    assert process.wait(PATIENCE_S) == Status.MADE


def test_detached_it_goes_on_by_itself_and_logs_to_files(box: Box) -> None:
    done = box.run("up", "--detach")
    assert done.returncode == Status.MADE, done.stderr
    assert "rinkreel down" in done.stderr
    assert len(programs_of(box)) == 2
    assert (box.folder / "data" / "logs" / "worker-pose-1.log").is_file()
    assert box.run("down").returncode == Status.MADE


def test_a_program_that_cannot_be_kept_up_ends_it_with_its_own_status(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    from appliance.adapters.supervisor.daemon import RunningPlace
    from appliance.bootstrap.running import RunningAppliance
    from appliance.cli.up import _ending

    (tmp_path / "ended.txt").write_text("worker-pose-1")
    settings = load_settings(flags={"storage.data": tmp_path / "data"}, environment={})
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait(PATIENCE_S)
        assert _ending(RunningAppliance(process, RunningPlace(tmp_path), None), settings) == Status.NOT_RUNNING
    said = capsys.readouterr().err
    assert "worker-pose-1 does not stay up" in said
    assert "remedy:" in said


@pytest.mark.parametrize(
    ("logs", "detach", "here"),
    [("auto", False, True), ("auto", True, False), ("files", False, False), ("terminal", False, True), ("terminal", True, False)],
)
def test_without_a_terminal_programs_log_here_unless_it_is_said_otherwise(logs: str, detach: bool, here: bool) -> None:
    assert logs_here(argparse.Namespace(logs=logs, detach=detach)) is here


def test_what_programs_say_is_handed_on_and_taken_even_when_nobody_listens() -> None:
    source, target = os.pipe(), os.pipe()
    with os.fdopen(source[0], "rb") as said, os.fdopen(source[1], "wb", buffering=0) as speaker:
        thread = threading.Thread(target=pour, args=(said, target[1]))
        thread.start()
        speaker.write(b"hello\n")
        assert os.read(target[0], 100) == b"hello\n"
        os.close(target[0])
        for _ in range(10):
            speaker.write(b"x" * 100_000)
        speaker.close()
        thread.join(PATIENCE_S)
        assert not thread.is_alive()
    os.close(target[1])


def test_people_are_told_where_the_page_and_the_folder_are_and_how_to_get_in(tmp_path: Path) -> None:
    flags = {"storage.data": tmp_path, "server.host": "127.0.0.1", "server.address": "http://rink.example"}
    settings = load_settings(flags=flags, environment={})
    text = welcome(settings, "abcd-efgh-jkmn")
    assert text.splitlines()[0].endswith("http://rink.example")
    assert str(tmp_path / "footage") in text
    assert "abcd-efgh-jkmn" in text
    assert "sign-in" not in welcome(settings, None)
