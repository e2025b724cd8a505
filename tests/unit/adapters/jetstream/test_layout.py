"""Streams are bounded, made once, kept as they are, and fitted to other settings by the ledger alone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from nats.js.api import DiscardPolicy, RetentionPolicy

from appliance.adapters.jetstream.layout import consumer_configs, lay_out, read_store_id, stream_configs
from appliance.adapters.jetstream.line import Line
from appliance.domain.order import Lane
from tests.appliance_fakes import HeardJournal
from tests.nats_place import NatsServer, running_nats


@pytest.fixture
def nats(tmp_path: Path) -> Iterator[NatsServer]:
    with running_nats(tmp_path) as server:
        yield server


def test_all_streams_together_fit_into_the_store() -> None:
    sizes = [config.max_bytes or 0 for config in stream_configs(16_000)]
    assert sizes == [8_000, 6_000, 1_000]


def test_in_a_cluster_every_stream_is_on_so_many_servers() -> None:
    assert {config.num_replicas for config in stream_configs(16_000)} == {1}
    assert {config.num_replicas for config in stream_configs(16_000, 3)} == {3}


def test_a_full_stream_of_orders_refuses_and_drops_none() -> None:
    orders, facts, dead = stream_configs(16_000)
    assert (orders.retention, orders.discard) == (RetentionPolicy.WORK_QUEUE, DiscardPolicy.NEW)
    assert {facts.discard, dead.discard} == {DiscardPolicy.OLD}


def test_deliveries_are_counted_and_never_limited_and_each_lane_has_its_consumer() -> None:
    consumers = dict((config.name, config) for _, config in consumer_configs(30))
    assert set(consumers) == {*Lane, "ledger"}
    assert {config.max_deliver for config in consumers.values()} == {-1}
    assert consumers["pose"].filter_subject == "orders.pose.>"


def test_laying_out_again_changes_nothing_unless_the_ledger_was_told_otherwise(nats: NatsServer) -> None:
    journal = HeardJournal()

    async def check() -> None:
        line = Line(nats.place(), journal)
        streams = (await line.link("laying out", 10)).streams
        first = await lay_out(streams, nats.place(), journal)
        assert await lay_out(streams, nats.place(leads=True), journal) == first == await read_store_id(streams)
        assert journal.events.count("stream made") == 3
        smaller = replace(nats.place(), store_bytes=64 * 1024**2)
        await lay_out(streams, smaller, journal)
        assert "stream fitted" not in journal.events
        await lay_out(streams, replace(smaller, leads=True), journal)
        assert journal.events.count("stream fitted") == 3
        assert (await streams.stream_info("ORDERS")).config.max_bytes == 32 * 1024**2
        assert await read_store_id(streams) == first
        await line.close()

    asyncio.run(check())


def test_many_may_come_first_at_once(nats: NatsServer) -> None:
    async def check() -> None:
        lines = [Line(nats.place(), HeardJournal()) for _ in range(4)]
        links = [await line.link("laying out", 10) for line in lines]
        found = await asyncio.gather(*(lay_out(link.streams, nats.place(), HeardJournal()) for link in links))
        assert len(set(found)) == 1
        for line in lines:
            await line.close()

    asyncio.run(check())
