"""The server of our own: where its program is, and what it is told.

Everything stands in a file that only we may read; no password ever stands on a command line. It listens on loopback unless
workers elsewhere are configured, and then only with a password and TLS.
"""

from __future__ import annotations

import ipaddress
import re
import secrets
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

from appliance.domain.errors import Misconfigured

#: Messages are squeezed and bounded well below it; the server warns above 8 MB.
MAX_PAYLOAD = "8MB"
#: What a password may be made of: nothing that the file's language could take for anything else.
CREDENTIAL = re.compile(r"[A-Za-z0-9_-]{16,200}")
HOST = re.compile(r"[A-Za-z0-9.:_-]{1,253}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerRule:
    """What the server is told. credential: the token that clients have to show, never shown itself. tls_cert, tls_key: both or
    neither. store: the streams' folder, which is the server's alone."""

    store: Path
    host: str = "127.0.0.1"
    port: int = 4222
    monitor_port: int = 8222
    store_bytes: int = 1024**3
    credential: str | None = field(default=None, repr=False)
    tls_cert: Path | None = None
    tls_key: Path | None = None


def find_nats_server() -> Path:
    """The server's program, as installed beside this Python or found on the path. Raises Misconfigured."""
    beside = Path(sys.executable).with_name("nats-server")
    if beside.is_file():
        return beside
    if found := shutil.which("nats-server"):
        return Path(found)
    raise Misconfigured(
        "the program nats-server is not there", remedy="Install Rinkreel with its requirements, or nats-server on the path."
    )


def new_credential() -> str:
    """A password that nobody guesses and every file can hold."""
    return secrets.token_urlsafe(32)


def server_config(rule: ServerRule) -> str:
    """The text of nats-server.conf. Raises Misconfigured for an open door, and for what cannot be written there."""
    _refuse_open_door(rule)
    host = f"[{rule.host}]" if ":" in rule.host else rule.host
    lines = [
        "server_name: rinkreel",
        f'listen: "{host}:{rule.port}"',
        f'http: "127.0.0.1:{rule.monitor_port}"',
        f"max_payload: {MAX_PAYLOAD}",
        "jetstream {",
        f"  store_dir: {quoted(rule.store)}",
        f"  max_file_store: {rule.store_bytes}",
        "  max_memory_store: 0",
        # Each message is on the disk before its sender hears so: a power cut loses none.
        "  sync_interval: always",
        "}",
        *_credential_lines(rule.credential),
        *_tls_lines(rule),
    ]
    return "\n".join(lines) + "\n"


def _refuse_open_door(rule: ServerRule) -> None:
    if not HOST.fullmatch(rule.host):
        raise Misconfigured(f"{rule.host!r} is no address to listen on", remedy="Correct `bus.host`.")
    if (rule.tls_cert is None) != (rule.tls_key is None):
        raise Misconfigured("the bus has a certificate without a key, or a key without one", remedy="Give both or neither.")
    if not _is_loopback(rule.host) and (rule.credential is None or rule.tls_cert is None):
        raise Misconfigured(
            f"the bus would listen on {rule.host}, open to everybody on the network",
            remedy="Give `bus.credential`, `bus.tls_cert` and `bus.tls_key`, or let it listen on 127.0.0.1.",
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _credential_lines(credential: str | None) -> list[str]:
    if credential is None:
        return []
    if not CREDENTIAL.fullmatch(credential):
        raise Misconfigured(
            "the bus's password is too short, or has signs that cannot be written",
            remedy="Use 16 to 200 letters, digits, `-` and `_` in the file that `bus.credential` names.",
        )
    return ["authorization {", f'  token: "{credential}"', "  timeout: 5", "}"]


def _tls_lines(rule: ServerRule) -> list[str]:
    if rule.tls_cert is None or rule.tls_key is None:
        return []
    paths = (f"  cert_file: {quoted(rule.tls_cert)}", f"  key_file: {quoted(rule.tls_key)}")
    return ["tls {", *paths, "  timeout: 5", "}"]


def quoted(path: Path) -> str:
    """A path in quotes, in which the file's language replaces and ends nothing."""
    text = str(path.absolute())
    if not text.isprintable() or '"' in text or "\\" in text:
        raise Misconfigured(f"{text!r} cannot be written into the bus's configuration", remedy="Choose a folder of another name.")
    return f'"{text}"'
