"""Paths inside facts and orders: absolute where work is done, relative to the data folder wherever they travel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import TypeVar, cast

T = TypeVar("T")


def with_paths(value: T, change: Callable[[Path], Path]) -> T:
    """The same value with every path in it changed, however deep in dataclasses and tuples it lies."""
    return cast(T, _changed(value, change))


def absolute_below(root: Path) -> Callable[[Path], Path]:
    """Turns what travels into what can be opened.

    Raises:
        ValueError: when called with a path that would lead out of the root.
    """

    def change(path: Path) -> Path:
        if path.is_absolute() or ".." in path.parts:
            raise ValueError(f"a path that travels lies below the data folder; found {path}")
        return root / path

    return change


def relative_to(root: Path) -> Callable[[Path], Path]:
    """Turns what was opened into what travels. Raises ValueError when called with a path that is not below the root."""
    return lambda path: path.relative_to(root)


def _changed(value: object, change: Callable[[Path], Path]) -> object:
    if isinstance(value, Path):
        return change(value)
    if isinstance(value, tuple):
        return tuple(_changed(each, change) for each in value)
    if is_dataclass(value) and not isinstance(value, type):
        before = {field.name: getattr(value, field.name) for field in fields(value)}
        after = {name: _changed(each, change) for name, each in before.items()}
        moved = {name: each for name, each in after.items() if each != before[name]}
        return replace(value, **moved) if moved else value
    return value
