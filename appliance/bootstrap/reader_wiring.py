"""Chooses what decodes footage: the video engines of a GPU where there is one, and the processor wherever they do not."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from appliance.ports import FrameReader
from appliance.services.reader_ladder import ReaderLadder, Step

#: What each wish may fall back on, best first; the CPU is always the last.
LADDERS = {"auto": ("dali", "cuda"), "dali": ("dali", "cuda"), "kept": ("kept", "cuda"), "cuda": ("cuda",), "cpu": ()}
NAMES = {"dali": "DALI", "kept": "CUDA with its pictures kept there", "cuda": "CUDA", "cpu": "the CPU"}


def open_reader(decode: str, *, graphics: bool, engines: int = 1) -> FrameReader:
    """The reader for a worker. decode: as the settings have it. engines: that one reader may use at once."""
    from appliance.adapters.pyav.reader import PyavReader

    steps = list(_steps(LADDERS[decode], engines)) if graphics else []
    return ReaderLadder([*steps, Step(NAMES["cpu"], PyavReader())]) if steps else PyavReader()


def _steps(names: tuple[str, ...], engines: int) -> Iterator[Step]:
    for name in names:
        reader = _OPENERS[name](engines)
        if reader is not None:
            yield Step(NAMES[name], reader)


def _dali(engines: int) -> FrameReader | None:
    """None where it is not installed: that is said by the doctor, not with every stretch."""
    from appliance.adapters.dali.presence import is_installed
    from appliance.adapters.dali.reader import DaliReader
    from appliance.adapters.pyav.reader import PyavReader

    return DaliReader(glances=PyavReader(), engines=engines) if is_installed() else None


def _cuda(_engines: int) -> FrameReader:
    from appliance.adapters.pyav.cuda_reader import PyavCudaReader

    return PyavCudaReader()


def _kept(_engines: int) -> FrameReader:
    from appliance.adapters.onnx.darkroom import Darkroom
    from appliance.adapters.pyav.cuda_reader import PyavCudaReader
    from appliance.adapters.pyav.far_frame import FarRoom
    from appliance.adapters.system.graphics import wait_for_graphics

    return PyavCudaReader(room=FarRoom(darkroom=Darkroom(device="cuda", settle=wait_for_graphics)))


_OPENERS: dict[str, Callable[[int], FrameReader | None]] = {"dali": _dali, "kept": _kept, "cuda": _cuda}
