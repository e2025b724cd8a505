"""Which of the things that lie about nobody will miss, and whether the clock that says so can be believed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from appliance.domain.job import Item
from appliance.domain.leftover import Leftover

#: Cuts of an item whose reels stay, so that the last ones can be undone.
CUTS_KEPT = 3
#: No box of this kind ran before (2025-01-01), and a jump back by more than this is no correction by a time server.
EARLIEST_S, JUMP_BACK_S = 1_735_689_600.0, 3600.0
#: A box may sleep for a night; a clock that is this much further than time has really passed may be wrong.
JUMP_AHEAD_S = 36 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a clock said. steady_s: seconds that have really passed, from any beginning."""

    wall_s: float
    steady_s: float


def doubt_clock(now: Reading, before: Reading | None) -> str:
    """Why a clock is not to be believed, in words for people; empty when it is."""
    if now.wall_s < EARLIEST_S:
        return "the clock of this box says that it is before 2025"
    if before is None:
        return ""
    drift_s = (now.wall_s - before.wall_s) - (now.steady_s - before.steady_s)
    if drift_s < -JUMP_BACK_S:
        return f"the clock of this box went back by {-drift_s / 3600:.1f} hours"
    if drift_s > JUMP_AHEAD_S:
        return f"the clock of this box went ahead by {drift_s / 3600:.1f} hours"
    return ""


def untouched(leftovers: Iterable[Leftover], now_s: float, grace_s: float) -> tuple[Leftover, ...]:
    """Those that nobody has written to for a while."""
    return tuple(each for each in leftovers if now_s - each.touched_at_s > grace_s)


def surplus_cuts(item: Item, folders: Sequence[Leftover]) -> tuple[Leftover, ...]:
    """Folders of an item's cuts that may go: all where the reel was removed, otherwise those before the last few. The cut that
    is shown always stays, and so does everything while the item is at work."""
    numbered = sorted((each for each in folders if each.path.name.isdigit()), key=lambda each: int(each.path.name))
    if not item.state.is_final:
        return ()
    if item.reel is None:
        return tuple(numbered)
    shown = PurePath(item.reel).parent.name
    return tuple(each for each in numbered[:-CUTS_KEPT] if each.path.name != shown)


def surplus_copies(copies: Sequence[Leftover], kept: int) -> tuple[Leftover, ...]:
    """All but the newest ones."""
    return tuple(sorted(copies, key=lambda each: (each.touched_at_s, each.path.name), reverse=True)[kept:])
