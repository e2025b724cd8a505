"""What is said to the server about a message in hand."""

from __future__ import annotations

import asyncio

from appliance.adapters.jetstream.held import Held, JetstreamDelivery, JetstreamOutcome
from appliance.domain.facts import RecordingArrived
from appliance.domain.job import CutRules
from appliance.domain.order import Order, Outcome

ORDER = Order(
    id="i.1.probe", item_id="i", revision=1, stage="probe", heard=RecordingArrived(paths=()), rules=CutRules(), trace_id="t"
)
OUTCOME = Outcome(
    id="o",
    order_id=ORDER.id,
    item_id="i",
    revision=1,
    stage="probe",
    facts=(),
    attempt=1,
    took_s=0.0,
    worker="w",
    trace_id="t",
    at_s=0.0,
)


def test_each_end_of_a_delivery_is_said_in_the_servers_words_and_the_last_word_is_confirmed() -> None:
    said: list[tuple[str, bytes, bool]] = []

    async def say(subject: str, what: bytes, confirmed: bool) -> None:
        said.append((subject, what, confirmed))

    async def check() -> None:
        held = Held(subject="$JS.ACK.x", say=say)
        delivery = JetstreamDelivery(order=ORDER, attempt=1, held=held)
        await delivery.heartbeat()
        await delivery.try_again(1.5)
        await delivery.put_back()
        await delivery.done()
        outcome = JetstreamOutcome(outcome=OUTCOME, held=held)
        await outcome.not_now(2)
        await outcome.recorded()
        await held.is_unreadable()

    asyncio.run(check())
    assert {subject for subject, _, _ in said} == {"$JS.ACK.x"}
    assert [(what, confirmed) for _, what, confirmed in said] == [
        (b"+WPI", False),
        (b'-NAK {"delay": 1500000000}', False),
        (b"-NAK", False),
        (b"+ACK", True),
        (b'-NAK {"delay": 2000000000}', False),
        (b"+ACK", True),
        (b"+TERM", True),
    ]
