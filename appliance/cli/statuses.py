"""How the command ends: one number per kind of ending, so that scripts can tell them apart. See docs/exit-statuses.md."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from appliance.domain.errors import Misconfigured, RinkreelError, Transient


class Status(IntEnum):
    """Exit statuses. 2 is argparse's own for a wrong command line, 75 is EX_TEMPFAIL of sysexits.h, 130 is 128 + SIGINT."""

    MADE = 0
    UNEXPECTED = 1
    USAGE = 2
    NOTHING_MOVES = 3
    UNUSABLE = 4
    MISCONFIGURED = 5
    PARTLY_MADE = 6
    NOT_RUNNING = 7
    TRY_AGAIN = 75
    INTERRUPTED = 130


#: What each status means, in words for people.
MEANINGS = {
    Status.MADE: "made; for detect, also when nothing moves",
    Status.UNEXPECTED: "something unexpected happened; a bug",
    Status.USAGE: "the command line makes no sense",
    Status.NOTHING_MOVES: "nothing moves in these recordings, so there is no reel",
    Status.UNUSABLE: "none of the inputs can be used",
    Status.MISCONFIGURED: "the installation, the settings or the target must change first",
    Status.PARTLY_MADE: "made, but some of the inputs could not be used",
    Status.NOT_RUNNING: "the appliance does not run, or not all of it does",
    Status.TRY_AGAIN: "it failed this time and may work the next",
    Status.INTERRUPTED: "interrupted; nothing half-made is left",
}


def status_of_errors(errors: Sequence[RinkreelError]) -> Status:
    """The status when nothing came out: what an operator has to mend comes first, what may pass by itself last."""
    if any(isinstance(error, Misconfigured) for error in errors):
        return Status.MISCONFIGURED
    return Status.TRY_AGAIN if all(isinstance(error, Transient) for error in errors) and errors else Status.UNUSABLE


def describe_statuses() -> str:
    """The table for `--help`."""
    return "\n".join(f"  {int(status):>3}  {meaning}" for status, meaning in MEANINGS.items())
