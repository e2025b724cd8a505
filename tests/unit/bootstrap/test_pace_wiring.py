"""Twin of bootstrap/pace_wiring.py: measured on this machine, whatever it is."""

from __future__ import annotations

import re

from appliance.adapters.model_shelf import ModelShelf
from appliance.algorithms.backend_choosing import CONVERTED
from appliance.bootstrap.pace_wiring import measure_paces
from appliance.domain.backend import Backend
from appliance.domain.health import State
from appliance.settings import load_settings

BLAZEPOSE = Backend(name="onnx", models=CONVERTED)


def test_the_machine_decodes_and_looks_so_many_times_a_second(pose_weights: ModelShelf) -> None:
    models = {name: pose_weights.path_of(name) for name in CONVERTED}
    settings = load_settings(environment={"RINKREEL_GPU_USE": "never"})
    decoding, looking = measure_paces(settings, BLAZEPOSE, models)
    for finding, what in ((decoding, "frames of 1080 lines"), (looking, "pictures")):
        found = re.match(rf"(\d+) {what} a second by one worker", finding.found)
        assert found is not None, finding
        assert int(found[1]) > 0
        assert finding.state is State.OK


def test_models_are_not_fetched_to_be_measured() -> None:
    _, looking = measure_paces(load_settings(environment={}), BLAZEPOSE, None)
    assert looking.found == "not measured: its models are fetched at first use"
