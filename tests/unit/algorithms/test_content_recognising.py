from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.algorithms.content_recognising import explain_unreadable

FTYP = b"\x00\x00\x00\x18ftypisom"


@pytest.mark.parametrize(
    ("head", "boxes", "words"),
    [
        (b"\x00" * 64, [], "only zeros"),
        (b"\x89PNG\r\n", [], "a picture"),
        (b"#EXTM3U\nfile:///etc/passwd", [], "a playlist"),
        (b"PK\x03\x04", [], "an archive"),
        (b"Skating times, Tuesday: caf\xc3\xa9", [], "a text"),
        (b"\x93\xfe\x01\x02\x00\x88", [], "is not a video"),
        (FTYP, ["ftyp", "mdat"], "was not closed by the camera"),
        (FTYP, ["ftyp"], "was not closed by the camera"),
        (FTYP, ["ftyp", "moov", "mdat"], "its index cannot be read"),
        (FTYP, ["styp", "moof", "mdat"], "one piece of a stream"),
    ],
)
def test_what_a_file_really_is_is_said(head: bytes, boxes: list[str], words: str) -> None:
    why, remedy = explain_unreadable(head, 1000, boxes)
    assert words in why
    assert remedy.endswith(".")


def test_an_empty_file_is_called_empty() -> None:
    assert explain_unreadable(b"", 0, [])[0] == "is empty"


@given(st.binary(max_size=64), st.lists(st.sampled_from(["ftyp", "moov", "mdat", "moof", "xxxx"]), max_size=4))
def test_there_is_always_an_answer_and_a_remedy(head: bytes, boxes: list[str]) -> None:
    why, remedy = explain_unreadable(head, len(head), boxes)
    assert why
    assert remedy
