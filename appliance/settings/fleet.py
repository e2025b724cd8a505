"""A rink's side of the fleet, and headquarters'."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from pydantic import Field

from appliance.settings.values import Section, Size, Stretch, Text


class Fleet(Section):
    """What this box tells headquarters (docs/fleet.md). Nothing, unless an address is given."""

    url: str = Field(default="", description="Address of headquarters, `tls://HOST:7422`; empty: this box reports to nobody.")
    rink: str = Field(default="", description="What headquarters calls this rink: small letters, digits and dashes.")
    credentials: Path | None = Field(
        default=None, description="File with the rink's key, as `rinkreel headquarters add` made it."
    )
    ca: Path | None = Field(
        default=None, description="Certificate that vouches for headquarters, unless this machine trusts it anyway."
    )
    every: Stretch = Field(default=Fraction(60), description="Time between two reports.")
    port: int = Field(
        default=4223, ge=1, le=65535, description="Loopback port of the small server that speaks with headquarters."
    )


class Headquarters(Section):
    """What `rinkreel headquarters` needs; boxes need none of it."""

    home: Path | None = Field(
        default=None, description="Headquarters' one folder; `headquarters` in the data root when not given."
    )
    host: Text = Field(
        default="0.0.0.0",  # noqa: S104 - where rinks dial in, each with its key, over TLS
        description="Address at which rinks dial in.",
    )
    port: int = Field(default=7422, ge=1, le=65535, description="Port at which rinks dial in.")
    tls_cert: Path | None = Field(default=None, description="Certificate for that address.")
    tls_key: Path | None = Field(default=None, description="Its key.")
    bus_port: int = Field(default=4232, ge=1, le=65535, description="Loopback port of headquarters' server.")
    page_port: int = Field(default=8090, ge=1, le=65535, description="Loopback port of the fleet's page, JSON and metrics.")
    silent_after: Stretch = Field(default=Fraction(300), description="A rink that was not heard of for this long is silent.")
    store_bytes: Size = Field(default=2 * 1024**3, ge=16 * 1024**2, description="Most that all reports may take on disk.")
