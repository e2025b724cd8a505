"""Twin of adapters/dali/pipeline.py: DALI itself, on its CPU backend."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from appliance.adapters.model_shelf import ModelShelf
from appliance.adapters.onnx.session import OrtSession
from appliance.domain.compute import Rung
from appliance.domain.errors import Transient

from ....conftest import skip_or_fail
from ....media_files import CORNERS, Clip, corners_of, write_clip

pytestmark = pytest.mark.usefixtures("dali")


@pytest.fixture(scope="module")
def dali() -> None:
    from appliance.adapters.dali.presence import is_installed

    if not is_installed():
        skip_or_fail("dali", "none of its packages is installed")


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "a.mov", Clip(seconds=1, rate_hz=30, codec="mjpeg", pixel_format="yuvj420p", options={}))


def decode(path: Path, seconds: list[float]) -> list[tuple[int, npt.NDArray[np.uint8]]]:
    from appliance.adapters.dali.pipeline import Decoding, decode_piece

    decoding = Decoding(graphics=False, size_px=(48, 32))
    return [(number, picture.copy()) for number, picture in decode_piece(path, seconds, decoding)]


def test_every_picture_comes_to_the_last_one_scaled(clip: Path) -> None:
    pictures = decode(clip, [number / 30 for number in range(30)])
    assert [number for number, _ in pictures] == list(range(30))
    assert {picture.shape for _, picture in pictures} == {(32, 48, 3)}
    assert corners_of(pictures[-1][1]) == (0, 1, 2, 3)
    assert len(CORNERS) == 4


def test_a_picture_too_few_or_too_many_is_noticed(clip: Path) -> None:
    with pytest.raises(Transient, match="DALI gave 30 of 31 pictures"):
        decode(clip, [number / 30 for number in range(31)])
    with pytest.raises(Transient, match="DALI gave picture 29 where 29 of 29 was due"):
        decode(clip, [number / 30 for number in range(29)])


def test_a_picture_at_another_time_is_noticed(clip: Path) -> None:
    with pytest.raises(Transient, match=r"DALI shows picture 10 at 0\.333 s, its file at 0\.400 s"):
        decode(clip, [number / 30 if number != 10 else 0.4 for number in range(30)])


def test_what_dali_cannot_decode_here_is_said(tmp_path: Path) -> None:
    with pytest.raises(Transient, match="DALI does not open it"):
        decode(write_clip(tmp_path / "a.mp4", Clip(seconds=1)), [0.0])


def test_pictures_may_go_from_dalis_memory_into_a_network_without_a_copy(clip: Path, pose_weights: ModelShelf) -> None:
    from nvidia.dali import fn, pipeline_def, types  # type: ignore[import-untyped,import-not-found,unused-ignore]

    @pipeline_def(batch_size=1, num_threads=1, device_id=None)  # type: ignore[untyped-decorator,unused-ignore]
    def four(path: str) -> Any:
        pictures = fn.experimental.readers.video(device="cpu", filenames=[path], sequence_length=4)
        return fn.cast(fn.resize(pictures, resize_x=256, resize_y=256), dtype=types.FLOAT) / 255.0

    pipeline = four(str(clip))
    pipeline.build()
    (batch,) = pipeline.run()
    tensor = batch[0]
    session = OrtSession(pose_weights.path_of("blazepose-landmarks"), rungs=[Rung(bound=True, largest=4)])
    shared, copied = session.run_shared(tensor), session.run(np.array(tensor))
    np.testing.assert_array_equal(shared["landmarks"], copied["landmarks"])
    assert shared["landmarks"].shape == (4, 195)
