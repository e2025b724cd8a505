from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from appliance.algorithms.file_naming import reel_name, safe_name


@given(st.text(max_size=300))
def test_every_name_becomes_one_that_file_systems_accept(name: str) -> None:
    safe = safe_name(name)
    assert safe
    assert "/" not in safe
    assert not safe.startswith(".")
    assert len(safe.encode()) <= 200


def test_a_reel_is_named_after_its_recording() -> None:
    assert reel_name("GX010123") == "highlight_GX010123.mp4"
    assert "/" not in reel_name("../a/b")
