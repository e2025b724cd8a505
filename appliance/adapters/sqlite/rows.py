"""Rows of the book as things of the domain, and back. Columns are called as the fields are."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import fields
from functools import cache
from typing import Any, TypeVar

from appliance.algorithms.message_coding import text_from, value_from_text
from appliance.domain.account import Account, ApiKey, Role, Share
from appliance.domain.job import CutRules, DeadLetter, Fate, FileRow, Item, ItemState, Job, Notice, Revision, Source
from appliance.domain.media import Chunk, Recording
from appliance.domain.order import Lane
from appliance.domain.outbox import ChunkRow, ChunkState, OrderRow, OrderState, OutcomeNote
from appliance.domain.reel import Reel, ReelPlan
from appliance.domain.segment import Segment

T = TypeVar("T")
Row = Sequence[Any]
Reading = Callable[[Any], Any]


def _words(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text)) if text != "[]" else ()


def _text_of(kind: Any) -> Reading:
    return lambda text: None if text is None else value_from_text(kind, text)


#: How a column is read, where it is not kept as it is.
READ: dict[type, dict[str, Reading]] = {
    Job: {"source": Source, "settled": bool},
    Item: {"state": ItemState, "remarks": _words, "pinned": bool, "has_original": bool},
    FileRow: {"fate": Fate},
    Revision: {
        "rules": _text_of(CutRules),
        "recording": _text_of(Recording),
        "segments": _text_of(tuple[Segment, ...]),
        "plan": _text_of(ReelPlan),
        "reel": _text_of(Reel),
    },
    ChunkRow: {"chunk": _text_of(Chunk), "state": ChunkState, "remarks": _words},
    OrderRow: {"lane": Lane, "state": OrderState},
    Account: {"role": Role, "temporary": bool},
    ApiKey: {"role": Role},
    DeadLetter: {},
    Notice: {},
    OutcomeNote: {},
    Share: {},
}


def columns_of(kind: Any) -> tuple[str, ...]:
    """Names of a thing's columns."""
    return _names_of(kind)


def selecting(kind: type, rest: str) -> str:
    """A question for a thing's columns; `rest` goes on behind them and holds nothing that people typed."""
    return f"SELECT {', '.join(columns_of(kind))} {rest}"


def thing_from_row(kind: type[T], row: Row) -> T:
    """A row whose columns come as `columns_of` lists them."""
    values = dict(zip(columns_of(kind), row, strict=True))
    if bytes in map(type, row):
        values = {name: _plain(value) for name, value in values.items()}
    for name, read in READ[kind].items():
        values[name] = read(values[name])
    return kind(**values)


def row_from_thing(thing: Any) -> dict[str, Any]:
    """The inverse, by column."""
    return {name: bindable(getattr(thing, name)) for name in columns_of(type(thing))}


def bindable(value: Any) -> Any:
    """As SQLite takes it. Names of files that are not UTF-8 are kept as their bytes."""
    if value is None or isinstance(value, int | float | bytes):
        return value
    if isinstance(value, str):
        return _encodable(str(value))
    if isinstance(value, tuple) and all(isinstance(each, str) for each in value):
        return json.dumps(value)
    return text_from(value)


@cache
def _names_of(kind: Any) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind))


def _encodable(text: str) -> str | bytes:
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        try:
            return text.encode(errors="surrogateescape")
        except UnicodeEncodeError:
            return text.encode(errors="replace").decode()
    return text


def _plain(value: Any) -> Any:
    return value.decode(errors="surrogateescape") if isinstance(value, bytes) else value
