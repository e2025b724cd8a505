"""The same reader with decoding on the GPU's video engines, through FFmpeg and nothing but the driver."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import av
from av.codec.hwaccel import HWAccel
from av.container import InputContainer

from appliance.adapters.pyav.far_frame import FarFrame, FarRoom
from appliance.adapters.pyav.opening import OPTIONS
from appliance.adapters.pyav.reader import PyavReader
from appliance.adapters.pyav.sampled_frame import PyavFrame
from appliance.domain.errors import Transient

#: What the library raises when there is no device, or no engine for a codec. Source: PyAV, av/codec/hwaccel.py.
_NO_ENGINE = (av.FFmpegError, OSError, RuntimeError, NotImplementedError, ValueError)


@dataclass(slots=True, kw_only=True)
class PyavCudaReader(PyavReader):
    """Implements `ports.FrameReader`; what the engines do not decode is Transient, and another reader's work.

    room: where frames are developed that stay on the GPU; None where each is brought here.
    """

    room: FarRoom | None = None

    def remarks(self) -> tuple[str, ...]:
        """See `ports.FrameReader`; also why frames did not stay on the GPU."""
        told = PyavReader.remarks(self)
        if self.room is None:
            return told
        more, self.room.remarks = tuple(self.room.remarks), []
        return (*told, *more)

    def _opened(self, path: Path) -> AbstractContextManager[InputContainer]:
        return opened_on_cuda(path, stays=self.room is not None)

    def _shown(self, frame: PyavFrame) -> PyavFrame:
        if self.room is None:
            return frame
        return FarFrame(time=frame.time, frame=frame.frame, track=frame.track, converter=frame.converter, room=self.room)


@contextmanager
def opened_on_cuda(path: Path, *, stays: bool = False) -> Iterator[InputContainer]:
    """Open a file whose pictures come from the engines, never silently from the processor. stays: and are left on the GPU.

    Raises:
        Transient: the engines do not decode it.
    """
    try:
        accelerated = HWAccel("cuda", allow_software_fallback=False, is_hw_owned=stays)
        with av.open(f"file:{path.absolute()}", options=OPTIONS, metadata_errors="replace", hwaccel=accelerated) as container:
            yield container
    except _NO_ENGINE as error:
        raise Transient(f"CUDA does not decode it: {error}") from error
