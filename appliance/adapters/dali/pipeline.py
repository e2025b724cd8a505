"""One small file through DALI: every picture of it, scaled where it was decoded. For the child alone: it loads the library.

DALI keeps silent about damage, drops the tail of a file unless it is padded, and ignores how a picture is turned. So padding is
told apart by its frame number, pictures are counted against the packets, and their stamps are held to those of the packets.
Source: measured on DALI 2.4 with its CPU backend.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from nvidia.dali import fn, pipeline_def, types  # type: ignore[import-untyped,import-not-found,unused-ignore]

from appliance.domain.errors import Transient

#: Pictures that leave the decoder together.
SEQUENCE = 8
#: Stamps come as floating seconds, from containers that may count in thousandths.
_STAMP_SLACK_S = 0.002
#: Source: NVIDIA DALI, padding of `fn.experimental.readers.video`.
_PADDING = -1

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoding:
    """How pieces are decoded. graphics: on a GPU, otherwise by DALI's CPU backend, which knows VP8, VP9 and MJPEG only.

    size_px: width and height that pictures come out with, as they are stored.
    """

    graphics: bool
    size_px: tuple[int, int]
    threads: int = 1


def decode_piece(path: Path, seconds: Sequence[float], decoding: Decoding) -> Iterator[tuple[int, Pixels]]:
    """Every picture of a file with its number, uint8 (height, width, 3). seconds: when each is shown, from the first one on.

    Raises:
        Transient: DALI does not decode it, or gives other pictures than the file has.
    """
    try:
        pipeline = _pipeline(decoding)(str(path), *decoding.size_px)
        pipeline.build()
        sequences = pipeline.epoch_size("reader")
    except Exception as error:
        raise Transient(f"DALI does not open it: {_cause(error)}") from error
    seen, first_s = 0, 0.0
    for _ in range(sequences):
        try:
            pictures, numbers, stamps = (_on_host(each) for each in pipeline.run())
        except Exception as error:
            raise Transient(f"DALI failed: {_cause(error)}") from error
        for picture, number, stamp in zip(pictures, numbers.reshape(-1), stamps.reshape(-1), strict=True):
            if number == _PADDING:
                continue
            first_s = float(stamp) if seen == 0 else first_s
            _hold_to(seconds, seen, int(number), float(stamp) - first_s)
            yield seen, picture
            seen += 1
    if seen != len(seconds):
        raise Transient(f"DALI gave {seen} of {len(seconds)} pictures")


def _pipeline(decoding: Decoding) -> Any:
    device = "gpu" if decoding.graphics else "cpu"

    @pipeline_def(  # type: ignore[untyped-decorator,unused-ignore]
        batch_size=1, num_threads=decoding.threads, device_id=0 if decoding.graphics else None, prefetch_queue_depth=1
    )
    def watch(path: str, width_px: int, height_px: int) -> tuple[Any, Any, Any]:
        pictures, numbers, stamps = fn.experimental.readers.video(
            device=device,
            name="reader",
            filenames=[path],
            sequence_length=SEQUENCE,
            step=SEQUENCE,
            pad_mode="constant",
            enable_frame_num="sequence",
            enable_timestamps=True,
        )
        scaled = fn.resize(pictures, resize_x=width_px, resize_y=height_px, interp_type=types.INTERP_TRIANGULAR, antialias=True)
        return scaled, numbers, stamps

    return watch


def _hold_to(seconds: Sequence[float], seen: int, number: int, stamp_s: float) -> None:
    """Raises Transient when a picture is not the one that the file's packets say is next."""
    if number != seen or seen >= len(seconds):
        raise Transient(f"DALI gave picture {number} where {seen} of {len(seconds)} was due")
    if abs(stamp_s - seconds[seen]) > _STAMP_SLACK_S:
        raise Transient(f"DALI shows picture {seen} at {stamp_s:.3f} s, its file at {seconds[seen]:.3f} s")


def _on_host(output: Any) -> npt.NDArray[Any]:
    """The one sample of a batch, copied from the device where it lies there."""
    host = output.as_cpu() if hasattr(output, "as_cpu") else output
    return np.asarray(host.as_array()[0])


def _cause(error: Exception) -> str:
    """The line that says something; DALI puts its own call stack around it."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    telling = [line for line in lines if line.startswith(("Error:", "[", "Assert")) or "rror" in line]
    return " ".join(telling[-1:] or lines[:1] or [type(error).__name__])[:300]
