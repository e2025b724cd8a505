from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from appliance.adapters.jetstream.outpost import OutpostRule, outpost_config
from appliance.algorithms.nkey_making import seed_text
from appliance.domain.errors import Misconfigured

SEED = seed_text(bytes(32))
RULE = OutpostRule(store=Path("/srv/outpost"), port=4223, rink="north", headquarters="tls://hq.example.com:7422", seed=SEED)


def test_the_outpost_dials_out_and_listens_on_loopback_alone() -> None:
    config = outpost_config(RULE)
    assert [line for line in config.splitlines() if "listen" in line] == ['listen: "127.0.0.1:4223"']
    assert '    url: "tls://hq.example.com:7422"\n' in config
    assert "  domain: north\n" in config
    assert "http" not in config


def test_what_waits_for_headquarters_is_bounded_and_on_the_disk() -> None:
    config = outpost_config(RULE)
    assert "max_file_store: 33554432" in config
    assert "sync_interval: always" in config


def test_the_key_is_not_shown() -> None:
    assert SEED not in repr(RULE)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nats://hq:7422",
        "http://hq",
        "tls://",
        "tls://u:p@hq",
        "tls://hq:7422/x",
        'tls://hq"\ninclude "/etc/passwd',
        "tls://hq\n",
    ],
)
def test_nothing_but_tls_is_dialled(address: str) -> None:
    with pytest.raises(Misconfigured, match="no address of a headquarters"):
        outpost_config(replace(RULE, headquarters=address))


@pytest.mark.parametrize("address", ["tls://hq", "tls://10.0.0.1:7422", "tls://[fd00::1]:7422"])
def test_hosts_and_addresses_may_be_written_in_every_way(address: str) -> None:
    assert address in outpost_config(replace(RULE, headquarters=address))


@pytest.mark.parametrize("seed", ["", "x", SEED[:-1], SEED + "\n}"])
def test_a_key_that_is_none_is_refused_before_the_server_is(seed: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        outpost_config(replace(RULE, seed=seed))
    assert "rinkreel headquarters add" in caught.value.remedy
    assert SEED not in caught.value.why


def test_a_rink_without_a_name_is_refused() -> None:
    with pytest.raises(Misconfigured, match="no name for a rink"):
        outpost_config(replace(RULE, rink=""))


def test_a_certificate_that_is_none_is_refused_before_the_server_is(tmp_path: Path) -> None:
    (tmp_path / "ca.crt").write_text("nothing")
    for path in (tmp_path / "ca.crt", tmp_path / "none.crt"):
        with pytest.raises(Misconfigured, match="no certificate"):
            outpost_config(replace(RULE, ca=path))
