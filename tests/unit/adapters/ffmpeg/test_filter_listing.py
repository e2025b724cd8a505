"""Twin of adapters/ffmpeg/filter_listing.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.adapters.ffmpeg.binary import FfmpegBinary, find_ffmpeg
from appliance.adapters.ffmpeg.filter_listing import list_filters

NOW = """Filters:
  T. = Timeline support
  .S = Slice threading
  A = Audio input/output
  | = Source or sink filter
 TS aap               AA->A      Apply Affine Projection algorithm to first audio stream.
 .. libplacebo        N->V       Apply various GPU filters from libplacebo
 .. scale_cuda        V->V       GPU accelerated video resizer
 .. color_vulkan      |->V       Generate a constant color (Vulkan)
"""
#: Releases before 8.0 have a third flag.
BEFORE = """Filters:
  T.. = Timeline support
  .S. = Slice threading
  ..C = Command support
 ..C scale_cuda        V->V       GPU accelerated video resizer
 T.C overlay_cuda      VV->V      Overlay one video on top of another using CUDA
"""


def saying(folder: Path, text: str) -> FfmpegBinary:
    script = folder / "ffmpeg"
    script.write_text(f"#!/bin/sh\ncat <<'END'\n{text}END\n")
    script.chmod(0o755)
    return FfmpegBinary(path=script, version="9.0", origin="a test")


def test_the_real_one_lists_what_every_reel_needs() -> None:
    assert {"scale", "fps", "setpts", "tpad", "transpose", "pad", "aresample"} <= list_filters(find_ffmpeg())


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (NOW, {"aap", "libplacebo", "scale_cuda", "color_vulkan"}),
        (BEFORE, {"scale_cuda", "overlay_cuda"}),
        ("no idea\n", set()),
    ],
)
def test_names_are_read_and_nothing_else(tmp_path: Path, text: str, wanted: set[str]) -> None:
    assert list_filters(saying(tmp_path, text)) == wanted


def test_one_that_does_not_run_lists_nothing(tmp_path: Path) -> None:
    assert list_filters(FfmpegBinary(path=tmp_path / "absent", version="9.0", origin="a test")) == frozenset()
