"""The same reader with decoding on the GPU's video engines, through FFmpeg and nothing but the driver."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import av
from av.codec.hwaccel import HWAccel
from av.container import InputContainer

from appliance.adapters.pyav.opening import OPTIONS
from appliance.adapters.pyav.reader import PyavReader
from appliance.domain.errors import Transient

#: What the library raises when there is no device, or no engine for a codec. Source: PyAV, av/codec/hwaccel.py.
_NO_ENGINE = (av.FFmpegError, OSError, RuntimeError, NotImplementedError, ValueError)


@dataclass(slots=True, kw_only=True)
class PyavCudaReader(PyavReader):
    """Implements `ports.FrameReader`; what the engines do not decode is Transient, and another reader's work."""

    def _opened(self, path: Path) -> AbstractContextManager[InputContainer]:
        return opened_on_cuda(path)


@contextmanager
def opened_on_cuda(path: Path) -> Iterator[InputContainer]:
    """Open a file whose pictures come from the engines, never silently from the processor. Raises Transient."""
    try:
        accelerated = HWAccel("cuda", allow_software_fallback=False)
        with av.open(f"file:{path.absolute()}", options=OPTIONS, metadata_errors="replace", hwaccel=accelerated) as container:
            yield container
    except _NO_ENGINE as error:
        raise Transient(f"CUDA does not decode it: {error}") from error
