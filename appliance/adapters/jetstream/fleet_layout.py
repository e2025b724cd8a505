"""Streams and subjects between a rink and headquarters."""

from __future__ import annotations

from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DiscardPolicy, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import APIError, NotFoundError

from appliance.domain.fleet import MOST_REPORT_BYTES

#: On the box: what headquarters has not confirmed yet. At headquarters: what every rink sent.
REPORTS, FLEET = "REPORTS", "FLEET"
FORWARDER = "forwarder"
#: Where the box keeps a report. Not the subject that headquarters hears: both servers would answer.
KEPT_AT = "reports.health"
#: When the box sent it, by the box's clock.
SENT = "Rinkreel-Sent"
KEPT_FOR_S = 14 * 24 * 3600.0
#: Beyond this the oldest ones go: two weeks of a report a minute.
BOX_BYTES = 24 * 1024**2
#: One rink cannot push out what others sent.
MOST_PER_RINK = 20_160
#: How long the second copy of a report is recognised, after an answer that was lost.
WINDOW_S = 600.0


def subject_of(rink: str) -> str:
    """fleet.<rink>.health"""
    return f"fleet.{rink}.health"


def box_stream() -> StreamConfig:
    """The box's stream: a report leaves it once headquarters has it."""
    return StreamConfig(
        name=REPORTS,
        subjects=[KEPT_AT],
        retention=RetentionPolicy.WORK_QUEUE,
        storage=StorageType.FILE,
        discard=DiscardPolicy.OLD,
        max_bytes=BOX_BYTES,
        max_age=KEPT_FOR_S,
        max_msg_size=MOST_REPORT_BYTES + 1024,
    )


def box_consumer(ack_wait_s: float) -> ConsumerConfig:
    """Hands out one report at a time, so that they arrive in order."""
    return ConsumerConfig(
        durable_name=FORWARDER,
        name=FORWARDER,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=ack_wait_s,
        max_deliver=-1,
        max_ack_pending=1,
    )


def fleet_stream() -> StreamConfig:
    """Headquarters' stream."""
    return StreamConfig(
        name=FLEET,
        subjects=[subject_of("*")],
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        discard=DiscardPolicy.OLD,
        max_age=KEPT_FOR_S,
        max_msgs_per_subject=MOST_PER_RINK,
        max_msg_size=MOST_REPORT_BYTES + 1024,
        duplicate_window=WINDOW_S,
        allow_direct=True,
    )


async def make_stream(streams: JetStreamContext, config: StreamConfig) -> None:
    """Make a stream that is missing. Raises what NATS raises."""
    try:
        await streams.stream_info(str(config.name))
    except NotFoundError:
        try:
            await streams.add_stream(config)
        except APIError:
            await streams.stream_info(str(config.name))  # somebody else may have been faster
