"""Finds the built page: in the package as a wheel brings it, or beside the package in a working copy."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from appliance.ports.surroundings import Journal


def page_places() -> tuple[Path, ...]:
    """Where a build may lie, the likelier place first."""
    package = Path(str(files("appliance")))
    return package / "services" / "api" / "page" / "dist", package.parent / "web" / "dist"


def find_page(journal: Journal, places: Sequence[Path]) -> Path | None:
    """The first place that holds a build; None when none does, which the log says."""
    from appliance.services.api.built_page import is_built

    found = next((place for place in places if is_built(place)), None)
    if found is None:
        journal.warn(
            "the page is not built, a small one is shown", remedy="`make setup` builds it where npm's registry is reached."
        )
    return found


def page_kind(page: Path | None) -> str:
    """What the box says of its page among its versions."""
    return "built" if page is not None else "small (not built)"
