"""A frame reader on DALI: it decodes in another process, which is ended when it falls silent or is not heard to its end."""

from __future__ import annotations

import contextlib
import mmap
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from multiprocessing.connection import Connection
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from appliance.adapters.dali.letters import LONG_SIDE_PX, SLOT_BYTES, SLOTS, Failed, Finished, Reading, Shown, slot_view
from appliance.algorithms.orienting import stored_size_for, turn_upright
from appliance.algorithms.sampling import grid_for
from appliance.domain.errors import Transient
from appliance.domain.media import MediaFile, VideoTrack
from appliance.domain.timespan import Seconds, Span
from appliance.ports import FrameReader, Luma, Picture, SampledFrame

#: Loading the library and starting CUDA takes seconds; a piece of four seconds is decoded in less than one.
SILENCE_LIMIT_S = 60.0
#: Pictures missing at the end that are worth a remark.
EARLY_END_S = Fraction(1)
#: Luma as video codes it: 16 to 235 of 255. Source: ITU-R BT.601.
_LUMA_SCALE, _LUMA_ZERO = 219 / 255, 16.0
#: Cameras' motion JPEG uses the whole range. Source: JFIF 1.02.
_FULL_RANGE = frozenset({"mjpeg"})
_COMMAND = (sys.executable, "-P", "-m", "appliance.adapters.dali.child")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class DaliFrame:
    """A sampled frame, at most `LONG_SIDE_PX` long. pixels: uint8 (height, width, 3), as stored, pixels square."""

    time: Seconds
    pixels: npt.NDArray[np.uint8]
    track: VideoTrack

    def luma(self, long_side_px: int) -> Luma:
        """The frame in grey, upright, its longer side `long_side_px` (never enlarged)."""
        grey = np.asarray(cv2.cvtColor(self._shrunk(long_side_px), cv2.COLOR_RGB2GRAY), np.uint8)
        if self.track.codec not in _FULL_RANGE:
            grey = np.asarray(cv2.convertScaleAbs(grey, alpha=_LUMA_SCALE, beta=_LUMA_ZERO), np.uint8)
        return turn_upright(grey, self.track.orientation)

    def picture(self, long_side_px: int) -> Picture:
        """The frame in colour, upright, its longer side at most `long_side_px` (never enlarged)."""
        return turn_upright(self._shrunk(long_side_px), self.track.orientation)

    def view(self, long_side_px: int) -> Picture:
        """The same: it lies here."""
        return self.picture(long_side_px)

    def _shrunk(self, long_side_px: int) -> npt.NDArray[np.uint8]:
        height, width = self.pixels.shape[:2]
        display = (height, width) if self.track.orientation.swaps_sides else (width, height)
        size = stored_size_for(display, long_side_px, self.track.orientation)
        if size == (width, height):
            return self.pixels
        return np.asarray(cv2.resize(self.pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


@dataclass(slots=True, kw_only=True)
class DaliReader:
    """Implements `ports.FrameReader`. glances: reads key frames, which no engine is faster at. graphics: on a GPU.

    engines: pieces that are decoded side by side, one for each engine where one reader has the GPU to itself.
    """

    glances: FrameReader
    graphics: bool = True
    engines: int = 1
    silence_limit_s: float = SILENCE_LIMIT_S
    command: tuple[str, ...] = _COMMAND
    _child: _Child | None = None
    _remarks: list[str] = field(default_factory=list)

    @property
    def reads_side_by_side(self) -> bool:
        """See `ports.FrameReader`: one process reads one stretch, and is fast on long ones."""
        return False

    def frames(self, file: MediaFile, span: Span, rate_hz: Fraction) -> Iterator[SampledFrame]:
        """See `ports.FrameReader`; whatever DALI does not do well is Transient, and another reader's work.

        Raises:
            Transient: DALI does not decode it, is not there, hangs, or its pictures are not those that the file has.
        """
        source = file.proxy or file
        _require_plain(source)
        zero_at = file.offset - source.first_picture
        grid = grid_for(span, rate_hz, time_base=source.video.time_base, zero_at=zero_at)
        size = stored_size_for(source.video.display_size_px, LONG_SIDE_PX, source.video.orientation)
        reading = Reading(source=source, grid=grid, size_px=size, graphics=self.graphics, engines=self.engines)
        whole = False
        try:
            for pts, pixels in self._shown(reading):
                time = pts * source.video.time_base + zero_at
                yield DaliFrame(time=time, pixels=pixels, track=source.video)
            whole = True
        finally:
            if not whole:
                self.close()

    def key_frames(self, file: MediaFile, span: Span, least_gap: Seconds) -> Iterator[tuple[SampledFrame, int]]:
        """See `ports.FrameReader`."""
        return self.glances.key_frames(file, span, least_gap)

    def remarks(self) -> tuple[str, ...]:
        """See `ports.FrameReader`."""
        told, self._remarks = (*self._remarks, *self.glances.remarks()), []
        return told

    def close(self) -> None:
        """End the process, if there is one."""
        child, self._child = self._child, None
        if child is not None:
            child.end()

    def _shown(self, reading: Reading) -> Iterator[tuple[int, npt.NDArray[np.uint8]]]:
        if self._child is None:
            self._child = _Child.start(self.command)
        child = self._child
        child.ask(reading)
        while True:
            match child.hear(self.silence_limit_s):
                case Shown(pts=pts, slot=slot, shape=shape):
                    pixels = slot_view(child.memory, slot, shape).copy()
                    child.ask(slot)
                    yield pts, pixels
                case Finished(end_pts=end_pts):
                    self._note(reading, end_pts)
                    return
                case Failed(error=error):
                    raise error

    def _note(self, reading: Reading, end_pts: int | None) -> None:
        """Raises Transient when there is nothing: another reader may find something, or say why."""
        if end_pts is None:
            raise Transient("there are no pictures in this stretch")
        base = reading.source.video.time_base
        missing = (reading.grid.end_pts - end_pts) * base
        if missing > EARLY_END_S:
            raise Transient(f"its pictures end {float(missing):.1f} s early")


@dataclass(frozen=True, slots=True)
class _Child:
    """The process, this side of its pipe, the memory that both see, and the folder that goes when either ends."""

    process: subprocess.Popen[bytes]
    pipe: Connection
    memory: mmap.mmap
    folder: Path

    @classmethod
    def start(cls, command: tuple[str, ...]) -> _Child:
        ours, theirs = socket.socketpair()
        shared = os.memfd_create("rinkreel-pictures")
        folder = Path(tempfile.mkdtemp(prefix="rinkreel-dali-"))
        try:
            os.ftruncate(shared, SLOTS * SLOT_BYTES)
            memory = mmap.mmap(shared, 0)
            process = subprocess.Popen(
                [*command, str(theirs.fileno()), str(shared), str(folder)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(), shared),
                process_group=0,
            )
        except OSError as error:
            ours.close()
            shutil.rmtree(folder, ignore_errors=True)
            raise Transient(f"DALI's process does not start: {error}") from error
        finally:
            theirs.close()
            os.close(shared)
        return cls(process, Connection(ours.detach()), memory, folder)

    def ask(self, letter: object) -> None:
        with contextlib.suppress(OSError):  # a process that is gone shows itself when it is listened to
            self.pipe.send(letter)

    def hear(self, limit_s: float) -> object:
        """The next letter. Raises Transient when there is none in time, or never will be."""
        try:
            if not self.pipe.poll(limit_s):
                raise Transient(f"DALI said nothing for {limit_s:g} s")
            return self.pipe.recv()
        except (EOFError, OSError) as error:
            raise Transient(f"DALI's process died ({self._obituary()})") from error

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self.pipe.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        # Views of the memory may still be about; it goes with the last of them.
        with contextlib.suppress(BufferError):
            self.memory.close()

    def _obituary(self) -> str:
        try:
            return f"status {self.process.wait(1.0)}"
        except subprocess.TimeoutExpired:
            return "its pipe is closed"


def _require_plain(source: MediaFile) -> None:
    """What DALI would decode into something else than people see. Raises Transient."""
    if source.video.interlaced:
        raise Transient("DALI does not take fields apart")
