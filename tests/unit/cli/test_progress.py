from __future__ import annotations

import io

import pytest

from appliance.cli.progress import BarProgress, NoProgress, PlainProgress, progress_for, speed_of


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_lines_come_at_most_every_few_seconds_with_speed_and_remaining_time() -> None:
    stream, clock = io.StringIO(), Clock()
    with PlainProgress(stream, clock=clock) as progress:
        for second in range(13):
            clock.now_s = float(second)
            progress.advance("analyse", second * 10.0, 600.0)
    assert stream.getvalue().splitlines() == [
        "watching 10:00 of footage",
        "watching   8%  10.0x real time  0:55 left",
        "watching  17%  10.0x real time  0:50 left",
    ]


def test_each_stage_is_timed_on_its_own() -> None:
    stream, clock = io.StringIO(), Clock()
    progress = PlainProgress(stream, clock=clock)
    for clock.now_s, stage, done_s in ((0.0, "analyse", 1.0), (100.0, "assemble", 0.0), (110.0, "assemble", 5.0)):
        progress.advance(stage, done_s, 10.0)
    assert stream.getvalue().splitlines() == [
        "watching 0:10 of footage",
        "cutting 0:10 of footage",
        "cutting  50%  0.5x real time  0:10 left",
    ]


def test_a_terminal_gets_a_bar_that_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    stream, clock = Terminal(), Clock()
    with BarProgress(stream, clock=clock) as progress:
        progress.advance("analyse", 0.0, 60.0)
        clock.now_s = 3.0
        progress.advance("analyse", 30.0, 60.0)
    assert "watching" in stream.getvalue()
    assert "10.0x real time" in stream.getvalue()


def test_the_place_decides_how_progress_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(progress_for(Terminal(), quiet=False), PlainProgress)
    monkeypatch.setenv("TERM", "xterm")
    assert isinstance(progress_for(io.StringIO(), quiet=False), PlainProgress)
    assert isinstance(progress_for(Terminal(), quiet=False), BarProgress)
    quiet = progress_for(Terminal(), quiet=True)
    assert type(quiet) is NoProgress
    with quiet:
        quiet.advance("analyse", 1.0, 2.0)


@pytest.mark.parametrize(("done_s", "elapsed_s", "speed"), [(10.0, 2.0, 5.0), (0.0, 0.0, 0.0)])
def test_speed_is_footage_over_time(done_s: float, elapsed_s: float, speed: float) -> None:
    assert speed_of(done_s, elapsed_s) == speed
