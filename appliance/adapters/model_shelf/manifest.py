"""Reads models/manifest.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from appliance.domain.errors import Misconfigured
from appliance.domain.model import ArchiveMember, Conversion, ModelCard, ModelRole, ModelSource, WebFile, WheelMember

_PACKAGE = Path(__file__).resolve().parents[2]
#: Beside the package's code once installed, in the repository otherwise.
_PLACES = (_PACKAGE / "data" / "manifest.toml", _PACKAGE.parent / "models" / "manifest.toml")


def read_manifest(path: Path | None = None) -> tuple[ModelCard, ...]:
    """Every model that the manifest names, in its order; the product's own manifest when no path is given.

    Raises:
        Misconfigured: it is missing or says something that is not understood.
    """
    found = path or next((place for place in _PLACES if place.is_file()), _PLACES[-1])
    try:
        tables = tomllib.loads(found.read_text(encoding="utf-8"))
        return tuple(_card_from(name, table) for name, table in tables.items())
    except (OSError, tomllib.TOMLDecodeError, KeyError, ValueError, TypeError) as error:
        raise Misconfigured(
            f"The model manifest {found} cannot be used: {error!r}", remedy="Install Rinkreel again, or mend the entry."
        ) from error


def _card_from(name: str, table: dict[str, Any]) -> ModelCard:
    lists = {key: tuple(table[key]) for key in ("sha256", "mean", "std")}
    sources = tuple(_source_from(source) for source in table["sources"])
    return ModelCard(**{**table, **lists, "name": name, "role": ModelRole(table["role"]), "sources": sources})


def _source_from(table: dict[str, Any]) -> ModelSource:
    if "package" in table:
        return WheelMember(**table)
    if "parts" in table:
        return Conversion(parts=tuple(table["parts"]))
    if "member" in table:
        return ArchiveMember(**table)
    return WebFile(**table)
