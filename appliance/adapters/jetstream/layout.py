"""The streams and consumers, made by whoever comes first and made anew when they are gone."""

from __future__ import annotations

from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DiscardPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
    StreamInfo,
)
from nats.js.errors import APIError, NotFoundError

from appliance.adapters.jetstream.failures import reason_of
from appliance.adapters.jetstream.place import BusPlace
from appliance.domain.order import Lane
from appliance.ports.surroundings import Journal

ORDERS, FACTS, DEAD = "ORDERS", "FACTS", "DEAD"
LEDGER = "ledger"
DAY_S = 24 * 3600.0
#: How long a second copy of the same message is recognised, in seconds.
WINDOW_S = 120.0
#: Messages in hands or waiting for their delay, over all workers of a lane. Far above what a rink ever has.
MOST_IN_HANDS = 65_536


def stream_configs(store_bytes: int, replicas: int = 1) -> tuple[StreamConfig, ...]:
    """The streams, each on so many servers. Together they take 15/16 of the store.

    A full ORDERS refuses new orders: they stay in the ledger's outbox, and none that waits is dropped. A full FACTS drops
    its oldest: all but the last few are in the book, and a lost one is noticed there and its order sent anew.
    """
    return (
        StreamConfig(
            name=ORDERS,
            subjects=["orders.>"],
            retention=RetentionPolicy.WORK_QUEUE,
            storage=StorageType.FILE,
            discard=DiscardPolicy.NEW,
            max_bytes=store_bytes // 2,
            duplicate_window=WINDOW_S,
            num_replicas=replicas,
            allow_direct=True,
        ),
        StreamConfig(
            name=FACTS,
            subjects=["facts.>"],
            retention=RetentionPolicy.LIMITS,
            storage=StorageType.FILE,
            discard=DiscardPolicy.OLD,
            max_bytes=store_bytes * 3 // 8,
            max_age=7 * DAY_S,
            duplicate_window=WINDOW_S,
            num_replicas=replicas,
        ),
        StreamConfig(
            name=DEAD,
            subjects=["dead.>"],
            retention=RetentionPolicy.LIMITS,
            storage=StorageType.FILE,
            discard=DiscardPolicy.OLD,
            max_bytes=store_bytes // 16,
            max_age=90 * DAY_S,
            duplicate_window=WINDOW_S,
            num_replicas=replicas,
        ),
    )


def consumer_configs(ack_wait_s: float) -> tuple[tuple[str, ConsumerConfig], ...]:
    """One durable pull consumer per lane, and the ledger's. Deliveries are counted and never limited."""

    def durable(name: str, subject: str) -> ConsumerConfig:
        return ConsumerConfig(
            durable_name=name,
            name=name,
            filter_subject=subject,
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=ack_wait_s,
            max_deliver=-1,
            max_ack_pending=MOST_IN_HANDS,
        )

    lanes = tuple((ORDERS, durable(lane.value, f"orders.{lane}.>")) for lane in Lane)
    return (*lanes, (FACTS, durable(LEDGER, "facts.>")))


async def lay_out(streams: JetStreamContext, place: BusPlace, journal: Journal) -> str:
    """Make what is missing; the store's id. Raises what NATS raises."""
    for config in stream_configs(place.store_bytes, place.replicas):
        await _lay_stream(streams, config, place.leads, journal)
    for stream, consumer in consumer_configs(place.ack_wait_s):
        await streams.add_consumer(stream, consumer)
    return await read_store_id(streams)


async def read_store_id(streams: JetStreamContext) -> str:
    """Changes when a stream was made anew. Raises what NATS raises, also while a stream is missing."""
    infos = [await streams.stream_info(name) for name in (ORDERS, FACTS)]
    return "/".join(made_at(info) for info in infos)


def made_at(info: StreamInfo) -> str:
    """When a stream was made, to the microsecond."""
    return info.created.isoformat() if info.created else ""


async def _lay_stream(streams: JetStreamContext, config: StreamConfig, leads: bool, journal: Journal) -> None:
    """A stream that is there is used as it is, and fitted only by the ledger.

    It is looked for first: making one that is there is refused where the store has no room for a second one. For the same
    reason it is looked for again when it could not be made: somebody else may have been faster.
    """
    if (found := await _find_stream(streams, config)) is None:
        try:
            await streams.add_stream(config)
            journal.note("stream made", stream=config.name)
        except APIError:
            if await _find_stream(streams, config) is None:
                raise
    elif leads and _size_of(found) != _size_of(config):
        await _fit_stream(streams, config, journal)


def _size_of(config: StreamConfig) -> tuple[object, ...]:
    return config.max_bytes, config.max_age or 0, config.num_replicas


async def _find_stream(streams: JetStreamContext, config: StreamConfig) -> StreamConfig | None:
    try:
        return (await streams.stream_info(str(config.name))).config
    except NotFoundError:
        return None


async def _fit_stream(streams: JetStreamContext, config: StreamConfig, journal: Journal) -> None:
    try:
        await streams.update_stream(config)
        journal.note("stream fitted", stream=config.name)
    except APIError as error:
        journal.warn("stream cannot be fitted", stream=config.name, why=reason_of(error))
