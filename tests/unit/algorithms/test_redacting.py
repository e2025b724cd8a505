from __future__ import annotations

import pytest

from appliance.algorithms.redacting import HIDDEN, redact


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("key rk_a1b2c3.XYZ_-9 used", f"key {HIDDEN} used"),
        ("Authorization: Bearer abc.def-ghi", f"Authorization: Bearer {HIDDEN}"),
        ("Cookie: rinkreel_session=eyJh.abc; other=1", f"Cookie: rinkreel_session={HIDDEN}; other=1"),
        ("GET /s/AbCdEfGhIjKlMnOpQrSt/reel.mp4", f"GET /s/{HIDDEN}/reel.mp4"),
        ("nats://user:pass@10.0.0.1:4222", f"nats://{HIDDEN}10.0.0.1:4222"),
        ('{"password": "correct horse battery"}', f'{{"password": {HIDDEN}}}'),
        ("csrf_token=0a1b2c, next", f"csrf_token={HIDDEN}, next"),
        ("secret $scrypt$ln=15,r=8$abc$def end", f"secret {HIDDEN} end"),
    ],
)
def test_what_looks_like_a_secret_is_hidden(text: str, left: str) -> None:
    assert redact(text) == left


@pytest.mark.parametrize(
    "text",
    ["reels/item-1/001/highlight_A.mp4 made in 3.2 s", '{"order": "item-1.1.analyse.00003"}', "the bus's credential is missing"],
)
def test_ordinary_words_stay(text: str) -> None:
    assert redact(text) == text


def test_known_secrets_are_hidden_wherever_they_stand_but_not_when_they_are_nothing() -> None:
    assert redact("x hunter22-long y hunter22", ["hunter22", "hunter22-long", "", "x"]) == f"x {HIDDEN} y {HIDDEN}"
