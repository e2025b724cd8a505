"""Where the bus is, and how one may enter it."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from pathlib import Path

from appliance.domain.errors import Misconfigured


@dataclass(frozen=True, slots=True, kw_only=True)
class BusPlace:
    """A NATS server, seen from a process that uses it.

    url: nats://host:port, tls://host:port. credential: the token, never shown; the password of `user` where there is one.
    tls_ca: the certificate that vouches for a server on another machine. ack_wait_s: an order whose worker is silent for this
    long goes to another. store_bytes: most that all streams may take. replicas: servers of a cluster that keep each message.
    leads: streams that are there already are fitted to these settings; for the ledger alone.
    """

    url: str
    credential: str | None = field(default=None, repr=False)
    tls_ca: Path | None = None
    ack_wait_s: float = 30.0
    store_bytes: int = 1024**3
    replicas: int = 1
    client_name: str = "rinkreel"
    leads: bool = False
    user: str | None = None

    @property
    def token(self) -> str | None:
        """What is shown in place of a name and a password."""
        return self.credential if self.user is None else None

    @property
    def password(self) -> str | None:
        """What goes with the name."""
        return None if self.user is None else self.credential

    def tls(self) -> ssl.SSLContext | None:
        """How the server is trusted; None when its own word is enough. Raises Misconfigured."""
        if self.tls_ca is None:
            return ssl.create_default_context() if self.url.startswith("tls:") else None
        try:
            return ssl.create_default_context(cafile=str(self.tls_ca))
        except OSError as error:
            raise Misconfigured(
                f"{self.tls_ca} is no certificate that can be read: {error}",
                remedy="Copy the server's certificate there, or correct `bus.tls_ca`.",
            ) from error
