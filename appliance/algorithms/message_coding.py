"""Things of the domain as text, and back: for the bus, and for columns of the book.

Every dataclass is an object that names its class under `is`, which no field can be called. A fraction is "a/b", a path has
forward slashes, an enumeration is its value, a tuple is a list. Reading is strict: what does not fit is refused with the
place where it stands. Fields that are missing take their defaults, so that an older text can still be read.
"""

from __future__ import annotations

import json
import math
import re
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from fractions import Fraction
from functools import cache
from numbers import Integral, Real
from pathlib import Path
from typing import Any, NamedTuple, NoReturn, TypeVar, Union, get_args, get_origin, get_type_hints, overload

from appliance.domain.errors import RinkreelError

T = TypeVar("T")
#: The name under which an object says what it is; a word of the language, so no field can have it.
TAG = "is"
FRACTION = re.compile(r"-?[0-9]{1,400}/[0-9]{1,400}")


def text_from(value: object) -> str:
    """One line of ASCII. Raises ValueError for what has no text: NaN, infinities, bytes, anything not of the domain."""
    try:
        return json.dumps(plain_from(value), allow_nan=False, separators=(",", ":"))
    except RecursionError:
        raise ValueError("nested too deeply") from None


def plain_from(value: object) -> Any:
    """The same as lists, dicts, strings and numbers, ready for any JSON writer."""
    for kinds, write in WRITERS:
        if isinstance(value, kinds):
            return write(value)
    if is_dataclass(value) and not isinstance(value, type):
        written = {each.name: plain_from(getattr(value, each.name)) for each in fields(value) if each.init}
        return {TAG: type(value).__name__, **written}
    raise ValueError(f"{type(value).__name__} cannot be written as a message")


@overload
def value_from_text(kind: type[T], text: str) -> T: ...
@overload
def value_from_text(kind: types.UnionType, text: str) -> Any: ...
def value_from_text(kind: Any, text: str) -> Any:
    """What a text says, as a `kind`: a class, a union, or `tuple[Segment, ...]`. Raises ValueError when it does not fit."""
    try:
        return value_from_plain(kind, json.loads(text, parse_constant=_refuse_constant))
    except RecursionError:
        raise ValueError("nested too deeply") from None


@overload
def value_from_plain(kind: type[T], plain: object) -> T: ...
@overload
def value_from_plain(kind: types.UnionType, plain: object) -> Any: ...
def value_from_plain(kind: Any, plain: object) -> Any:
    """The same for what a JSON reader gave. Raises ValueError when it does not fit."""
    return _reader_of(kind)(plain)


def _finite(value: Any) -> float:
    if not math.isfinite(value):
        raise ValueError(f"{value} is not a number that can be written")
    return float(value)


def _plain_mapping(value: Mapping[object, object]) -> dict[str, Any]:
    if not all(isinstance(key, str) for key in value):
        raise ValueError("only names may be keys")
    return {str(key): plain_from(each) for key, each in value.items()}


#: Asked in this order: an enumeration of strings is a string, a fraction and a truth value are numbers.
WRITERS: tuple[tuple[type | tuple[type, ...], Callable[[Any], Any]], ...] = (
    (Enum, lambda value: plain_from(value.value)),
    ((bool, type(None)), lambda value: value),
    (str, str),
    (Integral, int),
    (Fraction, lambda value: f"{value.numerator}/{value.denominator}"),
    (Real, _finite),
    (Path, lambda value: value.as_posix()),
    ((tuple, list), lambda value: [plain_from(each) for each in value]),
    (Mapping, _plain_mapping),
)


class _Slot(NamedTuple):
    """A field of a dataclass: how it is read, and whether it has to be there."""

    kind: Any
    required: bool


@cache
def _reader_of(kind: Any) -> Callable[[object], Any]:
    """How things of one kind are read. Raises TypeError for kinds that no message holds."""
    if kind in SCALARS:
        return SCALARS[kind]
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (types.UnionType, Union):
        return lambda plain: _read_union(arguments, plain)
    if origin is tuple:
        return lambda plain: _read_tuple(arguments, plain)
    if origin in (dict, Mapping):
        return lambda plain: _read_mapping(arguments, plain)
    if isinstance(kind, type) and is_dataclass(kind):
        return lambda plain: _read_dataclass(kind, plain)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return lambda plain: _read_enum(kind, plain)
    raise TypeError(f"{kind} is no part of any message")


@cache
def _slots_of(kind: type) -> dict[str, _Slot]:
    hints = get_type_hints(kind)

    def is_required(each: Field[Any]) -> bool:
        return each.default is MISSING and each.default_factory is MISSING

    return {each.name: _Slot(hints[each.name], is_required(each)) for each in fields(kind) if each.init}


def _read_dataclass(kind: type, plain: object) -> Any:
    name = kind.__name__
    if not isinstance(plain, dict) or plain.get(TAG) != name:
        _refuse(name, plain)
    slots = _slots_of(kind)
    if strange := [each for each in plain if each not in slots and each != TAG]:
        raise ValueError(f"{name} has no field {strange[0]!r}")
    if lacking := [each for each, slot in slots.items() if slot.required and each not in plain]:
        raise ValueError(f"{name} lacks {lacking[0]}")
    given = {each: _read_at(f"{name}.{each}", slots[each].kind, value) for each, value in plain.items() if each != TAG}
    try:
        return kind(**given)
    except RinkreelError as error:
        raise ValueError(f"{name}: {error.why}") from error


def _read_at(place: str, kind: Any, plain: object) -> Any:
    try:
        return _reader_of(kind)(plain)
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from error


def _read_union(kinds: tuple[Any, ...], plain: object) -> Any:
    """A tagged object is read as the class that it names; anything else as the first kind that it fits."""
    if isinstance(plain, dict) and TAG in plain:
        kinds = tuple(kind for kind in kinds if getattr(kind, "__name__", "") == plain[TAG])
        if len(kinds) == 1:
            return _reader_of(kinds[0])(plain)
    for kind in kinds:
        try:
            return _reader_of(kind)(plain)
        except ValueError:
            continue
    return _refuse("one of the kinds that may stand here", plain)


def _read_tuple(kinds: tuple[Any, ...], plain: object) -> tuple[Any, ...]:
    if not isinstance(plain, list):
        _refuse("a list", plain)
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        kinds = (kinds[0],) * len(plain)
    if len(kinds) != len(plain):
        raise ValueError(f"expected {len(kinds)} things, found {len(plain)}")
    return tuple(_read_at(f"[{index}]", kind, each) for index, (kind, each) in enumerate(zip(kinds, plain, strict=True)))


def _read_mapping(kinds: tuple[Any, ...], plain: object) -> dict[Any, Any]:
    if not isinstance(plain, dict):
        _refuse("an object", plain)
    return {_reader_of(kinds[0])(key): _read_at(f"[{key!r}]", kinds[1], each) for key, each in plain.items()}


def _read_enum(kind: type[Enum], plain: object) -> Enum:
    if not isinstance(plain, str | int):
        _refuse(kind.__name__, plain)
    return kind(plain)


def _read_exactly(kind: type) -> Callable[[object], Any]:
    """True is no number here, and 1 is not true."""

    def read(plain: object) -> Any:
        return plain if type(plain) is kind else _refuse(kind.__name__, plain)

    return read


def _read_float(plain: object) -> float:
    if type(plain) not in (float, int):
        _refuse("a number", plain)
    try:
        return _finite(plain)
    except OverflowError:
        raise ValueError("a number too large") from None


def _read_fraction(plain: object) -> Fraction:
    if type(plain) is int:
        return Fraction(plain)
    if not isinstance(plain, str) or not FRACTION.fullmatch(plain):
        _refuse('a fraction "a/b"', plain)
    above, below = plain.split("/")
    if int(below) == 0:
        raise ValueError("a fraction of zero parts")
    return Fraction(int(above), int(below))


def _read_path(plain: object) -> Path:
    return Path(plain) if isinstance(plain, str) else _refuse("a path", plain)


SCALARS: dict[Any, Callable[[object], Any]] = {
    str: _read_exactly(str),
    bool: _read_exactly(bool),
    int: _read_exactly(int),
    float: _read_float,
    Fraction: _read_fraction,
    Path: _read_path,
    type(None): _read_exactly(type(None)),
}


def _refuse(expected: str, found: object) -> NoReturn:
    raise ValueError(f"expected {expected}, found {repr(found)[:80]}")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number that can be read")
