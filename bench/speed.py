"""How fast and how big: twenty minutes at 720 lines, from file to finished reel, real and drawn, and a short one beside it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from appliance.adapters.ffmpeg.binary import find_ffmpeg
from appliance.bootstrap import draw_demo
from appliance.cli.progress import NoProgress
from appliance.domain.errors import RinkreelError
from appliance.settings import load_settings
from bench.command import Ran, plain_environment, rinkreel, run_command
from bench.place import MissingError, Place, labelled_sessions, long_session
from bench.process_tree import TreeWatch
from bench.results import circumstances, publish, table_of
from bench.shelves import CONFIGURATIONS, DEFAULT, Configuration

LONG_S = 1200
WANTED_SPEED, MOST_MEMORY_BYTES = 8.0, 10**9
STAGES = ("probe", "analyse", "select", "assemble")
HEADINGS = (
    *("recording", "configuration", "footage s", "reel s", "wall s", "× real time", "processor s", "peak memory MB"),
    *(f"{stage} s" for stage in STAGES),
)
NOTES = """`rinkreel reel RECORDING -o REEL --json REPORT`, from start to finished, verified reel; loading of libraries included.
Peak memory: the command and all its processes, ffmpeg included, proportional set size, sampled ten times a second. Stages as the
report has them. "follow_cam" is 45 seconds of a following camera over and over; "drawn" the demonstration's scene, repeated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """A recording and the configurations that it is tried with. is_judged: it is long enough to be held to the targets."""

    title: str
    make: Callable[[Place], Path]
    configurations: tuple[Configuration, ...]
    is_judged: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One run."""

    take: Take
    configuration: str
    ran: Ran
    report: dict[str, Any]
    tree: TreeWatch

    @property
    def speed(self) -> float:
        """Footage per time."""
        return float(self.report.get("duration_s", 0.0) / self.ran.wall_s)

    def row(self) -> list[str]:
        """A line of the table."""
        if not self.report:
            return [self.take.title, self.configuration, *("–" for _ in HEADINGS[2:])]
        timings = self.report["timings_s"]
        lengths = (self.report["duration_s"], sum(reel["duration_s"] for reel in self.report["reels"]), self.ran.wall_s)
        numbers = [f"{value:.1f}" for value in (*lengths, self.speed, max(self.tree.cpu_s, self.ran.cpu_s))]
        stages = [f"{timings.get(stage, 0.0):.1f}" for stage in STAGES]
        return [self.take.title, self.configuration, *numbers, f"{self.tree.peak_bytes / 1e6:.0f}", *stages]

    def verdict(self) -> str:
        """Against what is asked for."""
        if not self.report:
            return f"- {self.take.title}, {self.configuration}: ended with {self.ran.status}: {self.ran.stderr.strip()[-300:]}"
        fast, small = self.speed >= WANTED_SPEED, self.tree.peak_bytes <= MOST_MEMORY_BYTES
        name = f"{self.take.title}, {self.configuration}"
        return (
            f"- {name}: {self.speed:.1f} × real time, wanted ≥ {WANTED_SPEED:.0f}: {_word(fast)}; "
            f"{self.tree.peak_bytes / 1e6:.0f} MB, wanted ≤ {MOST_MEMORY_BYTES / 1e6:.0f}: {_word(small)}"
        )


def run(place: Place) -> None:
    """Measure whatever can be had here, publish. Raises MissingError when there is nothing."""
    takes = (
        Take(title="follow_cam, 20 min", make=lambda place: long_session(place).video, configurations=CONFIGURATIONS),
        Take(title="follow_cam, 45 s", make=_short_recording, configurations=(DEFAULT,), is_judged=False),
        Take(title="drawn, 20 min", make=long_drawing, configurations=(DEFAULT,)),
    )
    measured: list[Measured] = []
    absent: list[str] = []
    for take in takes:
        if place.wanted(take.title):
            _measure_take(place, take, measured, absent)
    if not measured:
        raise MissingError("; ".join(absent))
    table = table_of(HEADINGS, [one.row() for one in measured])
    verdicts = "\n".join(
        [
            *(one.verdict() for one in measured if one.take.is_judged or not one.report),
            *(f"- not measured: {words}" for words in absent),
        ]
    )
    publish(place, "speed", "\n\n".join([table, verdicts, NOTES, circumstances()]))


def _measure_take(place: Place, take: Take, measured: list[Measured], absent: list[str]) -> None:
    try:
        video = take.make(place)
    except MissingError as missing:
        absent.append(f"{take.title}: {missing}")
        return
    for configuration in take.configurations:
        try:
            measured.append(_measure(place, take, video, configuration))
        except MissingError as missing:
            absent.append(f"{take.title}, {configuration.title}: {missing}")


def _measure(place: Place, take: Take, video: Path, configuration: Configuration) -> Measured:
    shelf, room = configuration.shelf(place), place.room("speed")
    print(f"{take.title}, {configuration.name} …", file=sys.stderr, flush=True)
    report, tree = room / "report.json", TreeWatch()
    report.unlink(missing_ok=True)
    options = ("--force", "--json", report, "--backend", configuration.backend)
    command = rinkreel("reel", video, "-o", room / "reel.mp4", *options)
    ran = run_command(command, environment=plain_environment(shelf), watch=tree)
    said = json.loads(report.read_text(encoding="utf-8")) if report.is_file() else {}
    return Measured(take=take, configuration=configuration.title, ran=ran, report=said, tree=tree)


def _short_recording(place: Place) -> Path:
    return labelled_sessions(Place(shared=place.shared, work=place.work, only=("follow_cam",)))[0].video


def long_drawing(place: Place) -> Path:
    """The drawn session over and over, without encoding it again. Raises MissingError when it cannot be made."""
    room = place.room("drawn")
    target = room / "long.mp4"
    if not target.is_file():
        print("drawing twenty minutes …", file=sys.stderr, flush=True)
        try:
            demonstration = draw_demo(load_settings(), room, NoProgress())
            _play_over(demonstration.recording, target, _times_over(demonstration.duration))
        except RinkreelError as error:
            raise MissingError(error.why) from error
    return target


def _times_over(length_s: Fraction) -> int:
    return -(-LONG_S // max(1, int(length_s)))


def _play_over(recording: Path, target: Path, times: int) -> None:
    unfinished = target.with_suffix(".part.mp4")
    binary = find_ffmpeg(load_settings().storage.ffmpeg)
    command: Sequence[str | Path] = (
        *(binary.path, "-nostdin", "-v", "error", "-y", "-stream_loop", str(times - 1)),
        *("-i", recording, "-map", "0:v", "-map", "0:a", "-c", "copy", unfinished),
    )
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise MissingError(f"the drawn session cannot be repeated: {done.stderr.strip()[-300:]}")
    unfinished.replace(target)


def _word(is_met: bool) -> str:
    return "met" if is_met else "NOT met"
