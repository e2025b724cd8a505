from __future__ import annotations

from typing import get_args

from appliance.domain.job import ItemState
from appliance.services.api.schemas import ErrorBody, ItemStatus, JobStatus


def test_the_wire_knows_every_state_of_an_item() -> None:
    assert set(get_args(ItemStatus)) == {state.value for state in ItemState}
    assert set(get_args(ItemStatus)) < set(get_args(JobStatus))


def test_an_error_says_what_happened_and_perhaps_what_to_do() -> None:
    assert ErrorBody(error="It broke.").model_dump() == {"error": "It broke.", "remedy": ""}
