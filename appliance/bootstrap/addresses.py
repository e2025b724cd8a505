"""Where the page of this box is found."""

from __future__ import annotations

from collections.abc import Callable

from appliance.bootstrap.programs import works_along
from appliance.settings import Settings

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared with, not listened on


def page_addresses(settings: Settings) -> tuple[str, ...]:
    """Where the page is, the address that people type first; none on a box that only works along."""
    from appliance.adapters.system.network import lan_address

    server = settings.server
    if works_along(settings):
        return ()
    own = [f"{_scheme(settings)}://{_bracketed(host)}:{server.port}/" for host in _hosts(server.host, lan_address)]
    asked = [server.address if "://" in server.address else f"{_scheme(settings)}://{server.address}"] if server.address else []
    return tuple(dict.fromkeys([*asked, *own]))


def health_address(settings: Settings, page: str = "readyz") -> str | None:
    """The page that says whether this box can work (readyz) or is alive (healthz); None on a box that only works along."""
    if works_along(settings):
        return None
    host = EVERYWHERE.get(settings.server.host, settings.server.host)
    return f"{_scheme(settings)}://{_bracketed(host)}:{settings.server.port}/{page}"


def _hosts(host: str, lan_address: Callable[[], str | None]) -> list[str]:
    if host not in EVERYWHERE:
        return [host]
    return [*filter(None, [lan_address()]), "localhost"]


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _scheme(settings: Settings) -> str:
    return "https" if settings.server.tls_cert else "http"
