"""`rinkreel detect`: recordings in, moments of motion out, no reel."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from appliance.algorithms.duration_reading import clock_from_seconds
from appliance.cli.options import add_common_options, add_watching_options
from appliance.cli.speaking import tell

STANDARD_OUTPUT = Path("-")


def add_verb(verbs: Any) -> None:
    """Add the verb to the command line."""
    parser: argparse.ArgumentParser = verbs.add_parser(
        "detect",
        help="find the moments of motion, without making a reel",
        description="Finds the moments in which skaters move, before padding. Nothing moving is an empty list and a success.",
    )
    parser.add_argument("inputs", nargs="+", type=Path, metavar="INPUT", help="recording, or folder with recordings")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the moments as JSON; - is standard output")
    add_watching_options(parser)
    add_common_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Find the moments and write them."""
    from appliance.cli.footage import look_through, status_of
    from appliance.cli.naming import refuse_inputs
    from appliance.cli.reporting import bytes_from, detection_from

    if args.json is not None:
        refuse_inputs([args.json], args.inputs)
    findings = look_through(args, None)
    detection = detection_from(findings.replayed)
    if findings.replayed.outcomes and args.json is not None:
        _write(args.json, bytes_from(detection))
    if args.json != STANDARD_OUTPUT:
        for row in detection["segments"]:
            start, end = clock_from_seconds(row["start_s"]), clock_from_seconds(row["end_s"])
            tell(f"{start} – {end}  {row['score']:.2f}  {row.get('recording', '')}".rstrip())
    return status_of(findings.replayed, made=True)


def _write(path: Path, content: bytes) -> None:
    from appliance.bootstrap import write_whole

    if path == STANDARD_OUTPUT:
        sys.stdout.write(content.decode())
        sys.stdout.flush()
    else:
        write_whole(path, content)
