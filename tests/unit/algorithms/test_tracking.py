from __future__ import annotations

import pytest

from appliance.algorithms.tracking import FORGET_AFTER_S, MoverTracker
from appliance.domain.pose import Box

from ...seen_movers import RATE_HZ, box_at, moment_at

FAR = box_at(280, 90)
STILL = (0.0, 0.0)


def tracks_of(tracker: MoverTracker) -> list[int]:
    return [mover.track for mover in tracker.finish()]


def test_a_mover_keeps_its_number_while_it_moves() -> None:
    tracker = MoverTracker()
    for number in range(20):
        box = box_at(40 + 12 * number, 90)
        (mover,) = tracker.feed(moment_at(number, (box, (12, 0))), [box])
        assert mover.track == 1
    (mover,) = tracker.finish()
    assert [observation.sample for observation in mover.observations] == list(range(20))


def test_a_body_keeps_its_number_when_it_covers_a_speck_that_was_followed() -> None:
    tracker = MoverTracker()
    body, speck = Box(left=100, top=50, right=160, bottom=150), Box(left=170, top=90, right=180, bottom=100)
    first = {mover.last.box: mover.track for mover in tracker.feed(moment_at(0), [body, speck])}
    (again,) = tracker.feed(moment_at(1), [Box(left=110, top=50, right=185, bottom=150)])
    assert again.track == first[body] != first[speck]


def test_a_mover_far_from_all_others_gets_another_number() -> None:
    tracker = MoverTracker()
    near = box_at(40, 90)
    moment = moment_at(0, (near, (2, 0)), (FAR, (2, 0)))
    assert {mover.track for mover in tracker.feed(moment, [near, FAR])} == {1, 2}


def test_two_movers_keep_their_own_numbers_side_by_side() -> None:
    tracker = MoverTracker()
    for number in range(8):
        left, right = box_at(40 + 6 * number, 90), box_at(280 - 6 * number, 90)
        regions = [left, right] if number % 2 else [right, left]
        movers = tracker.feed(moment_at(number, (left, (6, 0)), (right, (-6, 0))), regions)
        assert {mover.track: mover.last.box for mover in movers} == ({1: right, 2: left})


def test_a_mover_that_rests_for_less_than_a_second_is_still_the_same() -> None:
    tracker = MoverTracker()
    box = box_at(100, 90)
    tracker.feed(moment_at(0, (box, (2, 0))), [box])
    for number in range(1, 7):
        tracker.feed(moment_at(number), [])
    tracker.feed(moment_at(7, (box, (2, 0))), [box])
    assert tracks_of(tracker) == [1]


def test_a_mover_is_forgotten_after_a_still_second() -> None:
    tracker = MoverTracker()
    box = box_at(100, 90)
    tracker.feed(moment_at(0, (box, (2, 0))), [box])
    late = int(FORGET_AFTER_S * RATE_HZ) + 2
    tracker.feed(moment_at(late, (box, (2, 0))), [box])
    assert tracks_of(tracker) == [1, 2]


@pytest.mark.parametrize("camera_px", [(35.0, 0.0), (-35.0, 10.0), (0.0, -20.0)])
def test_a_mover_keeps_its_number_while_the_camera_moves(camera_px: tuple[float, float]) -> None:
    tracker = MoverTracker()
    box = box_at(160, 90)
    for number in range(5):
        here = box.moved(number * camera_px[0], number * camera_px[1])
        tracker.feed(moment_at(number, (here, (1, 0)), camera_px=camera_px if number else STILL), [here])
    assert tracks_of(tracker) == [1]


def test_what_a_camera_pans_onto_the_place_of_another_is_not_that_one() -> None:
    tracker = MoverTracker()
    box = box_at(100, 90)
    tracker.feed(moment_at(0, (box, (1, 0))), [box])
    tracker.feed(moment_at(1, (box, (1, 0)), camera_px=(80, 0)), [box])
    assert tracks_of(tracker) == [1, 2]


def test_limbs_of_one_mover_are_one_observation_around_all_of_them() -> None:
    tracker = MoverTracker()
    whole, arm, leg = box_at(100, 90, 60, 120), box_at(85, 60, 20, 20), box_at(110, 130, 20, 30)
    tracker.feed(moment_at(0, (whole, (1, 0))), [whole])
    (mover,) = tracker.feed(moment_at(1, (arm, (1, 0)), (leg, (1, 0))), [arm, leg])
    assert mover.last.box == Box(left=75, top=50, right=120, bottom=145)
    assert len(mover.observations) == 2


def test_a_body_that_was_seen_is_remembered_where_it_stood() -> None:
    tracker = MoverTracker()
    body, leg = box_at(100, 90), box_at(100, 120, 20, 20)
    tracker.note_people([body, FAR], 0.0)
    (mover,) = tracker.feed(moment_at(1, (leg, (3, 0))), [leg])
    assert [known.box for known in mover.last.bodies] == [body]
    assert mover.last.bodies[0].curve.speed_of_body(leg.area) > 0


def test_a_body_that_was_seen_is_carried_by_the_camera() -> None:
    tracker = MoverTracker()
    body = box_at(60, 90)
    tracker.note_people([body], 0.0)
    for number in range(1, 4):
        tracker.feed(moment_at(number, camera_px=(30, -2)), [])
    here = body.moved(90, -6)
    (mover,) = tracker.feed(moment_at(4, (here, (4, 0))), [here])
    assert [known.box for known in mover.last.bodies] == [here]


def test_a_body_that_was_seen_is_carried_by_its_own_motion() -> None:
    tracker = MoverTracker()
    body = box_at(60, 90)
    tracker.note_people([body], 0.0)
    for number in range(1, 6):
        here = body.moved(8 * (number - 1), 0)
        (mover,) = tracker.feed(moment_at(number, (here.grown(12), (8, 0))), [here])
        (known,) = mover.last.bodies
        assert known.box.center == pytest.approx(here.center, abs=0.5)


def test_a_body_whose_limbs_are_two_movers_is_carried_once() -> None:
    tracker = MoverTracker()
    body, head, foot = box_at(100, 90), box_at(100, 55, 20, 14), box_at(100, 125, 20, 14)
    tracker.note_people([body], 0.0)
    movers = tracker.feed(moment_at(1, (body.grown(12), (8, 0))), [head, foot])
    assert [mover.last.bodies[0].box for mover in movers] == [body, body]
    here = body.moved(8, 0)
    movers = tracker.feed(moment_at(2, (here.grown(12), (8, 0))), [here])
    assert movers[0].last.bodies[0].box.center == pytest.approx(here.center, abs=0.5)


def test_a_box_without_size_is_nobody() -> None:
    tracker = MoverTracker()
    tracker.note_people([Box(left=500, top=500, right=500, bottom=500)], 0.0)
    box = box_at(100, 90)
    (mover,) = tracker.feed(moment_at(1, (box, (1, 0))), [box])
    assert mover.last.bodies == ()


def test_a_newer_sighting_takes_the_place_of_an_older_one() -> None:
    tracker = MoverTracker()
    tracker.note_people([box_at(100, 90)], 0.0)
    tracker.note_people([box_at(103, 88, 34, 86)], 0.5)
    moving = box_at(100, 90)
    (mover,) = tracker.feed(moment_at(5, (moving, (1, 0))), [moving])
    assert [known.box for known in mover.last.bodies] == [box_at(103, 88, 34, 86)]


def test_only_so_many_bodies_are_remembered_the_newest_of_them() -> None:
    tracker = MoverTracker()
    crowd = [box_at(4 + 7 * index, 90, 6, 20) for index in range(40)]
    for index, body in enumerate(crowd):
        tracker.note_people([body], index / 10)
    everywhere = Box(left=0, top=0, right=320, bottom=180)
    (mover,) = tracker.feed(moment_at(40, (everywhere, (1, 0))), [everywhere])
    known = [body.box for body in mover.last.bodies]
    assert known == crowd[-len(known) :]
    assert 4 <= len(known) < 40


def test_after_a_scene_cut_nothing_that_was_followed_or_seen_is_still_there() -> None:
    tracker = MoverTracker()
    box = box_at(100, 90)
    tracker.note_people([box], 0.0)
    tracker.feed(moment_at(0, (box, (2, 0))), [box])
    tracker.forget_all()
    (mover,) = tracker.feed(moment_at(1, (box, (2, 0))), [box])
    assert mover.track == 2
    assert mover.last.bodies == ()
    assert tracks_of(tracker) == [1, 2]


def test_who_was_observed_a_moment_ago_is_followed_until_it_is_forgotten() -> None:
    tracker = MoverTracker()
    tracker.feed(moment_at(0, (box_at(60, 90), (6.0, 0.0))), [box_at(60, 90)])
    assert [mover.track for mover in tracker.followed()] == [1]
    tracker.feed(moment_at(20), [])
    assert tracker.followed() == []


def test_movers_come_in_the_order_they_were_born_however_long_they_lived() -> None:
    tracker = MoverTracker()
    long, short = box_at(40, 90), box_at(160, 90)
    tracker.feed(moment_at(0, (long, (1, 0))), [long])
    tracker.feed(moment_at(1, (short, (1, 0))), [short])
    for number in range(2, 20):
        tracker.feed(moment_at(number, (long, (1, 0))), [long])
    tracker.feed(moment_at(20, (FAR, (1, 0))), [FAR])
    assert tracks_of(tracker) == [1, 2, 3]
    assert tracks_of(tracker) == [1, 2, 3]
