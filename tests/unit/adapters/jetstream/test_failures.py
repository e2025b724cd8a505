"""NATS's failures in this product's words."""

from __future__ import annotations

import pytest
from nats.errors import ConnectionClosedError, Error, MaxPayloadError, NoRespondersError
from nats.errors import TimeoutError as NatsTimeoutError
from nats.js.errors import APIError, NotFoundError, ServiceUnavailableError

from appliance.adapters.jetstream.failures import lost, reason_of, translated
from appliance.domain.errors import Transient, Unusable


@pytest.mark.parametrize(
    "error",
    [
        *(NatsTimeoutError(), NoRespondersError(), ConnectionClosedError(), ConnectionResetError(104, "reset"), TimeoutError()),
        *(NotFoundError(code=404, err_code=10059, description="stream not found"), ServiceUnavailableError(), APIError()),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_may_go_away_by_itself_may_be_tried_again(error: Exception) -> None:
    with pytest.raises(Transient, match=r"^telling: .") as caught, translated("telling"):
        raise error
    assert caught.value.remedy
    assert caught.value.__cause__ is error


def test_a_message_that_is_too_long_will_never_pass() -> None:
    with pytest.raises(Unusable, match="longer than the bus takes"), translated("telling"):
        raise MaxPayloadError


def test_mistakes_of_our_own_are_not_hidden() -> None:
    with pytest.raises(KeyError), translated("telling"):
        raise KeyError("x")


def test_a_reason_is_one_short_line_and_never_empty() -> None:
    assert reason_of(Error("nats: stale")) == "stale"
    assert reason_of(ValueError()) == "ValueError"
    assert len(reason_of(ValueError("x" * 1000))) == 300
    assert isinstance(lost("asking"), Transient)
