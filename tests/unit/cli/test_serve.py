from __future__ import annotations

import asyncio
import io
import os
import signal
import sys
import types
from pathlib import Path

import pytest

from appliance.bootstrap import programs
from appliance.cli import main, serve
from appliance.cli.statuses import Status
from appliance.settings import Settings


@pytest.fixture(autouse=True)
def own_data_root(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RINKREEL_HOME", str(tmp_path / "home"))


def test_the_roles_that_help_names_are_those_that_there_are() -> None:
    assert serve.ROLES == programs.ROLES


def test_a_role_that_is_none_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "boss"]) == Status.USAGE
    assert "ledger" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_program_runs_with_its_settings_until_it_is_told_to_stop(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, number: signal.Signals
) -> None:
    ran: list[tuple[str, Path, int, int]] = []

    async def run_role(role: str, settings: Settings, stop: asyncio.Event, index: int) -> None:
        os.kill(os.getpid(), number)
        await asyncio.wait_for(stop.wait(), 10)
        ran.append((role, settings.storage.data_folder.root, settings.server.port, index))

    services = types.ModuleType("appliance.bootstrap.services")
    services.run_role = run_role  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "appliance.bootstrap.services", services)
    words = ["serve", "worker-pose", "--index", "3", "--data", str(tmp_path / "d"), "--port", "81"]
    assert main(words) == Status.MADE
    assert ran == [("worker-pose", tmp_path / "d", 81, 3)]
    assert (tmp_path / "d" / "work").is_dir()


def test_the_caretaker_ends_when_supervisor_closes_its_input(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    said = io.BytesIO()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(said))
    assert main(["serve", "caretaker", "--data", str(tmp_path / "d")]) == Status.MADE
    assert said.getvalue() == b"READY\n"
