"""The server's program is found, and its configuration opens no door."""

from __future__ import annotations

import json
import sys
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.adapters.jetstream.server import ServerRule, find_nats_server, new_credential, server_config
from appliance.domain.errors import Misconfigured
from tests.nats_place import running_nats

RULE = ServerRule(store=Path("/srv/rinkreel/nats"))
TOKEN = "a-token-of-some-length"


def test_the_program_is_the_one_beside_this_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    (tmp_path / "nats-server").touch()
    assert find_nats_server() == tmp_path / "nats-server"


def test_the_program_may_be_on_the_path_and_is_missed_with_a_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "venv" / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Misconfigured, match="nats-server") as caught:
        find_nats_server()
    assert caught.value.remedy
    (tmp_path / "nats-server").touch(mode=0o755)
    assert find_nats_server() == tmp_path / "nats-server"


def test_every_message_is_on_the_disk_before_its_sender_hears_so() -> None:
    config = server_config(RULE)
    assert "  sync_interval: always\n" in config
    assert '  store_dir: "/srv/rinkreel/nats"\n' in config
    assert "max_payload: 8MB" in config
    assert "authorization" not in config
    assert "tls" not in config


@pytest.mark.parametrize("host", ["127.0.0.1", "127.3.2.1", "::1", "localhost"])
def test_loopback_needs_no_password(host: str) -> None:
    assert ":4222" in server_config(replace(RULE, host=host))


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.2", "::", "rink.local"])
def test_the_lan_needs_a_password_and_tls(host: str) -> None:
    cert, key = Path("/etc/rinkreel/bus.pem"), Path("/etc/rinkreel/bus.key")
    for rule in (
        replace(RULE, host=host),
        replace(RULE, host=host, credential=TOKEN),
        replace(RULE, host=host, tls_cert=cert, tls_key=key),
    ):
        with pytest.raises(Misconfigured, match="open to everybody"):
            server_config(rule)
    config = server_config(replace(RULE, host=host, credential=TOKEN, tls_cert=cert, tls_key=key))
    assert f'token: "{TOKEN}"' in config
    assert 'cert_file: "/etc/rinkreel/bus.pem"' in config


@pytest.mark.parametrize(
    "rule",
    [
        replace(RULE, credential="short"),
        replace(RULE, credential='x"\n} include "/etc/passwd"'),
        replace(RULE, host='127.0.0.1"\nmax_payload: 1'),
        replace(RULE, host=""),
        replace(RULE, store=Path('/srv/"odd"')),
        replace(RULE, store=Path("/srv/two\nlines")),
        replace(RULE, tls_cert=Path("/etc/bus.pem")),
    ],
    ids=["short", "quoted", "host", "empty", "folder", "lines", "half"],
)
def test_what_could_be_taken_for_anything_else_is_refused(rule: ServerRule) -> None:
    with pytest.raises(Misconfigured) as caught:
        server_config(rule)
    assert caught.value.remedy


def test_the_password_is_not_shown_and_a_new_one_can_be_written() -> None:
    token = new_credential()
    assert token not in repr(replace(RULE, credential=token))
    assert f'"{token}"' in server_config(replace(RULE, credential=token))


def test_a_real_server_obeys_it(tmp_path: Path) -> None:
    with running_nats(tmp_path / "a folder") as server:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.rule.monitor_port}/jsz?config=true", timeout=5) as page:
            config = json.load(page)["config"]
        assert config["sync_always"] is True
        assert config["max_storage"] == server.rule.store_bytes
        assert Path(config["store_dir"]).is_relative_to(server.rule.store)
        arguments = Path(f"/proc/{server.running.pid if server.running else 0}/cmdline")
        if arguments.exists():
            assert b"token" not in arguments.read_bytes()
