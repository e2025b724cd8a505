"""Twin of adapters/pyav/cuda_reader.py; on a machine with a GPU tests/gpu goes on from here."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from appliance.adapters.pyav.cuda_reader import PyavCudaReader
from appliance.adapters.pyav.prober import PyavProber
from appliance.adapters.system.graphics import nvidia_graphics
from appliance.domain.errors import Transient

from ....media_files import Clip, write_clip


def test_without_a_gpu_it_refuses_instead_of_decoding_on_the_processor(tmp_path: Path) -> None:
    if nvidia_graphics()[0]:
        pytest.skip("gpu: there is one here, see tests/gpu")
    file = PyavProber().probe(write_clip(tmp_path / "a.mp4", Clip(seconds=0.5)))
    with pytest.raises(Transient, match="CUDA does not decode it"):
        next(PyavCudaReader().frames(file, file.span, Fraction(8)))
