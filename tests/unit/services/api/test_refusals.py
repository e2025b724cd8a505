from __future__ import annotations

import pytest

from appliance.domain.errors import DiskFull, Misconfigured, RinkreelError, Transient, Unusable
from appliance.services.api.refusals import not_found, refusal_from_error


@pytest.mark.parametrize(
    ("kind", "status"), [(DiskFull, 507), (Transient, 503), (Unusable, 415), (Misconfigured, 409), (RinkreelError, 400)]
)
def test_every_error_of_this_product_is_an_answer_with_a_remedy(kind: type[RinkreelError], status: int) -> None:
    refusal = refusal_from_error(kind("why", remedy="what to do"))
    assert (refusal.status, refusal.why, refusal.remedy) == (status, "why", "what to do")
    assert ("Retry-After" in refusal.headers) is (kind is Transient)


def test_what_is_not_there_says_what() -> None:
    assert not_found("reel").why == "There is no such reel."
