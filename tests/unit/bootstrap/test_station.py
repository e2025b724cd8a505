from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from appliance.bootstrap.station import open_station
from appliance.bootstrap.surroundings import Surroundings
from appliance.domain.errors import Misconfigured
from appliance.domain.order import BookChanged
from appliance.settings import load_settings
from tests.appliance_fakes import HandClock, HeardJournal, ToldDisk
from tests.nats_place import running_nats


def around() -> Surroundings:
    return Surroundings(clock=HandClock(), disk=ToldDisk(), journal=HeardJournal())


def test_a_station_reaches_the_boxs_own_bus(tmp_path: Path) -> None:
    with running_nats(tmp_path) as server:
        settings = load_settings(environment={"RINKREEL_BUS_PORT": str(server.rule.port), "RINKREEL_STORAGE_DATA": str(tmp_path)})

        async def hear() -> object:
            async with open_station(settings, "ledger", around()) as station:
                assert station.data.root == tmp_path
                news = station.bus.listen()
                heard = asyncio.ensure_future(anext(news))
                while not heard.done():
                    await station.bus.announce(BookChanged(item_id="i"))
                    await asyncio.wait([heard], timeout=0.05)
                return heard.result()

        assert asyncio.run(asyncio.wait_for(hear(), 30)) == BookChanged(item_id="i")


def test_a_credential_that_cannot_be_read_is_said_at_once(tmp_path: Path) -> None:
    settings = load_settings(environment={"RINKREEL_BUS_CREDENTIAL": str(tmp_path / "nothing")})

    async def enter() -> None:
        async with open_station(settings, "ledger", around()):
            raise AssertionError("nobody gets here")

    with pytest.raises(Misconfigured, match="password"):
        asyncio.run(enter())
