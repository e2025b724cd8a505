from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.algorithms.tracking import Body, Mover
from appliance.algorithms.verifying import ASK_EVERY_S, choose_questions, look_around, note_answer
from appliance.domain.pose import Box, Pose

from ...seen_movers import RATE_HZ, box_at, curve_of, mover_of, observed

WIDTH_PX, HEIGHT_PX = 640, 360
QUICK, SLOW = curve_of(10.0), curve_of(0.01)
CERTAINTY = (0.2, 0.8)
BODY = box_at(300, 180, 40, 100)


def mover_at(box: Box, *, asked: int = 0, seen: int = 0, last_asked_s: float = -1e9, track: int = 1) -> Mover:
    mover = mover_of(observed(8, box, QUICK), track=track)
    mover.asked, mover.seen, mover.last_asked_s = asked, seen, last_asked_s
    return mover


def person(box: Box, score: float = 0.9) -> Pose:
    return Pose(box=box, score=score)


def asked_in(mover: Mover, seconds: int, *, sees: bool) -> int:
    """How many questions are asked about a mover that moves all the time, sample after sample."""
    before = mover.asked
    for number in range(int(seconds * RATE_HZ)):
        time_s = number / RATE_HZ
        for asked in choose_questions([mover], time_s, RATE_HZ):
            note_answer(asked, time_s, [person(mover.last.box)] if sees else [], CERTAINTY)
    return mover.asked - before


def test_a_new_mover_is_asked_about_at_once() -> None:
    assert len(choose_questions([mover_at(BODY)], 1.0, RATE_HZ)) == 1


def test_what_hardly_moves_is_not_worth_a_question() -> None:
    assert choose_questions([mover_of(observed(8, BODY, SLOW))], 1.0, RATE_HZ) == []


def test_a_mover_is_not_asked_about_again_right_away() -> None:
    assert choose_questions([mover_at(BODY, asked=1, last_asked_s=1.0)], 1.0 + ASK_EVERY_S / 2, RATE_HZ) == []
    assert len(choose_questions([mover_at(BODY, asked=1, last_asked_s=1.0)], 1.0 + ASK_EVERY_S, RATE_HZ)) == 1


def test_questions_are_bounded_in_every_sample_however_many_move() -> None:
    movers = [mover_at(box_at(20 + 30 * index, 180, 20, 60), track=index) for index in range(20)]
    assert 1 <= len(choose_questions(movers, 1.0, RATE_HZ)) <= 3


def test_those_who_were_not_seen_come_first_then_the_larger_ones() -> None:
    known, large, small = mover_at(BODY, asked=5, seen=5), mover_at(BODY, track=2), mover_at(box_at(50, 50, 20, 50), track=3)
    assert choose_questions([known, small, large], 9.0, RATE_HZ)[:2] == [large, small]


def test_questions_become_rarer_once_a_person_was_seen() -> None:
    unknown, known = asked_in(mover_at(BODY), 2, sees=False), asked_in(mover_at(BODY, asked=5, seen=5), 2, sees=True)
    assert 0 < known < unknown


def test_questions_become_rarer_once_nobody_seems_to_be_there_but_do_not_stop() -> None:
    mover = mover_at(BODY)
    at_first, later = asked_in(mover, 2, sees=False), 0
    for number in range(16, 320):
        for asked in choose_questions([mover], number / RATE_HZ, RATE_HZ):
            note_answer(asked, number / RATE_HZ, [], CERTAINTY)
            later += number >= 240
    assert 0 < later / 10 < at_first / 2


boxes = st.builds(box_at, st.floats(0, WIDTH_PX), st.floats(0, HEIGHT_PX), st.floats(2, 500), st.floats(2, 300))


@settings(max_examples=30)
@given(boxes, st.integers(0, 12))
def test_a_look_lies_inside_the_picture_and_takes_in_what_is_seen_of_the_mover(box: Box, asked: int) -> None:
    look = look_around(mover_at(box, asked=asked), WIDTH_PX, HEIGHT_PX)
    assert 0 <= look.left < look.right <= WIDTH_PX
    assert 0 <= look.top < look.bottom <= HEIGHT_PX
    picture = Box(left=0, top=0, right=WIDTH_PX, bottom=HEIGHT_PX)
    if max(box.width, box.height) < HEIGHT_PX:
        assert look.intersection(box) == pytest.approx(picture.intersection(box), rel=1e-6)


@settings(max_examples=30)
@given(boxes)
def test_a_look_is_square_as_far_as_the_picture_allows_and_never_tiny(box: Box) -> None:
    look = look_around(mover_at(box), WIDTH_PX, HEIGHT_PX)
    side = max(look.width, look.height)
    assert look.width == pytest.approx(min(side, WIDTH_PX))
    assert look.height == pytest.approx(min(side, HEIGHT_PX))
    assert side >= 100


def test_after_a_miss_the_model_looks_at_another_scale() -> None:
    sides = {round(look_around(mover_at(BODY, asked=asked), 3840, 2160).width) for asked in range(3)}
    assert len(sides) > 1


def test_a_look_takes_in_the_whole_body_that_a_moving_leg_belongs_to() -> None:
    leg = box_at(300, 220, 20, 24)
    mover = mover_of(observed(8, leg, QUICK, bodies=(Body(box=BODY, curve=QUICK),)))
    look = look_around(mover, WIDTH_PX, HEIGHT_PX)
    assert look.intersection(BODY) == BODY.area


def answered(*people: Pose, box: Box = BODY) -> Mover:
    mover = mover_at(box)
    note_answer(mover, 1.0, people, CERTAINTY)
    return mover


def test_the_person_who_covers_the_mover_is_the_one() -> None:
    other = person(BODY.moved(200, 0))
    mover = answered(other, person(BODY, 0.7))
    assert mover.last.sighting is not None
    assert mover.last.sighting.pose is not None
    assert mover.last.sighting.pose.box == BODY
    assert (mover.asked, mover.seen, mover.last_asked_s) == (1, 1, 1.0)


@pytest.mark.parametrize("people", [[], [person(BODY.moved(200, 0))], [person(BODY, 0.1)], [person(BODY, CERTAINTY[0])]])
def test_nobody_somebody_elsewhere_and_a_doubtful_person_are_no_sighting(people: list[Pose]) -> None:
    mover = answered(*people)
    assert mover.last.sighting is not None
    assert mover.last.sighting.pose is None
    assert mover.last.sighting.evidence == 0
    assert (mover.asked, mover.seen) == (1, 0)


def test_a_banner_behind_a_person_who_only_touches_it_does_not_become_one() -> None:
    banner = Box(left=319, top=100, right=620, bottom=300)
    assert answered(person(BODY), box=banner).seen == 0


@settings(max_examples=30)
@given(st.floats(0, 1), st.floats(0, 1))
def test_evidence_rises_with_the_models_score_and_stays_between_nothing_and_all(one: float, other: float) -> None:
    low, high = sorted((one, other))
    evidence = []
    for score in (low, high):
        sighting = answered(person(BODY, score)).last.sighting
        assert sighting is not None
        evidence.append(sighting.evidence)
    assert 0 <= evidence[0] <= evidence[1] <= 1
    assert (high < CERTAINTY[1]) or evidence[1] == 1
