"""The command line: verbs and their options. Importing it is cheap; verbs load what they need when they run."""

from __future__ import annotations

import argparse

from appliance import __version__
from appliance.cli import demo, detect, doctor, down, headquarters, models, reel, serve, status, up
from appliance.cli.statuses import describe_statuses

DESCRIPTION = "Finds the moments in which skaters move, and cuts them into a highlight reel. Nothing leaves this machine."


def build_parser() -> argparse.ArgumentParser:
    """The parser with all verbs; each verb's namespace carries `run`, which returns an exit status."""
    parser = argparse.ArgumentParser(
        prog="rinkreel",
        description=DESCRIPTION,
        epilog=f"exit statuses:\n{describe_statuses()}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"rinkreel {__version__}")
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True)
    for verb in (up, down, status, serve, reel, detect, doctor, models, demo, headquarters):
        verb.add_verb(verbs)
    return parser
