"""What every program of the appliance works with: settings, the machine around it, and the bus."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from appliance.bootstrap.programs import bus_credential
from appliance.bootstrap.surroundings import Surroundings
from appliance.domain.place import DataFolder
from appliance.settings import Settings

if TYPE_CHECKING:
    from appliance.adapters.jetstream.bus import JetstreamBus


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """One program's place in the appliance."""

    settings: Settings
    around: Surroundings
    bus: JetstreamBus

    @property
    def data(self) -> DataFolder:
        """The appliance's folder."""
        return self.settings.storage.data_folder


@asynccontextmanager
async def open_station(settings: Settings, role: str, around: Surroundings) -> AsyncIterator[Station]:
    """A program's place, with a connection to the bus that mends itself.

    Raises:
        Misconfigured: the credential or the certificate cannot be read.
    """
    from appliance.adapters.jetstream.bus import open_bus
    from appliance.adapters.jetstream.place import BusPlace

    bus = settings.bus
    place = BusPlace(
        url=bus.url or f"{'tls' if bus.tls_cert else 'nats'}://127.0.0.1:{bus.port}",
        credential=bus_credential(settings),
        tls_ca=bus.tls_ca or bus.tls_cert,
        ack_wait_s=float(bus.ack_wait),
        store_bytes=bus.store_bytes,
        replicas=bus.replicas,
        client_name=f"rinkreel {role}",
        leads=role == "ledger",
    )
    opened = await open_bus(place, around.journal)
    try:
        yield Station(settings=settings, around=around, bus=opened)
    finally:
        await opened.close()
