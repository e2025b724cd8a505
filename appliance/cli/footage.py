"""What `reel` and `detect` share: from named inputs to what was found in them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from appliance.cli.options import flags_from
from appliance.cli.progress import progress_for
from appliance.cli.reporting import Circumstances
from appliance.cli.speaking import complain, note, note_list
from appliance.cli.statuses import Status, status_of_errors
from appliance.domain.card import CardReading
from appliance.domain.errors import Unusable
from appliance.domain.media import Recording
from appliance.services.replay import Failure, Replayed, ReplayOrder, replay
from appliance.settings import Settings, load_settings

NameTarget = Callable[[Sequence[Recording]], Path]


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What was found in the inputs, and under which circumstances."""

    replayed: Replayed
    circumstances: Circumstances
    settings: Settings


def look_through(args: argparse.Namespace, name_target: NameTarget | None, *, apart: bool = False) -> Findings:
    """Read the inputs, watch them, and make reels where `name_target` puts them; say what is odd on the way.

    Raises:
        Misconfigured: settings, installation or targets have to change first.
    """
    from appliance.bootstrap import open_house, read_inputs

    settings = load_settings(config=args.config, flags=flags_from(args))
    reading, unreadable = read_inputs(args.inputs)
    if not args.quiet:
        note_list("left alone", [f"{one.path}: {one.reason}" for one in reading.ignored])
    if not reading.recordings:
        return _nothing_there(settings, reading, unreadable)
    order = ReplayOrder(arrivals=reading.recordings, name_target=name_target, apart=apart)
    silent = _hush if args.quiet else note
    with open_house(settings, say=silent) as house, progress_for(sys.stderr, quiet=args.quiet) as progress:
        replayed = replay(order, house.rooms, progress)
    replayed.failures[:0] = unreadable
    if not args.quiet:
        note_list("note", replayed.remarks)
    for failure in replayed.failures:
        complain(failure.error)
    circumstances = Circumstances(
        settings=settings.model_dump(mode="json"), backend=house.backend, versions=house.versions, ignored=reading.ignored
    )
    return Findings(replayed=replayed, circumstances=circumstances, settings=settings)


def _nothing_there(settings: Settings, reading: CardReading, unreadable: list[Failure]) -> Findings:
    """No recording in any input: nothing is opened, nothing is fetched."""
    if not unreadable:
        raise Unusable("there is no recording in these folders", remedy="Name a recording, or a folder with recordings in it.")
    for failure in unreadable:
        complain(failure.error)
    circumstances = Circumstances(settings=settings.model_dump(mode="json"), backend={}, versions={}, ignored=reading.ignored)
    return Findings(replayed=Replayed(failures=unreadable), circumstances=circumstances, settings=settings)


def status_of(replayed: Replayed, *, made: bool) -> Status:
    """The exit status of what was found; made: whether there is what was asked for."""
    if not replayed.outcomes:
        return status_of_errors([failure.error for failure in replayed.failures])
    if not made:
        return Status.NOTHING_MOVES
    return Status.PARTLY_MADE if replayed.failures else Status.MADE


def _hush(_text: str) -> None:
    return None
