from __future__ import annotations

import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from appliance.adapters.systemd.notifying import SystemdLine
from appliance.domain.errors import Transient


@contextmanager
def listening(address: str) -> Iterator[socket.socket]:
    """A socket as systemd's."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(address)
        ear.settimeout(20)
        yield ear


def test_it_says_that_the_service_is_up_and_goes_on(tmp_path: Path) -> None:
    with listening(str(tmp_path / "notify")) as ear:
        line = SystemdLine(address=str(tmp_path / "notify"))
        line.ready("http://rinkreel.local")
        line.alive()
        assert ear.recv(100) == b"READY=1\nSTATUS=http://rinkreel.local"
        assert ear.recv(100) == b"WATCHDOG=1"


def test_a_socket_without_a_file_is_found(tmp_path: Path) -> None:
    name = f"rinkreel-{secrets.token_hex(8)}"
    with listening(f"\0{name}") as ear:
        SystemdLine(address=f"@{name}").alive()
        assert ear.recv(100) == b"WATCHDOG=1"


def test_where_nobody_asked_nothing_is_said() -> None:
    SystemdLine(address="").ready("up")
    SystemdLine(address="").alive()


def test_a_systemd_that_does_not_listen_is_told_as_that(tmp_path: Path) -> None:
    with pytest.raises(Transient, match="does not listen"):
        SystemdLine(address=str(tmp_path / "nobody")).alive()
