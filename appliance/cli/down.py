"""`rinkreel down`: stops the appliance, whoever started it."""

from __future__ import annotations

import argparse
from typing import Any

from appliance.cli.options import add_appliance_options, add_common_options, flags_from
from appliance.cli.speaking import note
from appliance.cli.statuses import Status


def add_verb(verbs: Any) -> None:
    """Add the verb to the command line."""
    parser: argparse.ArgumentParser = verbs.add_parser(
        "down",
        help="stop the appliance",
        description="Stops the appliance that runs on this folder and comes back when all of it has ended.",
    )
    add_appliance_options(parser)
    add_common_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Stop it; that nothing runs is no error."""
    from appliance.bootstrap.running import stop_appliance
    from appliance.settings import load_settings

    settings = load_settings(config=args.config, flags=flags_from(args))
    was_running = stop_appliance(settings)
    if not args.quiet:
        note("stopped" if was_running else f"nothing was running on {settings.storage.data_folder.root}")
    return Status.MADE
