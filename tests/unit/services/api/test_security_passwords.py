from __future__ import annotations

import asyncio

import pytest

from appliance.services.api import security_passwords
from appliance.services.api.refusals import Refusal
from appliance.services.api.security_passwords import PasswordHasher, hash_now, matches_now


def test_a_password_is_kept_salted_and_at_its_full_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(security_passwords, "LOG_N", 15)
    first, second = hash_now("correct horse"), hash_now("correct horse")
    assert first != second
    assert first.startswith("scrypt$15$8$1$")
    assert "correct" not in first
    assert matches_now("correct horse", first)
    assert not matches_now("correct horsf", first)


@pytest.mark.parametrize("kept", ["", "plain", "scrypt$x$8$1$a$b", "md5$4$8$1$YQ==$YQ==", "scrypt$30$8$1$YQ==$YQ==", "$" * 5])
def test_what_cannot_be_read_matches_nothing(kept: str) -> None:
    assert not matches_now("anything", kept)


def test_the_same_letters_typed_on_another_device_match() -> None:
    assert matches_now("gru\u0308n und blau", hash_now("gr\u00fcn und blau"))
    assert not matches_now("\ud800 lonely", hash_now("something"))


@pytest.mark.parametrize(("password", "found"), [("short", "5"), ("x" * 257, "257")])
def test_a_password_out_of_range_is_refused_with_its_length(password: str, found: str) -> None:
    async def hash_it() -> str:
        return await PasswordHasher().hash(password)

    with pytest.raises(Refusal, match=f"8 to 256 characters; this one has {found}") as caught:
        asyncio.run(hash_it())
    assert caught.value.remedy


def test_nobody_matches_and_a_novel_is_not_hashed() -> None:
    async def ask() -> list[bool]:
        hasher = PasswordHasher()
        kept = await hasher.hash("correct horse")
        return [
            await hasher.matches("correct horse", kept),
            await hasher.matches("correct horse", None),
            await hasher.matches("x" * 1000, kept),
        ]

    assert asyncio.run(ask()) == [True, False, False]


def test_a_crowd_is_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(security_passwords, "WAITING", 2)

    async def crowd() -> list[object]:
        hasher = PasswordHasher()
        return await asyncio.gather(*(hasher.hash("correct horse") for _ in range(5)), return_exceptions=True)

    refused = [each for each in asyncio.run(crowd()) if isinstance(each, Refusal)]
    assert [each.status for each in refused] == [503] * 3
