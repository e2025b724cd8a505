"""`rinkreel headquarters`: where the boxes of many rinks report to. On a box it is not needed."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any

from appliance.cli.options import add_common_options
from appliance.cli.speaking import note, tell
from appliance.cli.statuses import Status
from appliance.cli.up import READY_WITHIN_S, pour

if TYPE_CHECKING:
    from appliance.settings import Settings


def add_verb(verbs: Any) -> None:
    """Add the verb, and the verbs below it, to the command line."""
    parser: argparse.ArgumentParser = verbs.add_parser(
        "headquarters",
        help="receive what the boxes of many rinks report",
        description="Rinks dial in and report how their boxes stand; footage stays where it is. See docs/fleet.md.",
    )
    below = parser.add_subparsers(title="verbs", metavar="VERB", required=True)
    texts = {
        "run": "start the server and the page, and stay until stopped",
        "add": "let a rink in: make its key, or a new one in place of a lost one",
        "remove": "let a rink in no more",
        "show": "say how every rink stands",
        "page": "serve the fleet's page, as run does",
    }
    doings = {"run": _run, "add": _add, "remove": _remove, "show": _show, "page": _page}
    for name, text in texts.items():
        verb: argparse.ArgumentParser = below.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        if name in ("add", "remove"):
            verb.add_argument("rink", metavar="RINK", help="small letters, digits and dashes")
        if name == "show":
            verb.add_argument("--json", action="store_true", help="write it as JSON")
        add_common_options(verb)
        verb.set_defaults(run=doings[name])


def _settings(args: argparse.Namespace) -> Settings:
    from appliance.settings import load_settings

    return load_settings(config=args.config)


def _run(args: argparse.Namespace) -> int:
    from appliance.bootstrap.headquarters import keep_well, start_headquarters

    settings = _settings(args)
    running = start_headquarters(settings, args.config, to_terminal=not sys.stdout.isatty())
    try:
        if running.process.stdout is not None:
            threading.Thread(target=pour, args=(running.process.stdout, sys.stdout.fileno()), daemon=True).start()
        signal.signal(signal.SIGHUP, signal.getsignal(signal.SIGTERM))
        if running.wait_until_ready(READY_WITHIN_S):
            tell(f"Rinks dial in:  port {settings.headquarters.port}")
            tell(f"The page:       http://127.0.0.1:{settings.headquarters.page_port}/")
        elif running.process.poll() is None:
            note(f"not ready after {READY_WITHIN_S:.0f} seconds; its logs say why: {settings.headquarters_folder.logs}")
        keep_well(running)
    except KeyboardInterrupt:
        running.stop()
        note("stopped")
        return Status.MADE
    note(f"rinkreel: headquarters ended; its logs say why: {settings.headquarters_folder.logs}")
    return Status.NOT_RUNNING


def _add(args: argparse.Namespace) -> int:
    from appliance.bootstrap.headquarters import add_rink

    settings = _settings(args)
    tell(str(add_rink(settings, args.rink)))
    if not args.quiet:
        note("Copy this file to the rink and delete it here: whoever has it can report as this rink. On the rink's box:")
        note(f'[fleet]\nurl = "tls://THIS-MACHINE:{settings.headquarters.port}"\nrink = "{args.rink}"')
        note('credentials = "/etc/rinkreel/fleet.seed"\nca = "/etc/rinkreel/headquarters.crt"')
    return Status.MADE


def _remove(args: argparse.Namespace) -> int:
    from appliance.bootstrap.headquarters import remove_rink

    remove_rink(_settings(args), args.rink)
    return Status.MADE


def _show(args: argparse.Namespace) -> int:
    from appliance.algorithms.fleet_telling import table_from
    from appliance.algorithms.message_coding import plain_from
    from appliance.bootstrap.headquarters import look_at_fleet
    from appliance.domain.health import State

    standings, now_s = asyncio.run(look_at_fleet(_settings(args)))
    if args.json:
        tell(json.dumps({"now_s": now_s, "rinks": plain_from(tuple(standings))}, indent=2))
    else:
        tell(table_from(standings, now_s))
    return Status.NOT_RUNNING if any(each.state is State.BAD for each in standings) else Status.MADE


def _page(args: argparse.Namespace) -> int:
    from appliance.bootstrap.headquarters import run_page

    async def until_told(settings: Settings) -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await run_page(settings, stop)

    asyncio.run(until_told(_settings(args)))
    return Status.MADE
