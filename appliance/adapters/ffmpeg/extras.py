"""Implements `ports.extras.ExtrasMaker` with ffmpeg subprocesses of low priority."""

from __future__ import annotations

from pathlib import Path
from threading import Event

from appliance.adapters.ffmpeg.binary import FfmpegBinary
from appliance.adapters.ffmpeg.clips import copy_clip
from appliance.adapters.ffmpeg.encoders import SOFTWARE, choose_encoder, recipe_named, try_encoders
from appliance.adapters.ffmpeg.fast_film import film_fast
from appliance.adapters.ffmpeg.running import FfmpegRunner
from appliance.adapters.ffmpeg.sheets import draw_sheet
from appliance.domain.extra import FastFilm, Sheet
from appliance.domain.media import Recording
from appliance.domain.timespan import Span

#: Whoever waits for a reel goes first.
NICE = 15
STALL_S = 60.0


class FfmpegExtras:
    """Makes sheets, fast films and clips."""

    def __init__(self, binary: FfmpegBinary, *, nice: int = NICE) -> None:
        self._binary = binary
        self._runner = FfmpegRunner(binary=binary, stall_s=STALL_S, nice=nice)

    def draw_sheet(self, recording: Recording, sheet: Sheet, target: Path, stop: Event) -> None:
        """Small pictures in rows, as JPEG."""
        draw_sheet(self._runner, (recording, sheet), target, stop)

    def film_fast(self, recording: Recording, film: FastFilm, target: Path, stop: Event) -> None:
        """The film, as MP4."""
        film_fast(self._runner, self._encoder(), (recording, film), (target, stop))

    def copy_clip(self, source: Path, span: Span, target: Path, stop: Event) -> None:
        """A stretch of an MP4 as one of its own."""
        copy_clip(self._runner, source, span, (target, stop))

    def _encoder(self) -> str:
        """Software where it is there: hardware is for reels, and its sessions are few."""
        software = next(trial for trial in try_encoders(self._binary) if trial.name == recipe_named(SOFTWARE).name)
        return SOFTWARE if software.works else choose_encoder(self._binary)
