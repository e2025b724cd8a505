"""`rinkreel status`: which programs run, where the page is, what there is to do, and what people should know."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from appliance.algorithms.duration_reading import clock_from_seconds
from appliance.cli.options import add_appliance_options, add_common_options, flags_from
from appliance.cli.speaking import tell
from appliance.cli.statuses import Status

if TYPE_CHECKING:
    from appliance.bootstrap.running import ApplianceReport
    from appliance.domain.job import Tallies


def add_verb(verbs: Any) -> None:
    """Add the verb to the command line."""
    parser: argparse.ArgumentParser = verbs.add_parser(
        "status",
        help="say how the appliance stands",
        description="Examines the appliance on this folder. Ends with 0 when all of it runs, with 7 otherwise.",
    )
    parser.add_argument("--json", action="store_true", help="write it as JSON")
    add_appliance_options(parser)
    add_common_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Examine and tell."""
    from appliance.bootstrap.running import appliance_status
    from appliance.settings import load_settings

    report = appliance_status(load_settings(config=args.config, flags=flags_from(args)))
    tell(json_of(report) if args.json else text_of(report))
    return Status.MADE if report.is_whole else Status.NOT_RUNNING


def json_of(report: ApplianceReport) -> str:
    """The report for programs."""
    return json.dumps(asdict(report) | {"whole": report.is_whole}, indent=2, default=str)


def text_of(report: ApplianceReport) -> str:
    """The report for people."""
    return "\n".join(_lines(report))


def _lines(report: ApplianceReport) -> Iterator[str]:
    if not report.running:
        yield f"Nothing runs on {report.data}. Start it with: rinkreel up"
    width = max((len(each.name) for each in report.programs), default=0)
    for each in report.programs:
        detail = f"up {clock_from_seconds(each.up_s)}, process {each.pid}" if each.pid else each.why
        yield f"{each.state:<8}  {each.name:<{width}}  {detail}".rstrip()
    if report.running:
        yield from (f"page      {address}" for address in report.addresses)
    if report.tallies is not None:
        yield from _tally_lines(report.tallies)
    yield f"disk      {_gigabytes(report.free_bytes)} free of {_gigabytes(report.total_bytes)}, {report.data}"
    for notice in report.notices:
        yield f"notice    {notice.why}"
        if notice.remedy:
            yield f"          → {notice.remedy}"


def _tally_lines(tallies: Tallies) -> Iterator[str]:
    items = ", ".join(f"{count} {state}" for state, count in sorted(tallies.items.items()) if count)
    yield f"items     {items or 'none'}"
    orders = ", ".join(f"{count} {lane}" for lane, count in sorted(tallies.orders.items()) if count)
    yield f"orders    {orders or 'none waiting'}"
    if tallies.dead_letters:
        yield f"given up  {tallies.dead_letters} (see the page: each can be tried again)"


def _gigabytes(count: int) -> str:
    return f"{count / 10**9:.1f} GB"
