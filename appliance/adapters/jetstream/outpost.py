"""The outpost: a second, small server on the box, through which alone the box speaks with headquarters.

It dials out and listens on loopback only. Orders, facts and the book's desk are on another server that has no connection to it,
so that nothing that headquarters or a thief of its keys could ask reaches them.
"""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass, field
from pathlib import Path

from appliance.adapters.jetstream.server import quoted
from appliance.algorithms.nkey_making import public_text
from appliance.domain.errors import Misconfigured
from appliance.domain.fleet import require_rink_name

#: Only TLS: a report is no secret, but nobody on the way shall write one.
ADDRESS = re.compile(r"tls://(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:]{2,45}\])(?::[0-9]{1,5})?")
#: What waits for headquarters, and the server's own files.
STORE_BYTES = 32 * 1024**2


@dataclass(frozen=True, slots=True, kw_only=True)
class OutpostRule:
    """What the outpost is told. seed: the rink's key, never shown. ca: the certificate that vouches for headquarters; None
    where this machine trusts it anyway. again_after_s: between two attempts to reach it."""

    store: Path
    port: int
    rink: str
    headquarters: str
    seed: str = field(repr=False)
    ca: Path | None = None
    again_after_s: int = 5


def outpost_config(rule: OutpostRule) -> str:
    """The text of the outpost's nats-server.conf. Raises Misconfigured for what it would not start with."""
    rink = require_rink_name(rule.rink)
    _require_address(rule.headquarters)
    lines = [
        f"server_name: rinkreel-{rink}",
        f'listen: "127.0.0.1:{rule.port}"',
        "max_payload: 64KB",
        "jetstream {",
        f"  store_dir: {quoted(rule.store)}",
        f"  domain: {rink}",
        f"  max_file_store: {STORE_BYTES}",
        "  max_memory_store: 0",
        "  sync_interval: always",
        "}",
        "leafnodes {",
        f'  reconnect: "{rule.again_after_s}s"',
        "  remotes: [ {",
        f'    url: "{rule.headquarters}"',
        f"    nkey: {_seed(rule.seed)}",
        f"    tls {{ handshake_first: true{_trust(rule.ca)} }}",
        "  } ]",
        "}",
    ]
    return "\n".join(lines) + "\n"


def _require_address(address: str) -> None:
    if not ADDRESS.fullmatch(address):
        raise Misconfigured(
            f"{address!r} is no address of a headquarters",
            remedy="Write fleet.url as tls://hq.example.com:7422; only TLS is used.",
        )


def _seed(text: str) -> str:
    try:
        public_text(text)
    except ValueError as error:
        raise Misconfigured(
            f"the rink's key cannot be used: {error}",
            remedy="Copy the file that `rinkreel headquarters add` made to where fleet.credentials says.",
        ) from error
    return text


def _trust(ca: Path | None) -> str:
    if ca is None:
        return ""
    try:
        ssl.create_default_context(cafile=str(ca))
    except OSError as error:
        raise Misconfigured(
            f"{ca} is no certificate that can be read: {error}",
            remedy="Copy headquarters' certificate there, or correct fleet.ca.",
        ) from error
    return f", ca_file: {quoted(ca)}"
