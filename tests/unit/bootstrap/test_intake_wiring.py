from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import cast

import pytest

from appliance.adapters.jetstream.bus import JetstreamBus
from appliance.adapters.memory_bus import MemoryBus
from appliance.adapters.sqlite import SqliteBookView
from appliance.bootstrap.intake_wiring import open_intake
from appliance.bootstrap.station import Station
from appliance.bootstrap.surroundings import Surroundings
from appliance.domain.errors import Unusable
from appliance.settings import load_settings
from tests.appliance_fakes import HandClock, HeardJournal, ToldDisk
from tests.media_files import write_clip


def test_the_way_in_looks_into_files_as_the_pipeline_does(tmp_path: Path) -> None:
    settings = load_settings(environment={"RINKREEL_STORAGE_DATA": str(tmp_path / "data")})
    clock = HandClock()
    around = Surroundings(clock=clock, disk=ToldDisk(), journal=HeardJournal())
    station = Station(settings=settings, around=around, bus=cast(JetstreamBus, MemoryBus(clock=clock)))
    with closing(SqliteBookView(station.data.book)) as book:
        intake = open_intake(station, book)
        intake.check(write_clip(tmp_path / "a.mp4"))
        (tmp_path / "b.mp4").write_text("#EXTM3U\nhttp://127.0.0.1/x.ts\n")
        with pytest.raises(Unusable):
            intake.check(tmp_path / "b.mp4")
