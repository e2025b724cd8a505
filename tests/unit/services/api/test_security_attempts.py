from __future__ import annotations

import pytest

from appliance.services.api import security_attempts
from appliance.services.api.refusals import Refusal
from appliance.services.api.security_attempts import Attempts, network_of

from ....appliance_fakes import HandClock


def test_wrong_tries_from_one_address_have_to_wait_and_others_do_not() -> None:
    clock = HandClock()
    attempts = Attempts(clock, 3)
    for number in range(3):
        attempts.begin("10.0.0.1", f"name {number}")
        clock.time_s += 10
    with pytest.raises(Refusal) as caught:
        attempts.begin("10.0.0.1", "another")
    assert caught.value.status == 429
    assert caught.value.headers["Retry-After"] == str(300 - 30 + 1)
    attempts.begin("10.0.0.2", "another")
    clock.time_s += 271
    attempts.begin("10.0.0.1", "another")


def test_a_name_that_is_tried_from_everywhere_has_to_wait_too() -> None:
    attempts = Attempts(HandClock(), 2)
    for number in range(10):
        attempts.begin(f"10.0.0.{number}", "Anna")
    with pytest.raises(Refusal):
        attempts.begin("10.0.1.1", "anna")
    attempts.begin("10.0.1.1", "ben")


def test_a_right_one_forgets_the_wrong_ones() -> None:
    attempts = Attempts(HandClock(), 2)
    for _ in range(5):
        attempts.begin("10.0.0.1", "anna")
        attempts.passed("10.0.0.1", "anna")


def test_a_clock_that_was_set_back_shuts_nobody_out() -> None:
    clock = HandClock()
    attempts = Attempts(clock, 1)
    attempts.begin("10.0.0.1", "anna")
    clock.time_s -= 10_000
    attempts.begin("10.0.0.1", "anna")


def test_the_table_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(security_attempts, "MOST_ROWS", 4)
    attempts = Attempts(HandClock(), 1)
    for number in range(100):
        attempts.begin(f"10.0.0.{number}", f"name {number}")
    with pytest.raises(Refusal):
        attempts.begin("10.0.0.99", "new")
    attempts.begin("10.0.0.1", "new")


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.168.1.7", "192.168.1.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", "unknown"),
    ],
)
def test_a_machine_counts_once_whatever_addresses_it_has(address: str, network: str) -> None:
    assert network_of(address) == network
