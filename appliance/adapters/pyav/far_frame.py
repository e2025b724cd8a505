"""One frame that stays on the GPU: its luma comes here in small, and a model looks at the rest where it lies."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame

from appliance.adapters.pyav.sampled_frame import PyavFrame
from appliance.algorithms.orienting import turn_upright
from appliance.domain.picture import AnyPicture
from appliance.ports import Luma

if TYPE_CHECKING:
    from appliance.adapters.onnx.darkroom import Darkroom, Planes

#: What video engines give: eight bits, or ten and twelve in the upper bits of sixteen.
_SHALLOW, _DEEP = frozenset({"nv12"}), frozenset({"p010le", "p012le", "p016le"})
#: Source: FFmpeg, libavutil/pixfmt.h, AVColorSpace and AVColorRange. What is not told is taken as swscale takes it.
_MATRICES = {1: "bt709", 5: "bt601", 6: "bt601", 9: "bt2020", 10: "bt2020"}
_FULL = 2
#: Of 255 on average: how far luma and colours made on the GPU may be from what the processor makes. swscale rounds colours down,
#: by two levels (measured).
LUMA_LEVELS, COLOUR_LEVELS = 1.5, 5.0


@dataclass(slots=True, kw_only=True)
class FarRoom:
    """The darkroom that a reader's frames share, as long as it works. proved: what of it looked as the processor makes it.
    remarks: why it does not work."""

    darkroom: Darkroom
    works: bool = True
    proved: set[str] = field(default_factory=set)
    remarks: list[str] = field(default_factory=list)

    def prove(self, what: str, apart: float, levels: float) -> bool:
        """Whether what was made is near enough to what the processor made."""
        if apart > levels:
            self.close(f"its {what} is {apart:.1f} levels away from the processor's")
            return False
        self.proved.add(what)
        return True

    def close(self, why: str) -> None:
        """From now on frames are brought here."""
        self.works = False
        self.remarks.append(f"frames did not stay on the GPU: {why}")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class FarFrame(PyavFrame):
    """Implements `ports.SampledFrame`. Where the GPU does not do it, the frame is brought here, and that is said once."""

    room: FarRoom

    def luma(self, long_side_px: int) -> Luma:
        """The frame in grey, upright, its longer side `long_side_px` (never enlarged)."""
        if not self.room.works:
            return self.brought_here().luma(long_side_px)
        try:
            made = self.room.darkroom.luma(planes_of(self.frame), self._stored_size(long_side_px))
        except Exception as failure:  # noqa: BLE001 - whatever a GPU's libraries raise, the frame is there and can be brought here
            self.room.close(str(failure)[:200])
            return self.brought_here().luma(long_side_px)
        luma = turn_upright(made, self.track.orientation)
        if "luma" in self.room.proved:
            return luma
        wanted = self.brought_here().luma(long_side_px)
        return luma if self.room.prove("luma", _apart(luma, wanted), LUMA_LEVELS) else wanted

    def view(self, long_side_px: int) -> AnyPicture:
        """The frame in colour, upright, where it lies."""
        if not self.room.works:
            return self.brought_here().picture(long_side_px)
        try:
            size = self._stored_size(long_side_px)
            made = self.room.darkroom.picture(planes_of(self.frame), size, self.track.orientation)
        except Exception as failure:  # noqa: BLE001 - as above
            self.room.close(str(failure)[:200])
            return self.brought_here().picture(long_side_px)
        if "picture" in self.room.proved:
            return made
        wanted = self.brought_here().picture(long_side_px)
        return made if self.room.prove("picture", _apart(made.near(), wanted), COLOUR_LEVELS) else wanted

    def brought_here(self) -> PyavFrame:
        """The same frame in this machine's memory."""
        kind = self.frame.sw_format
        here = self.frame if kind is None else self.converter.reformat(self.frame, format=kind.name)
        return PyavFrame(time=self.time, frame=here, track=self.track, converter=self.converter)


def _apart(made: npt.NDArray[np.uint8], wanted: npt.NDArray[np.uint8]) -> float:
    return float(np.abs(made.astype(int) - wanted).mean()) if made.shape == wanted.shape else float("inf")


def planes_of(frame: VideoFrame) -> Planes:
    """Where a frame's planes lie. Raises ValueError for formats that no video engine gives."""
    from appliance.adapters.onnx.darkroom import Planes

    kind = (frame.sw_format or frame.format).name
    if kind not in _SHALLOW | _DEEP:
        raise ValueError(f"frames are {kind}")
    deep = kind in _DEEP
    luma, chroma = frame.planes[0], frame.planes[1]
    sample_bytes = 2 if deep else 1
    return Planes(
        size_px=(frame.width, frame.height),
        luma=luma.buffer_ptr,
        chroma=chroma.buffer_ptr,
        rows_px=(luma.line_size // sample_bytes, chroma.line_size // sample_bytes // 2),
        deep=deep,
        matrix=_MATRICES.get(int(frame.colorspace), "bt601"),
        full=int(frame.color_range) == _FULL,
    )
