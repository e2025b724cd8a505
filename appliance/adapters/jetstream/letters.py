"""How a thing of the domain becomes a NATS message: subjects, headers, body."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from appliance.algorithms.message_packing import AS_IT_IS, pack, unpack
from appliance.domain.order import Lane, Order, Outcome

#: Headers. ID is JetStream's own: two messages of one id within the window are one.
ID, EXPECTED, WAY, TRACE, ORDER, WHY = (
    *("Nats-Msg-Id", "Nats-Expected-Stream"),
    *("Rinkreel-Way", "Rinkreel-Trace", "Rinkreel-Order", "Rinkreel-Why"),
)
DESK = "desk.ask"
NEWS, BOOK_NEWS = "news.>", "news.book"
UNREADABLE = "dead.unreadable"


def word(text: str) -> str:
    """A text as one word of a subject, or as a header's value. Ids as this product makes them stay as they are."""
    return quote(text, safe="").replace(".", "%2E") or "-"


def order_subject(order: Order, lane: Lane) -> str:
    """orders.<lane>.<stage>.<item>"""
    return f"orders.{lane}.{word(order.stage)}.{word(order.item_id)}"


def item_orders(item_id: str) -> str:
    """Every order of an item."""
    return f"orders.*.*.{word(item_id)}"


def outcome_subject(outcome: Outcome) -> str:
    """facts.<stage>"""
    return f"facts.{word(outcome.stage)}"


def dead_subject(order: Order) -> str:
    """dead.<stage>.<item>"""
    return f"dead.{word(order.stage)}.{word(order.item_id)}"


def progress_subject(item_id: str) -> str:
    """news.progress.<item>"""
    return f"news.progress.{word(item_id)}"


def write(value: object, **headers: str) -> tuple[bytes, dict[str, str]]:
    """Body and headers. Raises Unusable for what cannot be told."""
    body, way = pack(value)
    return body, {WAY: way, **headers}


def read(kind: Any, body: bytes | None, headers: Mapping[str, str] | None) -> Any:
    """What a message says. Raises ValueError for whatever is no such thing."""
    return unpack(kind, body or b"", (headers or {}).get(WAY, AS_IT_IS))


def plain_header(text: str) -> str:
    """A text for people as a header's value: one line of ASCII."""
    return " ".join(text.encode("ascii", "replace").decode().split())[:500] or "-"
