"""What people read: results go to standard output, everything else to standard error."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from appliance.domain.errors import RinkreelError

#: More ignored files than this are counted, not listed.
MOST_LISTED = 8


def tell(text: str) -> None:
    """A line of the result."""
    print(text, flush=True)


def note(text: str) -> None:
    """A line that is good to know."""
    print(text, file=sys.stderr, flush=True)


def complain(error: RinkreelError) -> None:
    """What went wrong, and what to do about it."""
    note(f"rinkreel: {error.why}")
    if error.remedy:
        note(f"  remedy: {error.remedy}")


def note_list(title: str, lines: Sequence[str]) -> None:
    """A titled list, cut short when it is long."""
    for line in lines[:MOST_LISTED]:
        note(f"{title}: {line}")
    if len(lines) > MOST_LISTED:
        note(f"{title}: {len(lines) - MOST_LISTED} more (--json lists all)")
