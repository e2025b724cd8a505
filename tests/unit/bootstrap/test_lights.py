from __future__ import annotations

from pathlib import Path
from threading import Event

from appliance.bootstrap.lights import Lights, Remembered
from appliance.domain.health import State
from tests.appliance_fakes import HeardJournal

from .test_front_door import station_in


def test_what_is_slow_is_looked_at_beside_whoever_asks() -> None:
    gate, looks = Event(), []

    def look() -> str:
        gate.wait(30)
        looks.append(1)
        return "seen"

    remembered = Remembered(look, HeardJournal())
    assert remembered.now() is None
    gate.set()
    remembered.wait()
    assert remembered.now() == "seen"
    assert looks == [1]


def test_what_is_old_is_looked_at_anew_and_shown_meanwhile() -> None:
    seen = iter("ab")
    remembered = Remembered(lambda: next(seen), HeardJournal(), for_s=0.0)
    remembered.now()
    remembered.wait()
    assert remembered.now() == "a"
    remembered.wait()


def test_a_look_that_fails_is_noted_and_shows_nothing() -> None:
    journal = HeardJournal()
    remembered: Remembered[int] = Remembered(lambda: 1 // 0, journal)
    remembered.now()
    remembered.wait()
    assert remembered.now() is None
    assert journal.events == ["the machine could not be looked at"]


def test_the_lights_show_folders_disk_and_models(tmp_path: Path) -> None:
    lights = Lights(station_in(tmp_path))
    lights.begin()
    lights.close()
    by_name = {light.name: light for light in lights.lights()}
    assert set(by_name) == {"footage", "work", "reels", "disk", "models"}
    assert {by_name[name].state for name in ("footage", "work", "reels", "disk")} == {State.OK}
    choices = lights.choices()
    assert choices is not None
    assert choices.backend
    assert choices.encoder


def test_a_folder_that_went_away_is_shown(tmp_path: Path) -> None:
    station = station_in(tmp_path)
    station.data.footage.rmdir()
    light = next(light for light in Lights(station).lights() if light.name == "footage")
    assert light.state is State.BAD
    assert light.remedy
