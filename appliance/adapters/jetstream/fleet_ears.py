"""Reads at headquarters what the rinks sent."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from nats.js.api import RawStreamMsg
from nats.js.errors import NotFoundError

from appliance.adapters.jetstream.failures import translated
from appliance.adapters.jetstream.fleet_layout import FLEET, SENT, fleet_stream, make_stream, subject_of
from appliance.adapters.jetstream.line import Line, Link
from appliance.adapters.jetstream.place import BusPlace
from appliance.algorithms.fleet_reporting import report_from_text
from appliance.domain.fleet import BoxReport, Heard
from appliance.ports.surroundings import Journal

#: Questions at once.
MOST_AT_ONCE = 32


class JetstreamFleetEars:
    """Headquarters' side of the fleet."""

    def __init__(self, place: BusPlace, journal: Journal) -> None:
        self._line = Line(place, journal)

    async def open(self) -> None:
        """Make the stream where it is missing, now and after every new connection: without it rinks keep what they have."""
        await self._line.greet(_lay_out)

    async def newest(self, rinks: Sequence[str]) -> Mapping[str, Heard]:
        """The newest of each rink."""
        link = await self._line.link("asking about the fleet")
        asking = asyncio.Semaphore(MOST_AT_ONCE)

        async def ask(rink: str) -> RawStreamMsg | None:
            async with asking:
                try:
                    return await link.streams.get_msg(FLEET, subject=subject_of(rink), direct=True)
                except NotFoundError:
                    return None

        async def look() -> tuple[list[RawStreamMsg | None], Mapping[str, int]]:
            await _lay_out(link)  # whoever asks may be faster than what is done on every new connection
            info = await link.streams.stream_info(FLEET, subjects_filter=subject_of("*"))
            return await asyncio.gather(*map(ask, rinks)), info.state.subjects or {}

        with translated("asking about the fleet"):
            found, counts = await link.until_gone(look(), "asking about the fleet")
        return {
            rink: _heard(rink, message, counts.get(subject_of(rink), 0))
            for rink, message in zip(rinks, found, strict=True)
            if message is not None
        }

    async def close(self) -> None:
        """Leave."""
        await self._line.close()


async def _lay_out(link: Link) -> None:
    await make_stream(link.streams, fleet_stream())


def _heard(rink: str, message: RawStreamMsg, kept: int) -> Heard:
    report: BoxReport | None = None
    try:
        report = report_from_text((message.data or b"").decode("ascii"))
    except ValueError:
        report = None
    at_s = message.time.timestamp() if message.time is not None else 0.0
    own = report if report is not None and report.rink == rink else None
    return Heard(at_s=at_s, sent_at_s=_number((message.headers or {}).get(SENT, "")), kept=kept, report=own)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < 2**53 else None
