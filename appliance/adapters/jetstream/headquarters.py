"""Headquarters' server: where rinks dial in, each into an account of its own.

An account is a room without windows: whoever is in it neither sees nor says anything elsewhere. The one opening of a rink's
room is an import by which it may say one subject, its own, and hear whether it was kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from appliance.adapters.jetstream.fleet_layout import subject_of
from appliance.adapters.jetstream.server import CREDENTIAL, HOST, quoted
from appliance.domain.errors import Misconfigured
from appliance.domain.fleet import require_rink_name

PUBLIC_KEY = re.compile(r"U[A-Z2-7]{55}")
#: Who reads at headquarters itself, over loopback.
READER = "headquarters"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadquartersRule:
    """What the server is told. credential: the reader's password, never shown. rinks: public key by name."""

    store: Path
    port: int
    credential: str = field(repr=False)
    leaf_host: str
    leaf_port: int
    tls_cert: Path
    tls_key: Path
    rinks: Mapping[str, str]
    store_bytes: int = 2 * 1024**3


def headquarters_config(rule: HeadquartersRule) -> str:
    """The text of nats-server.conf. Raises Misconfigured for what cannot be written there."""
    return "\n".join((*_server_lines(rule), *_leaf_lines(rule), *_account_lines(rule))) + "\n"


def _server_lines(rule: HeadquartersRule) -> Iterator[str]:
    yield "server_name: rinkreel-headquarters"
    yield f'listen: "127.0.0.1:{rule.port}"'
    yield "max_payload: 64KB"
    yield "jetstream {"
    yield f"  store_dir: {quoted(rule.store)}"
    yield "  domain: headquarters"
    yield f"  max_file_store: {rule.store_bytes}"
    yield "  max_memory_store: 0"
    yield "  sync_interval: always"
    yield "}"


def _leaf_lines(rule: HeadquartersRule) -> Iterator[str]:
    if not HOST.fullmatch(rule.leaf_host):
        raise Misconfigured(f"{rule.leaf_host!r} is no address to listen on", remedy="Correct `headquarters.host`.")
    host = f"[{rule.leaf_host}]" if ":" in rule.leaf_host else rule.leaf_host
    yield "leafnodes {"
    yield f'  listen: "{host}:{rule.leaf_port}"'
    yield f"  tls {{ cert_file: {quoted(rule.tls_cert)}, key_file: {quoted(rule.tls_key)}, handshake_first: true, timeout: 5 }}"
    yield "}"


def _account_lines(rule: HeadquartersRule) -> Iterator[str]:
    if not CREDENTIAL.fullmatch(rule.credential):
        raise Misconfigured("headquarters' own password was damaged", remedy="Delete the file; a new one is made.")
    rinks = {require_rink_name(name): _key(name, key) for name, key in sorted(rule.rinks.items())}
    yield "accounts {"
    yield "  HEADQUARTERS {"
    yield "    jetstream: enabled"
    yield f'    users: [ {{ user: {READER}, password: "{rule.credential}" }} ]'
    yield "    exports: ["
    yield from (f'      {{ service: "{subject_of(name)}", accounts: [{_account(name)}] }}' for name in rinks)
    yield "    ]"
    yield "  }"
    for name, key in rinks.items():
        yield from _rink_lines(name, key)
    yield "}"


def _rink_lines(name: str, key: str) -> Iterator[str]:
    permissions = f'permissions: {{ publish: "{subject_of(name)}", subscribe: "_INBOX.>" }}'
    yield f"  {_account(name)} {{"
    yield f"    users: [ {{ nkey: {key}, allowed_connection_types: [LEAFNODE], {permissions} }} ]"
    yield f'    imports: [ {{ service: {{ account: HEADQUARTERS, subject: "{subject_of(name)}" }} }} ]'
    # One connection at a time would lock a rink out that lost its old one without a word.
    yield "    limits { max_leafnodes: 4, max_subs: 64 }"
    yield "  }"


def _account(rink: str) -> str:
    return f"RINK-{rink}"


def _key(name: str, key: str) -> str:
    if not PUBLIC_KEY.fullmatch(key):
        raise Misconfigured(f"the key of {name} was damaged", remedy=f"Make a new one: rinkreel headquarters add {name}.")
    return key
