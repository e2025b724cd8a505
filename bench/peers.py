"""Others on the same sessions with the same scorer: the method this product began with, and DVR-Scan.

What they measured is kept in the work folder, so that a second run costs nothing; delete its `peers` folder to measure anew.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from appliance.adapters.model_shelf import ModelShelf
from appliance.domain.errors import RinkreelError
from bench.accuracy import EFFORT, effort_cells, scores_path
from bench.command import run_command
from bench.dvr_scan import AFTER_S, BEFORE_S, PACKAGES, ready_tool, scan, without_margins
from bench.place import MissingError, Place, Session, labelled_sessions
from bench.results import circumstances, publish, table_of
from bench.scoring import Score, Scorer, Spans, text_of
from bench.seed_method import Movement, SeedRule, kept_movement, segments_from
from bench.shelves import plain_shelf

HEADINGS = (
    *("method", "recall", "precision", "F1@10", "F1@25", "F1@50"),
    *("edges off, median s", "edges off, 95 % s", "false s per still hour"),
    *EFFORT,
)
FIGURES = (("recall", 3), ("precision", 3), ("f1@10", 3), ("f1@25", 3), ("f1@50", 3))
EDGES = (("boundary_median_s", 2), ("boundary_p95_s", 2), ("false_s_per_still_hour", 0))
#: Thresholds that are tried for the peer's best.
THRESHOLDS = (0.001, 0.002, 0.003, 0.004, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.05)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """What all sessions together took."""

    wall_s: float
    cpu_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A method on all sessions. remark: what has to be known about it."""

    title: str
    scores: tuple[Score, ...]
    total: Score
    effort: Effort
    remark: str = ""


def run(place: Place) -> None:
    """Measure, score, publish. Raises MissingError when there is no footage."""
    scorer, sessions = Scorer(place), labelled_sessions(place)
    methods, absent = list(_own_methods(place, scorer)), []
    if not methods:
        absent.append("Rinkreel's own rows are missing: run the bench `accuracy` first.")
    for measure in (_seed_methods, _dvr_methods):
        try:
            methods += measure(place, scorer, sessions)
        except (MissingError, RinkreelError) as error:
            absent.append(f"Not measured: {error}.")
    if methods:
        publish(place, "peers", "\n\n".join([*_sections(methods), *absent, circumstances()]))
    else:
        raise MissingError(" ".join(absent))


def _sections(methods: Sequence[Method]) -> Iterator[str]:
    yield table_of(HEADINGS, [_total_row(method) for method in methods])
    yield "\n".join(f"- {method.title}: {method.remark}" for method in methods if method.remark)
    yield "Recall / precision / F1@50 by session:"
    names = list(dict.fromkeys(score.name for method in methods for score in method.scores))
    rows = [[name, *(_session_cell(method, name) for method in methods)] for name in names]
    yield table_of(("session", *(method.title for method in methods)), rows)


def _total_row(method: Method) -> list[str]:
    figures = [text_of(method.total.figures[name], digits) for name, digits in (*FIGURES, *EDGES)]
    return [method.title, *figures, *effort_cells(method.total, method.effort.wall_s, method.effort.cpu_s)]


def _session_cell(method: Method, name: str) -> str:
    found = [score.figures for score in method.scores if score.name == name]
    return " ∕ ".join(text_of(found[0][key], 2) for key in ("recall", "precision", "f1@50")) if found else "–"


def _own_methods(place: Place, scorer: Scorer) -> Iterator[Method]:
    """What the bench `accuracy` measured last."""
    path = scores_path(place)
    kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    for row in kept.values():
        scores = tuple(scorer.score_from(one) for one in row["sessions"])
        total = scorer.score_from(row["total"])
        effort = Effort(wall_s=row["wall_s"], cpu_s=row["cpu_s"])
        yield Method(title=f"Rinkreel, {row['title']}", scores=scores, total=total, effort=effort)


def _method(scorer: Scorer, title: str, found: Sequence[tuple[Session, Spans]], *, effort: Effort, remark: str) -> Method:
    scores = tuple(scorer.score(session, spans) for session, spans in found)
    return Method(title=title, scores=scores, total=scorer.total(scores), effort=effort, remark=remark)


def _seed_methods(place: Place, scorer: Scorer, sessions: Sequence[Session]) -> list[Method]:
    """With the thresholds one would choose, and with the best in hindsight."""
    bundle = ModelShelf(plain_shelf(place)).path_of("blazepose-bundle")
    measured = [(session, _movement_in(place, session, bundle)) for session in sessions]
    effort = Effort(wall_s=sum(one.wall_s for _, one in measured), cpu_s=sum(one.cpu_s for _, one in measured))
    seen = "every frame" if place.seed_step == 1 else f"every {place.seed_step}th frame, movement divided accordingly"

    def with_rule(rule: SeedRule, title: str, remark: str) -> Method:
        found = [(session, segments_from(movement, rule)) for session, movement in measured]
        return _method(scorer, title, found, effort=effort, remark=remark)

    rule = SeedRule()
    remark = (
        f"MediaPipe Pose, one person, {seen} in full size, landmarks in shares of the picture; threshold "
        f"{rule.movement_threshold} per frame, min_moving_frames {rule.min_moving_frames}, "
        f"max_stationary_frames {rule.max_stationary_frames}, merged below {rule.merge_gap_frames} frames."
    )
    usual = with_rule(rule, "MediaPipe on every frame", remark)
    return [usual, _best_threshold(with_rule, rule)]


def _best_threshold(with_rule: Callable[[SeedRule, str, str], Method], rule: SeedRule) -> Method:
    tried = [
        with_rule(
            replace(rule, movement_threshold=threshold),
            "MediaPipe on every frame, best threshold",
            f"the same with the threshold of best F1@50 on these very sessions, {threshold}.",
        )
        for threshold in THRESHOLDS
    ]
    return max(tried, key=lambda method: (method.total.figure("f1@50"), method.total.figure("recall")))


def _movement_in(place: Place, session: Session, bundle: Path) -> Movement:
    path = place.room("peers") / f"{session.name}.every{place.seed_step}.npz"
    if not path.is_file():
        print(f"MediaPipe on every frame: {session.name} …", file=sys.stderr, flush=True)
        command = (sys.executable, "-m", "bench.seed_method", session.video, bundle, path, str(place.seed_step))
        ran = run_command(command)
        if ran.status:
            raise MissingError(f"MediaPipe on every frame ended with {ran.status}: {ran.stderr.strip()[-300:]}")
    return kept_movement(path)


def _dvr_methods(place: Place, scorer: Scorer, sessions: Sequence[Session]) -> list[Method]:
    """As it comes, and without its margins."""
    scans = [_scan_of(place, session) for session in sessions]
    effort = Effort(wall_s=sum(one["wall_s"] for one in scans), cpu_s=sum(one["cpu_s"] for one in scans))
    whole = [(session, [(start, end) for start, end in one["events"]]) for session, one in zip(sessions, scans, strict=True)]
    bare = [(session, without_margins(events, _length_s(session))) for session, events in whole]
    remark = f"{PACKAGES[0]}, MOG2, all defaults, scan only."
    less = f"the same events less the {BEFORE_S} s and {AFTER_S} s that it puts around motion."
    return [
        _method(scorer, "DVR-Scan", whole, effort=effort, remark=remark),
        _method(scorer, "DVR-Scan, without margins", bare, effort=effort, remark=less),
    ]


def _scan_of(place: Place, session: Session) -> dict[str, Any]:
    """Its events and what they took."""
    path = place.room("peers") / f"{session.name}.dvr-scan.json"
    if not path.is_file():
        print(f"DVR-Scan: {session.name} …", file=sys.stderr, flush=True)
        events, ran = scan(ready_tool(place), session.video, place.room("peers", "home"))
        path.write_text(json.dumps({"events": events, "wall_s": ran.wall_s, "cpu_s": ran.cpu_s}), encoding="utf-8")
    kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return kept


def _length_s(session: Session) -> float:
    return float(json.loads(session.labels.read_text(encoding="utf-8"))["duration"])
