"""How right the command is: the labelled sessions in every configuration, each run as a user would run it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.command import plain_environment, run_command
from bench.drawing import draw_session
from bench.drawn_sessions import built_sessions
from bench.place import MissingError, Place, Session, labelled_sessions
from bench.results import circumstances, publish, table_of
from bench.scoring import HEADINGS, Judge, Score, Scorer, Scoring, text_of
from bench.shelves import CONFIGURATIONS, Configuration

#: What is asked for over all sessions.
TARGETS: Mapping[str, Mapping[str, float]] = {
    "default": {"recall": 0.90, "precision": 0.88, "f1@50": 0.88},
    "rtmdet": {"recall": 0.93, "precision": 0.94, "f1@50": 0.97},
}
#: Sessions in which nobody skates, and the share of them that may be kept all the same.
NOBODY_SKATES, MOST_KEPT = ("camera_only", "no_people", "pan_over_standers"), 0.03
EFFORT = ("× real time", "processor s per min")
NOTES = """Sessions are short real clips joined so that every onset and end is known exactly.
"All" takes the sessions as one recording. F1@k: segments count as found when they overlap a true one by k % (temporal IoU).
Segments are raw, before any padding.
× real time: length of the session ÷ time of the whole command, start and loading of models included; short sessions suffer most.
Processor s per min: processor time per minute of footage, all processes and threads together."""

DRAWN_NOTES = """Sessions are drawn, so that their truth is exact, and show what the real clips lack. A model that is trained on
real people may take drawn ones less surely. The wanted figures are those of the real sessions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """One session as the command saw it. complaint: why it failed, when it did."""

    score: Score
    wall_s: float
    cpu_s: float
    backend: str
    complaint: str = ""


def run(place: Place) -> None:
    """Detect, score, draw, publish: drawn sessions first, which need nothing. Raises MissingError when there is no footage."""
    run_drawn(place)
    scorer, sessions = Scorer(place), labelled_sessions(place)
    if not sessions:
        return
    parts, kept = [], {}
    for configuration in CONFIGURATIONS:
        try:
            shelf = configuration.shelf(place)
        except MissingError as missing:
            parts.append(f"### {configuration.title}\n\nNot measured: {missing}.")
            continue
        detections = [detect(place, configuration, session, shelf, scorer) for session in sessions]
        total = scorer.total(detection.score for detection in detections)
        kept[configuration.name] = kept_from(configuration, detections, total)
        parts.append(_section(configuration, detections, total))
    scores_path(place).write_text(json.dumps(kept, indent=1), encoding="utf-8")
    publish(place, "accuracy", "\n\n".join([*parts, NOTES, circumstances()]))


def run_drawn(place: Place) -> None:
    """The same for the drawn sessions, into a section of their own."""
    judge, sessions = Judge(), built_sessions(place)
    if not sessions:
        return
    parts = []
    for configuration in CONFIGURATIONS:
        try:
            shelf = configuration.shelf(place)
        except MissingError as missing:
            parts.append(f"### {configuration.title}\n\nNot measured: {missing}.")
            continue
        detections = [detect(place, configuration, session, shelf, judge) for session in sessions]
        parts.append(_section(configuration, detections, judge.total(detection.score for detection in detections)))
    publish(place, "drawn", "\n\n".join([*parts, DRAWN_NOTES, circumstances()]))


def scores_path(place: Place) -> Path:
    """Where the last scores are kept, for the table of peers."""
    return place.room("accuracy") / ("part.json" if place.only else "scores.json")


def kept_from(configuration: Configuration, detections: Sequence[Detection], total: Score) -> dict[str, Any]:
    """What the table of peers needs of a configuration."""
    wall_s, cpu_s = sum(one.wall_s for one in detections), sum(one.cpu_s for one in detections)
    scores = [detection.score.kept() for detection in detections]
    return {"title": configuration.title, "wall_s": wall_s, "cpu_s": cpu_s, "total": total.kept(), "sessions": scores}


def detect(place: Place, configuration: Configuration, session: Session, shelf: Path, scorer: Scoring) -> Detection:
    """Run the command on a session, score what it found and draw it."""
    print(f"{configuration.name}: {session.name} …", file=sys.stderr, flush=True)
    room = place.room("accuracy", configuration.name)
    found, signal = room / f"{session.name}.json", room / f"{session.name}.npz"
    for path in (found, signal):
        path.unlink(missing_ok=True)
    verb = ("detect", session.video, "--json", found, "--backend", configuration.backend)
    ran = run_command([sys.executable, "-m", "bench.keeping", signal, *verb], environment=plain_environment(shelf))
    spans = spans_from(found) if found.is_file() else []
    score = scorer.score(session, spans)
    if signal.is_file():
        truth = json.loads(session.labels.read_text(encoding="utf-8"))["moving"]
        recall, precision = (text_of(score.figures[name], 3) for name in ("recall", "precision"))
        title = f"{session.name}, {configuration.title}: recall {recall}, precision {precision}"
        draw_session(room / f"{session.name}.png", title, signal, truth, spans)
    complaint = "" if ran.status == 0 else f"{session.name} ended with {ran.status}: {ran.stderr.strip()[-300:]}"
    return Detection(score=score, wall_s=ran.wall_s, cpu_s=ran.cpu_s, backend=ran.backend, complaint=complaint)


def spans_from(path: Path) -> list[tuple[float, float]]:
    """The segments that `rinkreel detect` wrote."""
    return [(row["start_s"], row["end_s"]) for row in json.loads(path.read_text(encoding="utf-8"))["segments"]]


def _section(configuration: Configuration, detections: Sequence[Detection], total: Score) -> str:
    rows = [[one.score.name, *one.score.cells(), *effort_cells(one.score, one.wall_s, one.cpu_s)] for one in detections]
    efforts = effort_cells(total, sum(one.wall_s for one in detections), sum(one.cpu_s for one in detections))
    table = table_of(("session", *HEADINGS, *EFFORT), [*rows, ["**all**", *total.cells(), *efforts]])
    backends = sorted({one.backend for one in detections})
    complaints = [f"- {one.complaint}" for one in detections if one.complaint]
    verdicts = [f"- {line}" for line in _verdicts(configuration, detections, total)]
    head = f"### {configuration.title}\n\nBackend: {'; '.join(backends)}."
    return "\n\n".join([head, table, *("\n".join(lines) for lines in (complaints, verdicts) if lines)])


def _verdicts(configuration: Configuration, detections: Sequence[Detection], total: Score) -> Iterator[str]:
    for name, wanted in TARGETS.get(configuration.name, {}).items():
        value = total.figure(name)
        yield f"{name} {value:.3f}, wanted ≥ {wanted:.2f}: {'met' if value >= wanted else 'NOT met'}"
    for one in detections:
        if one.score.name in NOBODY_SKATES:
            share = one.score.found_share
            verdict = "met" if share <= MOST_KEPT else "NOT met"
            yield f"{one.score.name} keeps {100 * share:.1f} % of its seconds, wanted ≤ {100 * MOST_KEPT:.0f} %: {verdict}"


def effort_cells(score: Score, wall_s: float, cpu_s: float) -> list[str]:
    """As `EFFORT` wants them."""
    duration_s = score.counts["duration"]
    return [f"{duration_s / wall_s:.1f}", f"{60 * cpu_s / duration_s:.1f}"]
