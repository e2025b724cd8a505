"""Requests that cannot be read are answered all the same, a begun one is finished, and too many are dropped."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.adapters.jetstream import letters
from appliance.adapters.jetstream.desk import MOST_WAITING, Answering, Asking
from appliance.adapters.jetstream.line import Line
from appliance.domain.errors import Transient, Unusable
from appliance.domain.job import Source
from appliance.domain.request import Answer, CancelItem, OpenJob, PinItem, Request
from tests.appliance_fakes import HeardJournal
from tests.nats_place import NatsServer, running_nats

SOON_S = 15.0


@pytest.fixture
def nats(tmp_path: Path) -> Iterator[NatsServer]:
    with running_nats(tmp_path) as server:
        yield server


async def agree(request: Request) -> Answer:
    return Answer(ok=True, value=type(request).__name__)


def test_a_request_that_cannot_be_read_is_answered_with_the_reason(nats: NatsServer) -> None:
    journal = HeardJournal()

    async def check() -> None:
        line = Line(nats.place(), journal)
        link = await line.link("asking", SOON_S)
        answering = Answering(agree, journal)
        await line.greet(answering.subscribe)
        reply = await link.client.request(letters.DESK, b'{"is":"DropEverything"}', timeout=SOON_S)
        answer = letters.read(Answer, reply.data, reply.headers)
        assert not answer.ok
        assert "cannot be read" in answer.why
        assert (await Asking(line).ask(CancelItem(item_id="i"), SOON_S)).value == "CancelItem"
        await answering.close()
        await line.close()

    asyncio.run(check())
    assert "request cannot be read" in journal.events


def test_a_request_that_was_begun_is_finished_although_the_connection_ended_and_asked_again_is_answered(nats: NatsServer) -> None:
    finished: list[Request] = []
    begun = asyncio.Event()

    async def check() -> None:
        go_on = asyncio.Event()

        async def slow(request: Request) -> Answer:
            begun.set()
            await go_on.wait()
            finished.append(request)
            return Answer(ok=True)

        line = Line(nats.place(), HeardJournal())
        answering = Answering(slow, HeardJournal())
        await line.greet(answering.subscribe)
        asking = asyncio.ensure_future(Asking(line).ask(CancelItem(item_id="i"), SOON_S))
        await begun.wait()
        nats.restart()
        go_on.set()
        assert (await asking).ok
        assert finished == [CancelItem(item_id="i")] * 2
        await answering.close()
        await line.close()

    asyncio.run(check())


def test_requests_beyond_the_bound_are_dropped_and_their_askers_told_to_ask_again(nats: NatsServer) -> None:
    journal = HeardJournal()

    async def check() -> None:
        go_on = asyncio.Event()

        async def slow(request: Request) -> Answer:
            await go_on.wait()
            return await agree(request)

        line = Line(nats.place(), journal)
        answering = Answering(slow, journal)
        await line.greet(answering.subscribe)
        asks = [Asking(line).ask(PinItem(item_id=str(number), pinned=True), 3.0) for number in range(MOST_WAITING + 5)]
        asking = [asyncio.ensure_future(ask) for ask in asks]
        while "request dropped" not in journal.events:
            await asyncio.sleep(0.01)
        go_on.set()
        answers = await asyncio.gather(*asking, return_exceptions=True)
        assert sum(isinstance(answer, Answer) and answer.ok for answer in answers) >= MOST_WAITING
        assert all(isinstance(answer, Answer | Transient) for answer in answers)
        await answering.close()
        await line.close()

    asyncio.run(check())


def test_a_request_that_holds_no_number_is_refused_before_it_leaves(nats: NatsServer) -> None:
    async def check() -> None:
        line = Line(nats.place(), HeardJournal())
        request = OpenJob(job_id="j", name="n", source=Source.FOLDER, trace_id="t", at_s=float("nan"))
        with pytest.raises(Unusable):
            await Asking(line).ask(request, SOON_S)
        await line.close()

    asyncio.run(check())
