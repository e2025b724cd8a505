"""`rinkreel serve`: runs one program of the appliance, as supervisor does."""

from __future__ import annotations

import argparse
import asyncio
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from appliance.cli.options import add_appliance_options, add_common_options, flags_from
from appliance.cli.statuses import Status

if TYPE_CHECKING:
    from appliance.settings import Settings

CARETAKER = "caretaker"
#: The same as in bootstrap, which is too heavy to load for a line of help; a test keeps both in step.
ROLES = ("ledger", "watcher", "api", "janitor", "reporter", "worker-cpu", "worker-pose", CARETAKER)


def add_verb(verbs: Any) -> None:
    """Add the verb to the command line."""
    parser: argparse.ArgumentParser = verbs.add_parser(
        "serve",
        help="run one program of the appliance, as rinkreel up does",
        description="Runs one program until it is told to stop. rinkreel up calls it; so may whoever runs workers elsewhere.",
    )
    parser.add_argument("role", choices=ROLES, metavar="ROLE", help=f"one of {', '.join(ROLES)}")
    parser.add_argument("--index", type=int, default=1, metavar="N", help="which of several alike (default: 1)")
    add_appliance_options(parser)
    add_common_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the program; being told to stop is its regular end."""
    from appliance.bootstrap.preparing import make_folders
    from appliance.settings import load_settings

    settings = load_settings(config=args.config, flags=flags_from(args))
    make_folders(settings.storage.data_folder)
    if args.role == CARETAKER:
        from appliance.bootstrap.running import take_care

        with suppress(KeyboardInterrupt):
            take_care(settings)
        return Status.MADE
    asyncio.run(_run_until_told(args.role, settings, args.index))
    return Status.MADE


async def _run_until_told(role: str, settings: Settings, index: int) -> None:
    from appliance.bootstrap.services import run_role

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await run_role(role, settings, stop, index)
