"""An ffmpeg beside an imagined NVIDIA GPU: what is asked of the GPU the real ffmpeg does on the processor.

It is as strict as FFmpeg about where pictures are. They are on the GPU only after `-hwaccel_output_format cuda`; a filter of the
processor's refuses them there, one of CUDA's refuses them elsewhere. Source: FFmpeg, libavfilter/avfiltergraph.c, query_formats.
"""

from __future__ import annotations

import sys
from pathlib import Path

from appliance.adapters.ffmpeg.binary import FfmpegBinary, find_ffmpeg

_BODY = '''
import os, re, sys

REFUSED = "Impossible to convert between the formats supported by the filter"
ANYWHERE = ("null", "settb", "setpts", "fps", "tpad", "sidedata", "setsar", "setparams", "trim")
TONED = (
    "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0,"
    "zscale=t=bt709:m=bt709:p=bt709:r=tv,format=yuv420p"
)


def refuse(why):
    print(f"[fc#0 @ 0x55] {why}", file=sys.stderr)
    sys.exit(218)


def on_processor(step, there):
    """The step as the processor does it. there: whether its pictures lie on the GPU."""
    name, _, how = step.partition("]")[2].partition("=") if step.startswith("[") else step.partition("=")
    label = step[: step.index("]") + 1] if step.startswith("[") else ""
    if name.endswith("_cuda"):
        if not there:
            refuse(REFUSED)
        plain = name.removesuffix("_cuda")
        if plain == "scale":
            how, _, pixels = how.partition(":interp_algo=bicubic:format=")
            return f"{label}scale={how},format={pixels}"
        if plain == "transpose":
            how = how.removeprefix("dir=")
            return label + {"reversal": "hflip,vflip", "hflip": "hflip"}.get(how, f"transpose={how}")
        return f"{label}{plain}={how}"
    if name == "libplacebo":
        if there:
            refuse(REFUSED)
        sides = re.match(r"w=(\\d+):h=(\\d+):", how)
        return f"scale={sides[1]}:{sides[2]},{TONED}"
    if there and name not in ANYWHERE:
        refuse(REFUSED)
    return step


arguments = sys.argv[1:]
with open(CALLS, "a") as calls:
    print(" ".join(arguments), file=calls)
if REFUSES and any(REFUSES in word for word in arguments):
    refuse(WHY)
there = "-hwaccel_output_format" in arguments
if there:
    begin = arguments.index("-hwaccel")
    assert arguments[begin : begin + 4] == ["-hwaccel", "cuda", "-hwaccel_output_format", "cuda"], arguments
    assert arguments[begin + 4] == "-extra_hw_frames", arguments
    assert begin < arguments.index("-i")
    del arguments[begin : begin + 6]
if "h264_nvenc" in arguments:
    place = arguments.index("-filter_complex") + 1
    pictures, _, sound = arguments[place].partition("[v];")
    arguments[place] = ",".join(on_processor(step, there) for step in pictures.split(",")) + "[v];" + sound
    begin = arguments.index("h264_nvenc")
    end = next(i for i in range(begin, len(arguments)) if arguments[i] in ("-maxrate", "-threads"))
    arguments[begin:end] = ["libx264", "-preset", "ultrafast", "-crf", "12"]
os.execv(REAL, [REAL, *arguments])
'''


def graphics_ffmpeg(folder: Path, *, refuses: str = "", why: str = "") -> FfmpegBinary:
    """The program; it writes its calls into `folder`/calls. refuses: what it ends with `why` at."""
    script = folder / "graphics-ffmpeg"
    names = {"REAL": str(find_ffmpeg().path), "CALLS": str(folder / "calls"), "REFUSES": refuses, "WHY": why}
    given = "\n".join(f"{name} = {value!r}" for name, value in names.items())
    script.write_text(f"#!{sys.executable}\n{given}\n{_BODY}")
    script.chmod(0o755)
    return FfmpegBinary(path=script, version="9.0", origin="a test")
