"""`rinkreel demo`: draws a skating session, cuts it, and shows what was found against the truth."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from appliance.algorithms.duration_reading import clock_from_seconds
from appliance.cli.options import add_common_options, add_reel_options, add_watching_options, flags_from
from appliance.cli.speaking import tell

if TYPE_CHECKING:
    from appliance.algorithms.judging import Tally
    from appliance.domain.timespan import Span
    from appliance.services.demonstrator import Demonstration

FOLDER = Path("out") / "demo"


def add_verb(verbs: Any) -> None:
    """Add the verb to the command line."""
    parser: argparse.ArgumentParser = verbs.add_parser(
        "demo",
        help="draw a skating session, cut its reel, compare with the truth",
        description="Needs no footage: draws a session of a minute and a half, makes its reel, and says what was found.",
    )
    parser.add_argument("--out", type=Path, default=FOLDER, metavar="DIR", help=f"where it goes (default: {FOLDER})")
    add_reel_options(parser)
    add_watching_options(parser)
    add_common_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Draw, cut, compare."""
    from appliance.cli import reel

    demonstration = _draw(args)
    args.inputs, args.output, args.force = [demonstration.recording], str(args.out / "reel.mp4"), True
    args.json, args.plot = args.out / "report.json", args.out / "motion.png"
    findings, status = reel.make(args)
    found = [segment.span for outcome in findings.replayed.outcomes for row in outcome.selected.segments for segment in row]
    tell(comparison_of(demonstration.truth, found, demonstration.compare(found)))
    for path in (demonstration.recording, args.plot, args.json):
        tell(f"see also {path}")
    return status


def comparison_of(truth: Sequence[Span], found: Sequence[Span], tally: Tally) -> str:
    """What is true beside what was found, and the figures."""
    lines = ["truly moving     found"]
    for span in sorted(truth):
        hits = ", ".join(_text_of(other) for other in sorted(found) if other.overlaps(span))
        lines.append(f"{_text_of(span):<15}  {hits or 'missed'}")
    invented = [span for span in sorted(found) if not any(span.overlaps(other) for other in truth)]
    lines += [f"{'still':<15}  {_text_of(span)}" for span in invented]
    figures = [
        ("recall", tally.recall),
        ("precision", tally.precision),
        ("F1@50", tally.f1()),
        ("edges off by", tally.edge_error_s),
    ]
    units = {"edges off by": " s"}
    return "\n".join(
        [*lines, ", ".join(f"{name} {value:.2f}{units.get(name, '')}" for name, value in figures if value is not None)]
    )


def _text_of(span: Span) -> str:
    return f"{clock_from_seconds(float(span.start))} – {clock_from_seconds(float(span.end))}"


def _draw(args: argparse.Namespace) -> Demonstration:
    from appliance.bootstrap import draw_demo
    from appliance.cli.progress import progress_for
    from appliance.settings import load_settings

    settings = load_settings(config=args.config, flags=flags_from(args))
    with progress_for(sys.stderr, quiet=args.quiet) as progress:
        return draw_demo(settings, args.out, progress)
