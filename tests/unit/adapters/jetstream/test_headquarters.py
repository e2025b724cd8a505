from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from appliance.adapters.jetstream.headquarters import HeadquartersRule, headquarters_config
from appliance.algorithms.nkey_making import public_text, seed_text
from appliance.domain.errors import Misconfigured

KEYS = [public_text(seed_text(bytes([number]) * 32)) for number in (1, 2)]
RULE = HeadquartersRule(
    store=Path("/srv/hq/nats"),
    port=4232,
    credential="a-password-of-some-length",
    leaf_host="0.0.0.0",
    leaf_port=7422,
    tls_cert=Path("/etc/hq.crt"),
    tls_key=Path("/etc/hq.key"),
    rinks={"south": KEYS[1], "north": KEYS[0]},
)


def test_clients_are_heard_on_loopback_and_rinks_over_tls_alone() -> None:
    listening = [line.strip() for line in headquarters_config(RULE).splitlines() if "listen" in line]
    assert listening == ['listen: "127.0.0.1:4232"', 'listen: "0.0.0.0:7422"']
    assert 'tls { cert_file: "/etc/hq.crt", key_file: "/etc/hq.key", handshake_first: true' in headquarters_config(RULE)


def test_each_rink_has_a_room_of_its_own_with_one_opening() -> None:
    config = headquarters_config(RULE)
    for name, key in zip(("north", "south"), KEYS, strict=True):
        assert f'{{ service: "fleet.{name}.health", accounts: [RINK-{name}] }}' in config
        assert f'{{ service: {{ account: HEADQUARTERS, subject: "fleet.{name}.health" }} }}' in config
        assert f'nkey: {key}, allowed_connection_types: [LEAFNODE], permissions: {{ publish: "fleet.{name}.health"' in config
    assert config.count("imports") == 2
    assert config.count("jetstream: enabled") == 1


def test_without_rinks_it_is_a_headquarters_all_the_same() -> None:
    assert "RINK-" not in headquarters_config(replace(RULE, rinks={}))


@pytest.mark.parametrize(
    "change",
    [
        {"rinks": {"No": KEYS[0]}},
        {"rinks": {"north": "U" * 56 + "\n}"}},
        {"rinks": {"north": ""}},
        {"leaf_host": 'x" '},
        {"credential": "short"},
        {"tls_cert": Path('/etc/"x"')},
    ],
    ids=["name", "lines", "empty", "host", "short", "path"],
)
def test_what_could_be_taken_for_anything_else_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(Misconfigured) as caught:
        headquarters_config(replace(RULE, **change))  # type: ignore[arg-type]
    assert caught.value.remedy


def test_the_password_is_not_shown() -> None:
    assert RULE.credential not in repr(RULE)
