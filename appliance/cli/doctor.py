"""`rinkreel doctor`: what this machine has, what it lacks, and what to do about it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from appliance.cli.options import add_common_options
from appliance.cli.speaking import tell
from appliance.cli.statuses import Status
from appliance.domain.health import Finding, State

MARKS = {State.OK: "ok  ", State.WARN: "warn", State.BAD: "BAD "}


def add_verb(verbs: Any) -> None:
    """Add the verb to the command line."""
    parser: argparse.ArgumentParser = verbs.add_parser(
        "doctor",
        help="say what this machine has and what is missing",
        description="Examines this machine. Ends with 0 when reels can be made, with 5 when something has to be mended first.",
    )
    parser.add_argument("--quick", action="store_true", help="leave out how fast it decodes and looks for people")
    parser.add_argument("--json", action="store_true", help="write the findings as JSON")
    add_common_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Examine and tell."""
    from appliance.bootstrap import open_machine
    from appliance.services.doctor import examine, worst_state
    from appliance.settings import load_settings

    findings = examine(open_machine(load_settings(config=args.config), measured=not args.quick))
    tell(json.dumps([asdict(finding) for finding in findings], indent=2) if args.json else table_of(findings))
    return Status.MISCONFIGURED if worst_state(findings) is State.BAD else Status.MADE


def table_of(findings: Sequence[Finding]) -> str:
    """One row per finding, remedies below their rows."""
    width = max(len(finding.name) for finding in findings)
    lines = []
    for finding in findings:
        lines.append(f"{MARKS[finding.state]}  {finding.name:<{width}}  {finding.found}")
        if finding.remedy:
            lines.append(f"{'':6}{'':<{width}}  → {finding.remedy}")
    return "\n".join(lines)
