"""Whatever is handed to a log line, made small, harmless and writable: a log line never fails and never fills a disk."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

#: Longest value that is written in full, characters; and longest account of an exception, whose end tells most.
MOST_CHARACTERS = 2_000
MOST_OF_A_TRACE = 8_000
#: More fields than this on one line are counted, not written.
MOST_FIELDS = 40
#: Control characters would move a terminal's cursor or change its colours. File names may hold them.
_CONTROLS = {number: f"\\x{number:02x}" for number in (*range(32), *range(127, 160)) if chr(number) not in "\n\t"}


def tame_fields(fields: Mapping[str, object]) -> dict[str, object]:
    """The same fields, each as something that JSON can hold."""
    tamed = {str(key): tame_value(value) for key, value in list(fields.items())[:MOST_FIELDS]}
    if len(fields) > MOST_FIELDS:
        tamed["fields_left_out"] = len(fields) - MOST_FIELDS
    return tamed


def tame_value(value: object) -> object:
    """A value as itself when it is small and plain, as text otherwise. Never raises."""
    if value is None or isinstance(value, bool | int):
        return value if not isinstance(value, int) or abs(value) < 10**30 else cut_text(str(value)[:40])
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, str):
        return cut_text(str(value))
    if isinstance(value, list | tuple | dict):
        return _tame_structure(value)
    return cut_text(_spoken(value))


def cut_text(text: str, most: int = MOST_CHARACTERS) -> str:
    """The beginning of a long text, and how long it was."""
    return text if len(text) <= most else f"{text[:most]}… ({len(text)} characters)"


def cut_trace(text: str) -> str:
    """The end of a long account of an exception: what went wrong stands last."""
    return text if len(text) <= MOST_OF_A_TRACE else f"({len(text)} characters) …{text[-MOST_OF_A_TRACE:]}"


def without_controls(text: str) -> str:
    """The text with its control characters spelt out."""
    return text.translate(_CONTROLS)


def _tame_structure(value: object) -> object:
    try:
        text = json.dumps(value, allow_nan=False, default=_spoken)
    except (ValueError, TypeError, RecursionError):
        return cut_text(_spoken(value))
    return json.loads(text) if len(text) <= MOST_CHARACTERS else cut_text(text)


def _spoken(value: object) -> str:
    """What a value calls itself. Its own methods may be broken."""
    try:
        return str(value) if type(value).__repr__ is object.__repr__ or hasattr(value, "__fspath__") else repr(value)
    except Exception:  # noqa: BLE001 - a value's own code may raise anything, and the line has to be written
        return f"<{type(value).__name__} that cannot be shown>"
