"""Making what is wanted of a recording now and then, beside its reel. Everything here blocks, and may take minutes."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from typing import Protocol

from appliance.domain.extra import FastFilm, Sheet
from appliance.domain.media import Recording
from appliance.domain.timespan import Span


class ExtrasMaker(Protocol):
    """Paths in the recording are absolute. A target appears whole or not at all; its folder is made where it is missing.

    Every method stops soon after `stop` is set. Raises:
        Unusable: nothing of it decodes. Transient: it was stopped, stalled or failed. DiskFull, Misconfigured.
    """

    def draw_sheet(self, recording: Recording, sheet: Sheet, target: Path, stop: Event) -> None:
        """Small pictures in rows, as JPEG. What does not decode is left black."""

    def film_fast(self, recording: Recording, film: FastFilm, target: Path, stop: Event) -> None:
        """The film, as MP4. What does not decode is left out."""

    def copy_clip(self, source: Path, span: Span, target: Path, stop: Event) -> None:
        """A stretch of an MP4 as one of its own, nothing re-encoded: from the key frame at or before its start."""
