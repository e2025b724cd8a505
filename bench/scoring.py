"""Scores found segments against labels, with the footage's own scorer, so that every method is measured by one yardstick."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

from appliance.algorithms.judging import OVERLAPS, Tally, judge_segments
from appliance.domain.timespan import Span
from bench.place import MissingError, Place, Session

Spans = Sequence[tuple[float, float]]
#: Columns of a table of scores; `Score.cells` fills them.
HEADINGS = (
    *("true s", "found s", "found share", "recall", "precision", "F1@10", "F1@25", "F1@50"),
    *("edges off, median s", "edges off, 95 % s", "false s per still hour"),
)


class Scoring(Protocol):
    """Scores what was found in a session."""

    def score(self, session: Session, found: Spans) -> Score:
        """Found segments, in seconds, against the session's labels."""
        ...


class Scorer:
    """The scorer that lies beside the footage."""

    def __init__(self, place: Place) -> None:
        """Load it. Raises MissingError."""
        self._module = _module_from(place.need("footage", "score.py"))

    def score(self, session: Session, found: Spans) -> Score:
        """Found segments, in seconds, against the session's labels."""
        labels = json.loads(session.labels.read_text(encoding="utf-8"))
        spans = sorted((float(start), float(end)) for start, end in found)
        counts = self._module.counts(self._module.spans_of(labels), spans, labels["duration"])
        return Score(name=session.name, counts=counts, figures=self._module.figures(counts))

    def total(self, scores: Iterable[Score]) -> Score:
        """All sessions taken as one."""
        counts = reduce(lambda one, other: {key: one[key] + other[key] for key in one}, (score.counts for score in scores))
        return Score(name="all", counts=counts, figures=self._module.figures(counts))

    def score_from(self, kept: Mapping[str, Any]) -> Score:
        """A score that was kept as JSON."""
        return Score(name=kept["name"], counts=kept["counts"], figures=self._module.figures(kept["counts"]))


class Judge:
    """The product's own scorer, for sessions that come without one; its counts and figures are named as the other one's."""

    def score(self, session: Session, found: Spans) -> Score:
        """Found segments, in seconds, against the session's labels."""
        labels = json.loads(session.labels.read_text(encoding="utf-8"))
        duration = Fraction(labels["duration"])
        tally = judge_segments(_spans_from(found), _spans_from(labels["moving"]), duration)
        return _score_of(session.name, tally)

    def total(self, scores: Iterable[Score]) -> Score:
        """All sessions taken as one."""
        counts = reduce(lambda one, other: {key: one[key] + other[key] for key in one}, (score.counts for score in scores))
        return Score(name="all", counts=counts, figures=_figures_of(counts["tally"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One session, or all. counts: what can be added up. figures: what is made of it; None where it has no meaning."""

    name: str
    counts: dict[str, Any]
    figures: dict[str, float | None]

    @property
    def found_share(self) -> float:
        """Share of the recording that was found to move."""
        return float(self.counts["found_s"] / self.counts["duration"])

    def figure(self, name: str) -> float:
        """A figure; 0 where it has no meaning."""
        return self.figures[name] or 0.0

    def cells(self) -> list[str]:
        """As `HEADINGS` wants them."""
        ratios = [text_of(self.figures[name], 3) for name in ("recall", "precision", "f1@10", "f1@25", "f1@50")]
        edges = [text_of(self.figures[name], 2) for name in ("boundary_median_s", "boundary_p95_s")]
        lengths = [f"{self.counts['true_s']:.1f}", f"{self.counts['found_s']:.1f}", f"{100 * self.found_share:.1f} %"]
        return [*lengths, *ratios, *edges, text_of(self.figures["false_s_per_still_hour"], 0)]

    def kept(self) -> dict[str, Any]:
        """To be kept as JSON."""
        return {"name": self.name, "counts": self.counts}


def text_of(value: float | None, digits: int) -> str:
    """A number, or a dash where there is none."""
    return "–" if value is None else f"{value:.{digits}f}"


def _spans_from(rows: Spans) -> list[Span]:
    return [Span(Fraction(start), Fraction(end)) for start, end in sorted(rows)]


def _score_of(name: str, tally: Tally) -> Score:
    counts = {
        "duration": float(tally.duration), "true_s": float(tally.true), "found_s": float(tally.found), "tally": tally,
    }  # fmt: skip
    return Score(name=name, counts=counts, figures=_figures_of(tally))


def _figures_of(tally: Tally) -> dict[str, float | None]:
    errors = sorted(tally.edge_errors_s)
    still_s = float(tally.duration - tally.true)
    shares = {f"f1@{round(100 * overlap)}": tally.f1(overlap) for overlap in OVERLAPS}
    return {
        "recall": tally.recall, "precision": tally.precision, **shares,
        "boundary_median_s": tally.edge_error_s,
        "boundary_p95_s": errors[min(len(errors) - 1, int(0.95 * len(errors)))] if errors else None,
        "false_s_per_still_hour": 3600 * float(tally.found - tally.hit) / still_s if still_s > 0 else None,
    }  # fmt: skip


def _module_from(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("session_scorer", path)
    if spec is None or spec.loader is None:
        raise MissingError(f"{path.name} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
