"""Between a rink's box and headquarters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from appliance.domain.fleet import BoxReport, Heard


class ReportOutbox(Protocol):
    """The box's side: what is kept until headquarters has it."""

    async def keep(self, report: BoxReport) -> None:
        """Put a report on the disk; the oldest ones go when there are too many. Raises Transient."""

    async def pass_on(self, wait_s: float, now_s: float) -> bool:
        """Hand the oldest one to headquarters; False when none came within `wait_s`.

        Raises:
            Transient: headquarters is not reached. The report stays, and is the next one again.
        """


class FleetEars(Protocol):
    """Headquarters' side."""

    async def newest(self, rinks: Sequence[str]) -> Mapping[str, Heard]:
        """The newest that is kept of each rink; none of those that were never heard of. Raises Transient."""
