from __future__ import annotations

import pytest
from pydantic import BaseModel

from appliance.services.api import schemas_extras
from appliance.services.api.schemas_extras import MakingBody, RestBody

BODIES = [
    each
    for each in vars(schemas_extras).values()
    if isinstance(each, type) and issubclass(each, BaseModel) and each.__module__ == schemas_extras.__name__
]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body.__name__)
def test_every_body_says_what_it_is(body: type[BaseModel]) -> None:
    assert body.__doc__
    assert body.__doc__ != BaseModel.__doc__


def test_what_is_on_its_way_says_so() -> None:
    assert MakingBody().model_dump() == {"making": True}


def test_a_reel_that_left_nothing_out_has_no_film() -> None:
    body = RestBody(item_id="i", url=None, speed=0.0, rest_s=0.0, film_s=0.0, pieces=[])
    assert body.model_dump()["url"] is None
