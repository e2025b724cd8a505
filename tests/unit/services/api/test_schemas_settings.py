from __future__ import annotations

import pytest
from pydantic import ValidationError

from appliance.services.api.schemas_settings import ChosenBody, SettingsAsked


def test_what_may_be_asked_for_is_what_is_told() -> None:
    assert set(SettingsAsked.model_fields) == set(ChosenBody.model_fields)


@pytest.mark.parametrize("name", ["", "a\nb", "x" * 65])
def test_a_box_has_a_name_that_fits_a_line(name: str) -> None:
    with pytest.raises(ValidationError):
        SettingsAsked(server_name=name)
