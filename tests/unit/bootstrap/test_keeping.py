from __future__ import annotations

from appliance.bootstrap.keeping import FLOOR_MOST_BYTES, floor_bytes, keeping_rule
from appliance.bootstrap.surroundings import Surroundings
from appliance.settings import load_settings
from tests.appliance_fakes import HandClock, HeardJournal, ToldDisk

GIB = 1024**3


def around(total: int) -> Surroundings:
    return Surroundings(clock=HandClock(), disk=ToldDisk(total=total), journal=HeardJournal())


def test_two_per_cent_of_the_disk_stay_free_but_never_more_than_five_gibibytes() -> None:
    settings = load_settings(environment={})
    assert floor_bytes(settings, around(100 * GIB)) == 2 * GIB
    assert floor_bytes(settings, around(4000 * GIB)) == FLOOR_MOST_BYTES == 5 * GIB


def test_what_an_operator_says_stays_free_whatever_the_disk() -> None:
    settings = load_settings(environment={"RINKREEL_RETENTION_MIN_FREE": "20GB"})
    assert floor_bytes(settings, around(100 * GIB)) == 20 * GIB


def test_reels_that_are_kept_for_good_have_no_age() -> None:
    assert keeping_rule(load_settings(environment={"RINKREEL_RETENTION_REELS_FOR": "never"})).reels_for_s is None
    rule = keeping_rule(
        load_settings(environment={"RINKREEL_RETENTION_REELS_FOR": "2d", "RINKREEL_RETENTION_MAKE_ROOM": "false"})
    )
    assert (rule.reels_for_s, rule.originals, rule.make_room) == (2 * 86_400, "keep", False)
