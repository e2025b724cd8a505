"""The same filter graphs where the GPU does them: pictures stay there from the video engine to the encoder, or visit it once.

Two ways, each only where the ffmpeg at hand lists every filter that it takes:

- CUDA: decoded, scaled, turned and framed on the GPU. For footage in ordinary colours that keeps its own palette: no filter there
  brings one matrix to another.
- Vulkan: HDR is sized and tone-mapped by libplacebo, whose pictures come from the processor and go back there.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from appliance.adapters.ffmpeg.cutting import Part, ReelLook
from appliance.adapters.ffmpeg.graph import TRANSFER_NAMES, fitted_size, framing, time_steps, turning
from appliance.domain.media import Orientation, Transfer, VideoTrack

#: All that either way may take.
DEVICE_FILTERS = frozenset({"scale_cuda", "pad_cuda", "transpose_cuda", "bwdif_cuda", "libplacebo"})
#: Pictures that filters hold back while the engine decodes on: the rate's two, and the clone at the end.
#: Source: FFmpeg, vf_fps.c, vf_tpad.c; ffmpeg manual, "extra_hw_frames".
_ON_CUDA = ("-hwaccel", "cuda", "-hwaccel_output_format", "cuda", "-extra_hw_frames", "8")
_TURNS = {0: "", 90: "clock", 180: "reversal", 270: "cclock"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceChain:
    """Pictures of one part, with a GPU's help.

    decode: arguments before the input. pictures: the chain, from the input on. stays: whether its pictures lie on the GPU at its
    end, where the encoder takes them.
    """

    decode: tuple[str, ...]
    pictures: str
    stays: bool


def device_chain(part: Part, look: ReelLook, filters: Collection[str]) -> DeviceChain | None:
    """The chain for a part with these filters; None where the processor has to do it."""
    video = part.file.video
    on_cuda = video.transfer is Transfer.SDR
    if on_cuda and look.one_palette:
        return None
    times = time_steps(video, part.start, look, "bwdif_cuda" if on_cuda else "bwdif")
    steps = [*times, *(_on_cuda(video, look) if on_cuda else _on_vulkan(video, look))]
    if any(name in step for step in steps for name in DEVICE_FILTERS - set(filters)):
        return None
    return DeviceChain(decode=_ON_CUDA if on_cuda else (), pictures=",".join(filter(None, steps)), stays=on_cuda)


def _on_cuda(video: VideoTrack, look: ReelLook) -> list[str]:
    size = fitted_size(video, look)
    width, height = _stored(size, video.orientation)
    return [
        "sidedata=mode=delete:type=DISPLAYMATRIX",
        # Eight bits, whatever the engine gives: H.264 is played nowhere with ten.
        f"scale_cuda=w={width}:h={height}:interp_algo=bicubic:format=yuv420p",
        *(f"transpose_cuda=dir={way}" for way in _ways(video.orientation)),
        framing(size, look).replace("pad=", "pad_cuda="),
        "setsar=1",
    ]


def _on_vulkan(video: VideoTrack, look: ReelLook) -> list[str]:
    """Hable's curve without looking for each scene's peak, as the processor's graph has it."""
    size = fitted_size(video, look)
    width, height = _stored(size, video.orientation)
    colours = "colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv"
    return [
        "sidedata=mode=delete:type=DISPLAYMATRIX",
        f"setparams=color_trc={TRANSFER_NAMES[video.transfer]}:color_primaries=bt2020:colorspace=bt2020nc",
        f"libplacebo=w={width}:h={height}:tonemapping=hable:peak_detect=0:{colours}:format=yuv420p",
        turning(video.orientation),
        framing(size, look),
        "setsar=1",
    ]


def _ways(orientation: Orientation) -> list[str]:
    return [way for way in (_TURNS[orientation.turn_deg], "hflip" if orientation.mirrored else "") if way]


def _stored(size: tuple[int, int], orientation: Orientation) -> tuple[int, int]:
    return (size[1], size[0]) if orientation.swaps_sides else size
