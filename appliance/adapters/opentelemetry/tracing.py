"""Log lines that tell how long something took become spans; all that concern one drop share its trace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol
from urllib.parse import urlsplit

from appliance.domain.errors import Misconfigured
from appliance.ports.surroundings import Journal


class Tracing(Protocol):
    """Where spans go."""

    def record(self, name: str, fields: Mapping[str, object], *, failed: bool) -> None:
        """A span that ends now, when the fields say whose trace it belongs to and how long it took. Never raises."""

    def close(self) -> None:
        """Send what is left, for a few seconds at most."""


class TracingJournal:
    """A Journal that tells another one everything, and a tracing what took time."""

    def __init__(self, journal: Journal, tracing: Tracing) -> None:
        self._journal, self._tracing = journal, tracing

    def note(self, event: str, **fields: object) -> None:
        """What happened, and its particulars."""
        self._journal.note(event, **fields)
        self._tracing.record(event, fields, failed=False)

    def warn(self, event: str, **fields: object) -> None:
        """The same, for what an operator should look at."""
        self._journal.warn(event, **fields)
        self._tracing.record(event, fields, failed=True)


def open_tracing(endpoint: str, program: str) -> Tracing:
    """Begin to send spans to a collector that speaks OTLP over HTTP.

    Raises:
        Misconfigured: the packages are not installed, or the address is none.
    """
    address = collector_address(endpoint)
    try:
        from appliance.adapters.opentelemetry.spans import SentSpans
    except ImportError as error:
        raise Misconfigured(
            "logs.otlp_endpoint is set, and what sends to it is not installed",
            remedy="Install it: pip install 'rinkreel[telemetry]'. Or leave logs.otlp_endpoint out.",
        ) from error
    return SentSpans(address, program)


def collector_address(endpoint: str) -> str:
    """Where a collector takes spans, from what people write. Raises Misconfigured."""
    parts = urlsplit(endpoint)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Misconfigured(
            f"logs.otlp_endpoint is {endpoint!r}, which is no address of a collector",
            remedy="Write it as http://ADDRESS:4318, or leave it out.",
        )
    return endpoint if parts.path not in ("", "/") else f"{endpoint.rstrip('/')}/v1/traces"
