"""Tells systemd how the service stands: one datagram to the socket that it named. Source: sd_notify(3)."""

from __future__ import annotations

import socket
from dataclasses import dataclass

from appliance.domain.errors import Transient

#: Nothing that is said here is longer, and systemd takes no more.
MOST_BYTES = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemdLine:
    """The way to systemd. address: of its socket; empty where nobody asked to be told, and then nothing is said."""

    address: str

    def ready(self, how: str) -> None:
        """The service is up; how it stands, for `systemctl status`. Raises Transient when it cannot be said."""
        self._say(f"READY=1\nSTATUS={how}")

    def alive(self) -> None:
        """The service makes progress. Raises Transient when it cannot be said."""
        self._say("WATCHDOG=1")

    def _say(self, words: str) -> None:
        if not self.address:
            return
        # A name that begins with @ is one without a file.
        address = f"\0{self.address[1:]}" if self.address.startswith("@") else self.address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
                line.setblocking(False)
                line.sendto(words.encode()[:MOST_BYTES], address)
        except OSError as error:
            raise Transient(
                f"systemd does not listen at {self.address}: {error}", remedy="Look with: systemctl status rinkreel."
            ) from error
