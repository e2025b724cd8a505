"""A maker of extras that writes what it was asked for instead of making it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from appliance.domain.errors import RinkreelError, Transient
from appliance.domain.extra import FastFilm, Sheet
from appliance.domain.media import Recording
from appliance.domain.timespan import Span


@dataclass
class PaperExtras:
    """Makes files of a few bytes. failure: what is raised instead. gate: waited for before anything is made."""

    failure: RinkreelError | None = None
    gate: Event | None = None
    asked: list[str] = field(default_factory=list)

    def draw_sheet(self, recording: Recording, sheet: Sheet, target: Path, stop: Event) -> None:
        assert recording.files[0].path.is_absolute()
        self._make(f"sheet {sheet.columns}x{sheet.rows}", target, stop)

    def film_fast(self, recording: Recording, film: FastFilm, target: Path, stop: Event) -> None:
        assert recording.files[0].path.is_absolute()
        self._make(f"film of {sum(film.frames)}", target, stop)

    def copy_clip(self, source: Path, span: Span, target: Path, stop: Event) -> None:
        self._make(f"clip {float(span.start):g}-{float(span.end):g}", target, stop)

    def _make(self, what: str, target: Path, stop: Event) -> None:
        self.asked.append(what)
        while self.gate is not None and not self.gate.wait(0.01):
            if stop.is_set():
                break
        if stop.is_set():
            raise Transient("it was stopped")
        if self.failure is not None:
            raise self.failure
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(what.encode())
