from __future__ import annotations

from .front_door import Box


def test_the_house_is_built_from_its_parts(box: Box) -> None:
    house = box.house
    assert house.room.folder == box.data.uploads
    assert house.sessions.lasts_s == house.parts.rule.session_for_s
    assert house.parts.book is box.book
