"""How fast and how big: the reference job from file to finished reel, beside others on the same file in the same run, where the
time goes, and how it grows with length and shrinks with workers."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from appliance.adapters.model_shelf import ModelShelf
from appliance.domain.errors import RinkreelError
from bench.breakdown import PARTS
from bench.command import Ran, plain_environment, rinkreel, run_command
from bench.dvr_scan import ready_tool, scan
from bench.place import MissingError, Place, Session
from bench.process_tree import TreeWatch
from bench.reference_job import floor_command, played_over, reference_session
from bench.results import circumstances, publish, table_of
from bench.scoring import Score, Scorer, Spans, text_of
from bench.seed_method import SeedRule, kept_movement, segments_from
from bench.shelves import CONFIGURATIONS, CONVERTED, Configuration, plain_shelf

WANTED_SPEED, WANTED_RATIO, MOST_MEMORY_BYTES = 25.0, 20.0, 600 * 10**6
#: A shortcut may cost this much of F1 against watching everything.
MOST_LOST = 0.01
CORES = 2
STAGES = ("probe", "analyse", "select", "assemble")
HEADINGS = (
    *("method", "wall s", "× real time", "processor s", "× real time if two cores were idle"),
    *("every-frame method's processor s ÷ its own", "peak memory MB"),
    *("recall", "precision", "F1@50"),
)
LONGER = (
    *("footage", "workers", "footage s", "reel s", "wall s", "× real time", "processor s", "peak memory MB"),
    *(f"{stage} s" for stage in STAGES),
)
NOTES = """The same file for all, one after the other. Rinkreel: `rinkreel reel`, from start to finished, verified reel, loading
of libraries included. If two cores were idle and always busy: length over half the processor time; the clock counts what else the
machine did. Peak memory: all processes, proportional set size. Floor: ffmpeg decoding every picture to nothing. Every-frame
method: MediaPipe Pose on every frame, landmark movement against a threshold, no reel. Segments are raw, before any padding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lap:
    """One method on the file. found: its segments, None where it looks for none."""

    title: str
    wall_s: float
    cpu_s: float
    peak_bytes: int | None = None
    found: Spans | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reeled:
    """One run of the command, with its report."""

    ran: Ran
    report: dict[str, Any]
    tree: TreeWatch

    @property
    def cpu_s(self) -> float:
        """Of all its processes."""
        return max(self.tree.cpu_s, self.ran.cpu_s)


def run(place: Place) -> None:
    """Measure whatever can be had here, publish. Raises MissingError when there is no footage."""
    session, scorer = reference_session(place), Scorer(place)
    length_s = json.loads(session.labels.read_text(encoding="utf-8"))["duration"]
    laps, absent = list[Lap](), list[str]()
    for ask in (_own_laps, _watching_laps, _seed_laps, _dvr_laps, _floor_laps):
        try:
            laps += ask(place, session)
        except (MissingError, RinkreelError) as missing:
            absent.append(f"- not measured: {missing}")
    scores = {lap.title: scorer.score(session, lap.found) for lap in laps if lap.found is not None}
    seed = next((lap.cpu_s for lap in laps if lap.title == SEED), None)
    parts = [
        f"### The reference job, {length_s:.0f} s of it",
        table_of(HEADINGS, [_row(lap, length_s, seed, scores.get(lap.title)) for lap in laps]),
        "\n".join([*_verdicts(laps, length_s, seed, scores), *absent]),
        "### Where the time of watching goes, processor s",
        _breakdown(place),
        "### Longer, and with one worker",
        table_of(LONGER, list(_longer_rows(place, session))),
        NOTES,
        circumstances(),
    ]
    publish(place, "speed", "\n\n".join(parts))


def _row(lap: Lap, length_s: float, seed_s: float | None, score: Score | None) -> list[str]:
    figures = [text_of(score.figures[name], 3) for name in ("recall", "precision", "f1@50")] if score else ["–"] * 3
    ratio = "–" if seed_s is None else f"{seed_s / lap.cpu_s:.1f}"
    peak = "–" if lap.peak_bytes is None else f"{lap.peak_bytes / 1e6:.0f}"
    times = (lap.wall_s, length_s / lap.wall_s, lap.cpu_s, CORES * length_s / lap.cpu_s)
    return [lap.title, *(f"{value:.1f}" for value in times), ratio, peak, *figures]


def _verdicts(laps: Sequence[Lap], length_s: float, seed_s: float | None, scores: Mapping[str, Score]) -> Iterator[str]:
    for lap in laps:
        if lap.peak_bytes is not None:
            yield from _reel_verdicts(lap, length_s, seed_s)
    if LEAPING in scores and EVERYTHING in scores:
        lost = scores[EVERYTHING].figure("f1@50") - scores[LEAPING].figure("f1@50")
        yield f"- F1@50 lost against watching everything: {lost:.3f}, wanted ≤ {MOST_LOST}: {_word(lost <= MOST_LOST)}"


def _reel_verdicts(lap: Lap, length_s: float, seed_s: float | None) -> Iterator[str]:
    speed, peak = length_s / lap.wall_s, lap.peak_bytes or 0
    yield f"- {lap.title}: {speed:.1f} × real time by the clock, wanted ≥ {WANTED_SPEED:.0f}: {_word(speed >= WANTED_SPEED)}"
    if seed_s is not None:
        ratio = seed_s / lap.cpu_s
        met = _word(ratio >= WANTED_RATIO)
        yield f"- {lap.title}: {ratio:.1f} times the every-frame method, wanted ≥ {WANTED_RATIO:.0f}: {met}"
    met = _word(peak <= MOST_MEMORY_BYTES)
    yield f"- {lap.title}: {peak / 1e6:.0f} MB, wanted ≤ {MOST_MEMORY_BYTES / 1e6:.0f}: {met}"


LEAPING, EVERYTHING, SEED = "Rinkreel, watching alone", "Rinkreel, watching everything", "MediaPipe on every frame"


def _own_laps(place: Place, session: Session) -> Iterator[Lap]:
    for configuration in CONFIGURATIONS:
        made = _reel(place, session.video, configuration)
        found = [(row["start_s"], row["end_s"]) for row in made.report.get("segments", ())]
        title = f"Rinkreel, {configuration.title}"
        yield Lap(title=title, wall_s=made.ran.wall_s, cpu_s=made.cpu_s, peak_bytes=made.tree.peak_bytes, found=found)


def _watching_laps(place: Place, session: Session) -> Iterator[Lap]:
    for title, how in ((LEAPING, "leaping"), (EVERYTHING, "everything")):
        ran, said = _watch(place, session, how)
        yield Lap(title=title, wall_s=ran.wall_s, cpu_s=said["cpu_s"], found=said["segments"])


def _seed_laps(place: Place, session: Session) -> Iterator[Lap]:
    bundle, target = ModelShelf(plain_shelf(place)).path_of("blazepose-bundle"), place.room("speed") / "seed.npz"
    print(f"{SEED} …", file=sys.stderr, flush=True)
    ran = run_command((sys.executable, "-m", "bench.seed_method", session.video, bundle, target, "1"))
    if ran.status:
        raise MissingError(f"{SEED} ended with {ran.status}: {ran.stderr.strip()[-300:]}")
    yield Lap(title=SEED, wall_s=ran.wall_s, cpu_s=ran.cpu_s, found=segments_from(kept_movement(target), SeedRule()))


def _dvr_laps(place: Place, session: Session) -> Iterator[Lap]:
    tool = ready_tool(place)
    print("DVR-Scan …", file=sys.stderr, flush=True)
    found, ran = scan(tool, session.video, place.room("speed"))
    yield Lap(title="DVR-Scan", wall_s=ran.wall_s, cpu_s=ran.cpu_s, found=found)


def _floor_laps(_place: Place, session: Session) -> Iterator[Lap]:
    ran = run_command(floor_command(session.video))
    if ran.status:
        raise MissingError(f"ffmpeg ended with {ran.status}: {ran.stderr.strip()[-300:]}")
    yield Lap(title="floor", wall_s=ran.wall_s, cpu_s=ran.cpu_s)


def _breakdown(place: Place) -> str:
    """Of the runs that `_watching_laps` made."""
    said = {how: json.loads(_watched_path(place, how).read_text(encoding="utf-8")) for how in ("leaping", "everything")}
    rows = [[part, *(f"{one['parts_s'].get(part, 0.0):.1f}" for one in said.values())] for part in PARTS]
    return table_of(("part", "leaping", "everything"), [*rows, ["all", *(f"{one['cpu_s']:.1f}" for one in said.values())]])


def _watch(place: Place, session: Session, how: str) -> tuple[Ran, dict[str, Any]]:
    print(f"watching, {how} …", file=sys.stderr, flush=True)
    environment = plain_environment(plain_shelf(place)) | {"RINKREEL_WATCHING_BACKEND": CONVERTED.backend}
    ran = run_command((sys.executable, "-m", "bench.breakdown", session.video, how), environment=environment)
    if ran.status:
        raise MissingError(f"watching ended with {ran.status}: {ran.stderr.strip()[-300:]}")
    _watched_path(place, how).write_text(ran.stdout, encoding="utf-8")
    return ran, json.loads(ran.stdout)


def _watched_path(place: Place, how: str) -> Path:
    return place.room("speed") / f"{how}.json"


def _longer_rows(place: Place, session: Session) -> Iterator[list[str]]:
    for minutes in place.minutes:
        longer = played_over(place, session, minutes)
        yield _longer_row(f"{minutes} min", "2", _reel(place, longer.video, CONVERTED, workers=2))
    yield _longer_row("the session", "1", _reel(place, session.video, CONVERTED, workers=1))


def _longer_row(title: str, workers: str, made: Reeled) -> list[str]:
    if not made.report:
        return [title, workers, *("–" for _ in LONGER[2:])]
    length_s, reel_s = made.report["duration_s"], sum(reel["duration_s"] for reel in made.report["reels"])
    times = (length_s, reel_s, made.ran.wall_s, length_s / made.ran.wall_s, made.cpu_s)
    stages = (f"{made.report['timings_s'].get(stage, 0.0):.1f}" for stage in STAGES)
    return [title, workers, *(f"{value:.1f}" for value in times), f"{made.tree.peak_bytes / 1e6:.0f}", *stages]


def _reel(place: Place, video: Path, configuration: Configuration, *, workers: int = CORES) -> Reeled:
    shelf, room = configuration.shelf(place), place.room("speed")
    print(f"{video.name}, {configuration.name}, {workers} workers …", file=sys.stderr, flush=True)
    report, tree = room / "report.json", TreeWatch()
    report.unlink(missing_ok=True)
    options = ("--force", "--json", report, "--backend", configuration.backend)
    environment = plain_environment(shelf) | {"RINKREEL_WATCHING_WORKERS": str(workers)}
    ran = run_command(rinkreel("reel", video, "-o", room / "reel.mp4", *options), environment=environment, watch=tree)
    if ran.status:
        raise MissingError(f"rinkreel reel ended with {ran.status}: {ran.stderr.strip()[-300:]}")
    return Reeled(ran=ran, report=json.loads(report.read_text(encoding="utf-8")), tree=tree)


def _word(is_met: bool) -> str:
    return "met" if is_met else "NOT met"
