"""`rinkreel reel`: recordings in, highlight reel out."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from appliance.algorithms.duration_reading import clock_from_seconds
from appliance.cli.naming import TargetNamer, checked_target, guarded, refuse_inputs
from appliance.cli.options import add_common_options, add_reel_options, add_watching_options
from appliance.cli.speaking import tell

if TYPE_CHECKING:
    from appliance.cli.footage import Findings, NameTarget
    from appliance.cli.statuses import Status
    from appliance.services.replay import Outcome


def add_verb(verbs: Any) -> None:
    """Add the verb to the command line."""
    parser: argparse.ArgumentParser = verbs.add_parser(
        "reel",
        help="make a highlight reel of recordings",
        description="Finds the moments in which skaters move and cuts them into one reel. Folders are searched; chapters of "
        "one recording are joined, low-resolution twins are watched in place of the full files.",
    )
    parser.add_argument("inputs", nargs="+", type=Path, metavar="INPUT", help="recording, or folder with recordings")
    parser.add_argument(
        "-o",
        "--output",
        metavar="REEL",
        help="the reel's name (default: highlight_<name>.mp4 here); a folder, ending in /, gets one reel per recording",
    )
    parser.add_argument("--force", "-f", action="store_true", help="replace a reel that is there already")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write a report: every moment and why it was kept")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw the motion over time as a PNG")
    add_reel_options(parser)
    add_watching_options(parser)
    add_common_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Make the reel, the report and the plot, and say what came out."""
    return make(args)[1]


def make(args: argparse.Namespace) -> tuple[Findings, Status]:
    """The same, with everything that was found."""
    from appliance.bootstrap import require_plotting
    from appliance.cli.footage import look_through, status_of

    if args.plot is not None:
        require_plotting()
    into_folder = args.output is not None and (args.output.endswith(("/", os.sep)) or Path(args.output).is_dir())
    findings = look_through(args, _namer(args, into_folder=into_folder), apart=into_folder)
    _write_papers(args, findings)
    for outcome in findings.replayed.outcomes:
        tell(summary_of(outcome))
    return findings, status_of(findings.replayed, made=any(outcome.reel for outcome in findings.replayed.outcomes))


def summary_of(outcome: Outcome) -> str:
    """One line that says what came out."""
    recordings = outcome.selected.recordings
    names = recordings[0].name if len(recordings) == 1 else f"{len(recordings)} recordings"
    duration = clock_from_seconds(sum(float(one.duration) for one in recordings))
    if outcome.reel is None:
        return f"nothing moves in {names} ({duration})"
    reel, cuts = outcome.reel, len(outcome.selected.plan.cuts)
    cut_text = "1 cut" if cuts == 1 else f"{cuts} cuts"
    return f"{reel.path}: {clock_from_seconds(float(reel.duration))} of {duration} from {names}, {cut_text}, {reel.encoder}"


def _namer(args: argparse.Namespace, *, into_folder: bool) -> NameTarget:
    namer = TargetNamer(
        output=Path(args.output) if args.output else None,
        into_folder=into_folder or args.output is None,
        force=args.force,
        group=_group_name(args.inputs),
    )
    papers = [path for path in (args.json, args.plot) if path is not None]
    refuse_inputs(papers, args.inputs)
    if namer.output is not None and not namer.into_folder:
        refuse_inputs(papers, [checked_target(namer.output)])
    return guarded(namer, papers)


def _group_name(inputs: Sequence[Path]) -> str | None:
    """What the recordings of one folder are called together."""
    return inputs[0].resolve().name if len(inputs) == 1 and inputs[0].is_dir() else None


def _write_papers(args: argparse.Namespace, findings: Findings) -> None:
    from appliance.bootstrap import plot_motion, write_whole
    from appliance.cli.reporting import bytes_from, report_from

    if args.json is not None:
        write_whole(args.json, bytes_from(report_from(findings.replayed, findings.circumstances)))
    if args.plot is not None:
        found = [(outcome.selected, outcome.signals) for outcome in findings.replayed.outcomes]
        write_whole(args.plot, plot_motion(found, findings.settings.motion.rule()))
