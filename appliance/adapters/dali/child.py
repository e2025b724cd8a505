"""The process that decodes: `python -m appliance.adapters.dali.child PIPE MEMORY FOLDER`. It ends when its pipe is
closed, and takes the folder with it."""

from __future__ import annotations

import mmap
import shutil
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import numpy.typing as npt

from appliance.adapters.dali.letters import SLOTS, Failed, Finished, Reading, Shown, slot_view
from appliance.adapters.pyav.piece_copying import Piece, copy_pieces
from appliance.domain.errors import RinkreelError, Transient

#: Pieces hold about this much footage: enough for an engine to warm to, little enough to keep several in memory.
PIECE_S = 4.0

Sampled = list[tuple[int, npt.NDArray[np.uint8]]]


@dataclass(slots=True)
class _Desk:
    """This side of the pipe, and which slots are free."""

    pipe: Connection
    memory: mmap.mmap
    folder: Path
    free: deque[int]

    def show(self, pts: int, picture: npt.NDArray[np.uint8]) -> None:
        while not self.free:
            self.free.append(self.pipe.recv())
        slot = self.free.popleft()
        height, width, colours = picture.shape
        slot_view(self.memory, slot, (height, width, colours))[:] = picture
        self.pipe.send(Shown(pts, slot, (height, width, colours)))

    def collect(self) -> None:
        """Wait until all slots are free again."""
        while len(self.free) < SLOTS:
            self.free.append(self.pipe.recv())


def serve(pipe: Connection, memory: mmap.mmap, folder: Path) -> None:
    """Read whatever is asked for, until the other side is gone. folder: for pieces."""
    desk = _Desk(pipe, memory, folder, deque(range(SLOTS)))
    while True:
        try:
            reading = pipe.recv()
            try:
                last: Finished | Failed = Finished(_read(reading, desk))
            except RinkreelError as error:
                last = Failed(error)
            except (BrokenPipeError, EOFError):
                return
            except Exception as error:  # noqa: BLE001 - whatever it is, the parent goes on without DALI and says why
                last = Failed(Transient(f"DALI's process failed: {type(error).__name__}: {error}"))
            desk.collect()
            pipe.send(last)
        except (EOFError, OSError):
            return


def _read(reading: Reading, desk: _Desk) -> int | None:
    """Show all sampled pictures; returns where the last picture of the stretch ends."""
    end_pts: int | None = None
    grid, video = reading.grid, reading.source.video
    bounds = (int(grid.start_pts), -int(-grid.end_pts // 1))
    interval = max(1, round(1 / (video.frame_rate_hz * video.time_base)))
    with tempfile.TemporaryDirectory(dir=desk.folder) as folder:
        pieces = copy_pieces(reading.source, bounds, Path(folder), PIECE_S)
        for piece, sampled in _side_by_side(pieces, lambda piece: decode_sampled(piece, reading), reading.engines):
            for pts, picture in sampled:
                desk.show(pts, picture)
            piece.path.unlink()
            end_pts = piece.own[-1] + interval if piece.end_pts is None else piece.end_pts
    return end_pts


def decode_sampled(piece: Piece, reading: Reading) -> Sampled:
    """The pictures of a piece that the grid samples. Which they are is known before anything is decoded."""
    from appliance.adapters.dali.pipeline import Decoding, decode_piece

    first, base = piece.stamps[0], reading.source.video.time_base
    seconds = [float((stamp - first) * base) for stamp in piece.stamps]
    decoding = Decoding(graphics=reading.graphics, size_px=reading.size_px)
    wanted = sampled_numbers(piece, reading)
    if not wanted:
        return []
    # A sequence's memory is used again for the next one.
    return [
        (piece.stamps[number], np.array(picture))
        for number, picture in decode_piece(piece.path, seconds, decoding)
        if number in wanted
    ]


def sampled_numbers(piece: Piece, reading: Reading) -> set[int]:
    """Numbers of a piece's own pictures that are the first in their cell of the grid."""
    grid = reading.grid
    before = (piece.shown_before, *piece.own[:-1])
    return {
        number
        for number, (stamp, shown_before) in enumerate(zip(piece.own, before, strict=True))
        if grid.is_inside(stamp) and grid.is_sampled(stamp, shown_before)
    }


def _side_by_side(pieces: Iterator[Piece], work: Callable[[Piece], Sampled], engines: int) -> Iterator[tuple[Piece, Sampled]]:
    """Pieces in order, as many under way as there are engines."""
    with ThreadPoolExecutor(engines) as pool:
        waiting: deque[tuple[Piece, Future[Sampled]]] = deque()
        for piece in pieces:
            waiting.append((piece, pool.submit(work, piece)))
            if len(waiting) > engines:
                done, future = waiting.popleft()
                yield done, future.result()
        for done, future in waiting:
            yield done, future.result()


def main(argv: list[str]) -> int:
    """Serve the parent that gave these two file descriptors and this folder."""
    pipe_number, memory_number, folder = int(argv[0]), int(argv[1]), Path(argv[2])
    try:
        serve(Connection(pipe_number), mmap.mmap(memory_number, 0), folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
