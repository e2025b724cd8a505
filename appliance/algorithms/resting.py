"""When a file that others write is whole: looked at again and again, it has to stay the same for a while, and be filled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from appliance.domain.footage import FileStamp, SeenFile

#: One look proves nothing: two have to agree.
LEAST_LOOKS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class RestRule:
    """rest_s: how long a file has to stay the same. give_up_after_s: after so long a file counts as whole although it seems to
    have holes; compressing file systems count blocks in their own way."""

    rest_s: float
    give_up_after_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A file as it was last seen, since when it has been so, and how often it was seen so."""

    stamp: FileStamp
    since_s: float
    looks: int = 1


def sight(before: Sighting | None, stamp: FileStamp, now_s: float) -> Sighting:
    """One more look. A clock that was set back starts the wait anew."""
    if before is None or before.stamp != stamp or before.since_s > now_s:
        return Sighting(stamp=stamp, since_s=now_s)
    return Sighting(stamp=stamp, since_s=before.since_s, looks=before.looks + 1)


def has_rested(sighting: Sighting, now_s: float, rule: RestRule) -> bool:
    """Whether it is whole, as far as looking from outside can tell.

    A copy that made room in advance has its full size from the first moment, but not its blocks.
    """
    rested_s = now_s - sighting.since_s
    if sighting.looks < LEAST_LOOKS or rested_s < rule.rest_s:
        return False
    return sighting.stamp.allocated_bytes >= sighting.stamp.size_bytes or rested_s >= rule.give_up_after_s


class Resting:
    """Follows the files of one drop, by place."""

    def __init__(self, rule: RestRule) -> None:
        self._rule = rule
        self._sightings: dict[str, Sighting] = {}

    def see(self, files: Iterable[SeenFile], now_s: float) -> None:
        """One more look at everything that is there; what is gone is forgotten."""
        before = self._sightings
        self._sightings = {file.place: sight(before.get(file.place), file.stamp, now_s) for file in files}

    def has_rested(self, file: SeenFile, now_s: float) -> bool:
        """Whether a file is whole, as far as looking can tell."""
        sighting = self._sightings.get(file.place)
        return sighting is not None and has_rested(sighting, now_s, self._rule)

    def rested_s(self, file: SeenFile, now_s: float) -> float:
        """For how long it has stayed the same."""
        sighting = self._sightings.get(file.place)
        return 0.0 if sighting is None else now_s - sighting.since_s
