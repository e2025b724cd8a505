from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from appliance import __version__, cli
from appliance.cli import doctor, main
from appliance.cli.statuses import Status

REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def own_data_root(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RINKREEL_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == Status.MADE
    assert capsys.readouterr().out == f"rinkreel {__version__}\n"


@pytest.mark.parametrize("words", [[], ["fly"], ["reel"], ["reel", "a", "--budget", "soon"], ["reel", "a", "--backend", "tf"]])
def test_a_senseless_command_line_is_a_usage_error(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == Status.USAGE
    assert "usage: rinkreel" in capsys.readouterr().err


def test_an_input_that_is_not_there_is_unusable_and_nothing_is_fetched(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["reel", "nothing.mp4"]) == Status.UNUSABLE
    said = capsys.readouterr().err
    assert "nothing.mp4 is not there" in said
    assert "remedy:" in said
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_recordings_is_unusable(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "card").mkdir()
    (tmp_path / "card" / "notes.txt").write_text("hello")
    assert main(["detect", "card"]) == Status.UNUSABLE
    said = capsys.readouterr().err
    assert "notes.txt" in said
    assert "no recording" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["reel", "a.mp4", "--config", "none.toml"], "could not be read"),
        (["reel", "a.mp4", "-o", "reel.avi"], "does not end in .mp4"),
        (["reel", "a.mp4", "-o", "reel.mp4", "--json", "reel.mp4"], "already taken"),
        (["reel", "a.mp4", "--json", "a.mp4"], "already taken"),
        (["detect", "a.mp4", "--json", "a.mp4"], "already taken"),
        (["models", "pull", "no-such-model"], "no-such-model"),
    ],
)
def test_what_has_to_be_mended_first_is_said_with_its_remedy(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "a.mp4").write_bytes(b"original")
    assert main(words) == Status.MISCONFIGURED
    error = capsys.readouterr().err
    assert said in error
    assert "remedy:" in error
    assert (tmp_path / "a.mp4").read_bytes() == b"original"


def test_something_unexpected_is_told_with_its_trace(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(doctor, "table_of", lambda _: 1 / 0)
    monkeypatch.setattr("appliance.services.doctor.examine", lambda _: [])
    assert main(["doctor"]) == Status.UNEXPECTED
    said = capsys.readouterr().err
    assert "ZeroDivisionError" in said
    assert "please report" in said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_with_its_own_status_and_gives_signals_back(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], number: signal.Signals
) -> None:
    def be_interrupted(_words: object) -> int:
        os.kill(os.getpid(), number)
        signal.pause()
        return 0

    before = signal.getsignal(number)
    monkeypatch.setattr(cli, "_run", be_interrupted)
    assert main([]) == Status.INTERRUPTED
    assert "interrupted" in capsys.readouterr().err
    assert signal.getsignal(number) is before


def test_python_dash_m_is_the_same_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "appliance", "--version"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"rinkreel {__version__}\n"


def test_a_reader_who_goes_away_is_no_traceback() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "appliance", "models", "list"],
        cwd=REPOSITORY,
        stdout=os.open(os.devnull, os.O_RDONLY),
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert done.returncode == Status.UNEXPECTED
