from __future__ import annotations

from appliance.domain.backend import CUDA, Backend


def test_a_backend_says_in_one_line_what_runs_where_and_why() -> None:
    backend = Backend(name="onnx", models=("rtmdet-nano", "blazepose-landmarks"), provider=CUDA, why="there is a GPU")
    assert backend.label == "onnx with rtmdet-nano and blazepose-landmarks on the GPU: there is a GPU"
