from __future__ import annotations

from fractions import Fraction

from appliance.domain.edit import EditEvent, EditFile, EditList


def test_a_list_is_as_long_as_its_events() -> None:
    events = tuple(EditEvent(file=0, source=10 * n, record=5 * n, frames=5, title="") for n in range(3))
    files = (EditFile(name="A.MP4", frames=100),)
    assert EditList(name="a", rate_hz=Fraction(25), width_px=16, height_px=9, files=files, events=events).frames == 15
