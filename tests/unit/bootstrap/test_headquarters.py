from __future__ import annotations

import asyncio
import json
import stat
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest

from appliance.adapters.jetstream.report_outbox import JetstreamReportOutbox
from appliance.bootstrap.headquarters import (
    add_rink,
    keep_well,
    known_rinks,
    look_at_fleet,
    make_home,
    remove_rink,
    server_text,
    start_headquarters,
)
from appliance.bootstrap.running import RunningAppliance
from appliance.domain.errors import Misconfigured, Transient
from appliance.settings import load_settings
from tests.appliance_fakes import HeardJournal
from tests.fleet_place import AT_S, HeadquartersPlace, a_report, headquarters_in


@pytest.fixture
def place(tmp_path: Path) -> Iterator[HeadquartersPlace]:
    with headquarters_in(tmp_path) as made:
        yield made


def test_a_rinks_key_is_ours_alone_and_its_public_half_is_known(place: HeadquartersPlace) -> None:
    key = add_rink(place.settings, "north")
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert key.read_text().startswith("SU")
    home = make_home(place.settings)
    assert list(known_rinks(home)) == ["north"]
    assert known_rinks(home)["north"] in server_text(place.settings)
    assert key.read_text().strip() not in server_text(place.settings)


def test_a_new_key_takes_the_place_of_a_lost_one(place: HeadquartersPlace) -> None:
    home = make_home(place.settings)
    before = (add_rink(place.settings, "north").read_text(), known_rinks(home)["north"])
    after = (add_rink(place.settings, "north").read_text(), known_rinks(home)["north"])
    assert {before[0], before[1]}.isdisjoint(after)


def test_a_rink_that_is_removed_is_known_no_more(place: HeadquartersPlace) -> None:
    key = add_rink(place.settings, "north")
    remove_rink(place.settings, "north")
    assert known_rinks(make_home(place.settings)) == {}
    assert not key.exists()
    with pytest.raises(Misconfigured, match="no rink north"):
        remove_rink(place.settings, "north")


@pytest.mark.parametrize("name", ["../x", "North", ""])
def test_no_rink_is_called_what_no_file_should_be(place: HeadquartersPlace, name: str) -> None:
    for doing in (add_rink, remove_rink):
        with pytest.raises(Misconfigured, match="no name for a rink"):
            doing(place.settings, name)


def test_without_a_certificate_nobody_is_let_in(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="no certificate"):
        server_text(load_settings(environment={"RINKREEL_HEADQUARTERS_HOME": str(tmp_path)}))


def test_a_headquarters_that_does_not_run_is_said(place: HeadquartersPlace) -> None:
    with pytest.raises(Transient, match="not reached"):
        asyncio.run(look_at_fleet(place.settings))


def test_a_headquarters_that_runs_lets_a_new_rink_in_and_shows_it(place: HeadquartersPlace) -> None:
    running = start_headquarters(place.settings, config_of(place))
    try:
        assert running.wait_until_ready(60), logs_of(place)
        with pytest.raises(Misconfigured, match="already running"):
            start_headquarters(place.settings, None)
        north = place.let_in("north")
        north.server.start()

        async def report() -> None:
            outbox = JetstreamReportOutbox(north.place, "north", HeardJournal())
            try:
                await outbox.keep(a_report(number=3))
                for _ in range(300):
                    try:
                        await outbox.pass_on(1.0, AT_S)
                        return
                    except Transient:
                        await asyncio.sleep(0.1)
            finally:
                await outbox.close()

        asyncio.run(report())
        address = f"http://127.0.0.1:{place.settings.headquarters.page_port}/fleet.json"
        (told,) = json.load(urllib.request.urlopen(address, timeout=20))["rinks"]
        assert (told["rink"], told["heard"]["report"]["items"]) == ("north", {"completed": 3, "queued": 1})
        standings, _ = asyncio.run(look_at_fleet(place.settings))
        assert [each.rink for each in standings] == ["north"]
    finally:
        running.stop()


@dataclass
class Sickly:
    """Is well for a while."""

    well_for: int
    stopped: bool = False

    def wait_until_ready(self, patience_s: float) -> bool:
        self.well_for -= 1
        return self.well_for >= 0

    def stop(self) -> None:
        self.stopped = True


def test_a_headquarters_that_does_not_get_well_is_ended_so_that_it_is_started_anew() -> None:
    sickly = Sickly(well_for=3)
    keep_well(cast(RunningAppliance, sickly), 1.0, 0.0)
    assert sickly.stopped
    assert sickly.well_for == -1


def config_of(place: HeadquartersPlace) -> Path:
    """The same settings as a file, for the programs that are started."""
    table = place.settings.headquarters.model_dump(mode="json")
    lines = [f"{key} = {json.dumps(value)}" for key, value in table.items() if value is not None]
    path = place.root / "headquarters.toml"
    path.write_text("\n".join(["[headquarters]", *lines]))
    return path


def logs_of(place: HeadquartersPlace) -> str:
    logs = place.settings.headquarters_folder.logs
    return "\n".join(path.read_text(errors="replace") for path in sorted(logs.iterdir()))
