"""Kinds of values that settings hold, and how they are read from what people write."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from appliance.algorithms.duration_reading import seconds_from_text

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(b|[kmgt]i?b?)?", re.IGNORECASE)
_BYTES_PER = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3, "t": 1024**4}


def duration_from(value: object) -> Fraction:
    """Exact seconds from a number or from what people write. Raises ValueError."""
    if isinstance(value, Fraction) and value >= 0:
        return value
    return seconds_from_text("" if isinstance(value, bool) or value is None else str(value))


def _rate_from(value: object) -> Fraction:
    """An exact rate: 8, 7.5 or "30000/1001"."""
    try:
        rate = Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        rate = Fraction(0)
    if rate <= 0:
        raise ValueError(f"a rate is a number above zero such as 8, 7.5 or 30000/1001; found {value!r}")
    return rate


def _positive(seconds: Fraction) -> Fraction:
    if seconds <= 0:
        raise ValueError("this duration has to be longer than zero")
    return seconds


def _count_from(value: object) -> object:
    return None if value == "auto" else value


def _some_duration_from(value: object) -> Fraction | None:
    return None if value in (None, "all", "none") else _positive(duration_from(value))


_plain = PlainSerializer(lambda value: None if value is None else float(value), return_type=float | None)
Duration = Annotated[Fraction, BeforeValidator(duration_from), _plain]
Stretch = Annotated[Fraction, BeforeValidator(lambda value: _positive(duration_from(value))), _plain]
Budget = Annotated[Fraction | None, BeforeValidator(_some_duration_from), _plain]
Rate = Annotated[Fraction, BeforeValidator(_rate_from), _plain]
Count = Annotated[int | None, BeforeValidator(_count_from)]
Level = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Text = Annotated[str, Field(min_length=1, max_length=200)]


def size_from(value: object) -> int:
    """Bytes from a number or from what people write: 500MB, 20 GiB. Raises ValueError."""
    found = _SIZE.fullmatch(str(value).strip()) if isinstance(value, str | int) and not isinstance(value, bool) else None
    if found is None:
        raise ValueError(f"a size looks like 500MB or 20GiB (1 KiB = 1 KB = 1024 bytes here); found {value!r}")
    amount, unit = found.groups(default="")
    return int(Fraction(amount) * _BYTES_PER[unit[:1].lower().replace("b", "")])


Size = Annotated[int, BeforeValidator(size_from)]
AutoSize = Annotated[int | None, BeforeValidator(lambda value: None if value in (None, "auto") else size_from(value))]
ForGood = Annotated[
    Fraction | None,
    BeforeValidator(lambda value: None if value in (None, "never") else _positive(duration_from(value))),
    _plain,
]


class Section(BaseModel):
    """A table of the settings file."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, validate_default=False)
