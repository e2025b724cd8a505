"""A reader whose frames stay where they are, as a GPU's do: in this machine's memory, in the layout that video engines give."""

from __future__ import annotations

from dataclasses import dataclass, field

from appliance.adapters.onnx.darkroom import Darkroom
from appliance.adapters.pyav.far_frame import FarFrame, FarRoom
from appliance.adapters.pyav.reader import PyavReader
from appliance.adapters.pyav.sampled_frame import PyavFrame


def _room() -> FarRoom:
    return FarRoom(darkroom=Darkroom(device="cpu", settle=lambda: None))


@dataclass(slots=True, kw_only=True)
class StayingReader(PyavReader):
    """Decodes on the processor; everything after that is the GPU's way."""

    room: FarRoom = field(default_factory=_room)

    def _shown(self, frame: PyavFrame) -> PyavFrame:
        planes = frame.converter.reformat(frame.frame, format="nv12")
        planes.colorspace, planes.color_range = frame.frame.colorspace, frame.frame.color_range
        return FarFrame(time=frame.time, frame=planes, track=frame.track, converter=frame.converter, room=self.room)
