"""One decoded frame, converted only as far as somebody asks."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter

from appliance.algorithms.orienting import stored_size_for, turn_upright
from appliance.algorithms.plane_shrinking import Plane, shrink_plane
from appliance.domain.media import VideoTrack
from appliance.domain.picture import AnyPicture
from appliance.domain.timespan import Seconds
from appliance.ports import Luma, Picture

#: Formats whose first plane is luma and nothing else, with eight bits, or with more in the low bits of two bytes.
#: Source: FFmpeg, libavutil/pixdesc.c.
_LUMA_8 = re.compile(r"yuvj?a?4[0-9]{2}p|nv(12|21|16|24)|gray")
_LUMA_16 = re.compile(r"(?:yuva?4[0-9]{2}p|gray)(9|10|12|14|16)le")
#: As video engines give deep pictures: in the high bits.
_LUMA_HIGH = re.compile(r"p[024](10|12|16)le")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PyavFrame:
    """A sampled frame that still lies in the decoder's memory. Keep few of them at a time.

    converter: shared by the frames of one reading, because preparing a conversion costs more than one frame's.
    """

    time: Seconds
    frame: VideoFrame
    track: VideoTrack
    converter: VideoReformatter

    def luma(self, long_side_px: int) -> Luma:
        """The frame in grey, upright, its longer side `long_side_px` (never enlarged)."""
        size = self._stored_size(long_side_px)
        plane, used_bits = self._luma_plane()
        grey = self._converted("gray", size) if plane is None else shrink_plane(plane, size, used_bits)
        return turn_upright(grey, self.track.orientation)

    def picture(self, long_side_px: int) -> Picture:
        """The frame in colour, upright, its longer side at most `long_side_px` (never enlarged)."""
        return turn_upright(self._converted("rgb24", self._stored_size(long_side_px)), self.track.orientation)

    def view(self, long_side_px: int) -> AnyPicture:
        """The same: it lies here."""
        return self.picture(long_side_px)

    def _stored_size(self, long_side_px: int) -> tuple[int, int]:
        """What to scale the stored frame to. Its own size counts, which may change in the middle of a track."""
        width = max(2, round(self.frame.width * self.track.pixel_aspect))
        turned = self.track.orientation.swaps_sides
        display = (self.frame.height, width) if turned else (width, self.frame.height)
        return stored_size_for(display, long_side_px, self.track.orientation)

    def _luma_plane(self) -> tuple[Plane | None, int]:
        """The plane that holds luma, and how many bits it uses; None where there is no such plane."""
        name = self.frame.format.name
        if _LUMA_8.fullmatch(name):
            return self._first_plane()[:, : self.frame.width], 8
        if match := _LUMA_16.fullmatch(name):
            return self._first_plane().view(np.uint16)[:, : self.frame.width], int(match[1])
        if _LUMA_HIGH.fullmatch(name):
            return self._first_plane().view(np.uint16)[:, : self.frame.width], 16
        return None, 8

    def _first_plane(self) -> npt.NDArray[np.uint8]:
        """uint8 (height, bytes in a row) — the decoder's own memory, rows with their padding."""
        plane = self.frame.planes[0]
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        return rows[: self.frame.height]

    def _converted(self, pixel_format: str, size: tuple[int, int]) -> npt.NDArray[np.uint8]:
        scaled = self.converter.reformat(
            self.frame, width=size[0], height=size[1], format=pixel_format, interpolation=Interpolation.AREA
        )
        return np.asarray(scaled.to_ndarray(), np.uint8)
