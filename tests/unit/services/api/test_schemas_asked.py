from __future__ import annotations

import pytest
from pydantic import ValidationError

from appliance.services.api.schemas_asked import AccountAsked, RecutAsked, ShareAsked, SignInAsked


def test_unknown_names_are_refused() -> None:
    with pytest.raises(ValidationError, match="treshold"):
        RecutAsked.model_validate({"treshold": 0.1})


@pytest.mark.parametrize("name", ["", "a b", "../x", "ü", "x" * 65, "a/b"])
def test_account_names_are_plain(name: str) -> None:
    with pytest.raises(ValidationError):
        AccountAsked.model_validate({"name": name, "role": "viewer"})


def test_numbers_that_are_none_are_refused() -> None:
    for value in (float("nan"), float("inf"), -1):
        with pytest.raises(ValidationError):
            ShareAsked.model_validate({"hours": value})


def test_lonely_halves_of_letters_are_refused() -> None:
    with pytest.raises(ValidationError):
        SignInAsked.model_validate({"name": "\ud800", "password": "x"})
