"""What lies in a folder, as whoever tidies up sees it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """A file, or a folder with all that is in it. touched_at_s: when anything in it was last written. names: what lies in it,
    for a folder."""

    path: Path
    touched_at_s: float
    is_folder: bool = False
    names: frozenset[str] = frozenset()
