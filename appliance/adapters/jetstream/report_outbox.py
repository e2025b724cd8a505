"""Keeps a box's reports on its disk, and hands them to headquarters one after the other while there is a connection."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from nats.aio.msg import Msg
from nats.errors import Error, NoRespondersError
from nats.js.errors import APIError, NoStreamResponseError

from appliance.adapters.jetstream import letters
from appliance.adapters.jetstream.failures import reason_of, translated
from appliance.adapters.jetstream.fleet_layout import (
    FLEET,
    FORWARDER,
    KEPT_AT,
    REPORTS,
    SENT,
    box_consumer,
    box_stream,
    make_stream,
    subject_of,
)
from appliance.adapters.jetstream.held import AGAIN, DONE, TERMINATED
from appliance.adapters.jetstream.line import ANSWER_S, Line, Link
from appliance.adapters.jetstream.place import BusPlace
from appliance.adapters.jetstream.pulling import Puller
from appliance.algorithms.fleet_reporting import text_from_report
from appliance.domain.errors import Transient
from appliance.domain.fleet import BoxReport
from appliance.ports.surroundings import Journal

T = TypeVar("T")
Work = Callable[[Link], Awaitable[T]]


class JetstreamReportOutbox:
    """The box's side of the fleet, over its outpost."""

    def __init__(self, place: BusPlace, rink: str, journal: Journal) -> None:
        self._rink, self._journal = rink, journal
        self._ack_wait_s = place.ack_wait_s
        self._line = Line(place, journal)
        self._laid: Link | None = None
        self._puller: tuple[Link, Puller] | None = None

    async def keep(self, report: BoxReport) -> None:
        """Put a report on the disk."""
        head = {letters.ID: f"{report.rink}@{report.at_s:.3f}"}
        body = text_from_report(report).encode("ascii")

        async def publish(link: Link) -> None:
            await link.streams.publish(KEPT_AT, body, stream=REPORTS, headers=head)

        await self._call(publish, "keeping a report")

    async def pass_on(self, wait_s: float, now_s: float) -> bool:
        """Hand the oldest one to headquarters; False when none came within `wait_s`."""

        async def take(link: Link) -> Msg | None:
            if self._puller is None or self._puller[0] is not link:
                self._puller = (link, await Puller(link, REPORTS, FORWARDER).open())
            return await self._puller[1].pull(wait_s)

        message = await self._call(take, "taking a report")
        if message is None:
            return False

        async def hand_over(link: Link) -> None:
            await self._hand_over(link, message, now_s)

        await self._call(hand_over, "handing a report to headquarters")
        return True

    async def close(self) -> None:
        """Leave."""
        await self._line.close()

    async def _hand_over(self, link: Link, message: Msg, now_s: float) -> None:
        head = {letters.ID: (message.headers or {}).get(letters.ID, ""), SENT: f"{now_s:.3f}"}
        try:
            await link.streams.publish(subject_of(self._rink), message.data, stream=FLEET, headers=head)
        except (NoRespondersError, NoStreamResponseError) as error:
            await link.client.publish(message.reply, AGAIN)
            raise Transient("headquarters is not reached", remedy="What is kept is sent once it is.") from error
        except APIError as error:
            if error.code != 400:
                await link.client.publish(message.reply, AGAIN)
                raise
            self._journal.warn("report refused by headquarters", why=reason_of(error))
            await link.client.request(message.reply, TERMINATED, timeout=ANSWER_S)
        except (TimeoutError, Error):
            await link.client.publish(message.reply, AGAIN)
            raise
        else:
            await link.client.request(message.reply, DONE, timeout=ANSWER_S)

    async def _call(self, work: Work[T], doing: str) -> T:
        link = await self._line.link(doing)

        async def run() -> T:
            if self._laid is not link:
                await make_stream(link.streams, box_stream())
                await link.streams.add_consumer(REPORTS, box_consumer(self._ack_wait_s))
                self._laid = link
            return await work(link)

        with translated(doing):
            try:
                return await link.until_gone(run(), doing)
            except (TimeoutError, Error, OSError):
                self._laid = None
                raise
