from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.algorithms.mover_watching import Crop, MoverWatcher, Question
from appliance.domain.motion import MotionSample
from appliance.domain.picture import brought_near
from appliance.domain.pose import Box, Pose

from ...moving_pictures import HEIGHT_PX, WIDTH_PX, Luma, World, behind_bars, turned_by, with_noise, with_patch
from ...seen_movers import box_at, curve_of, mover_of, observed

RATE_HZ = Fraction(8)
CERTAINTY = (0.2, 0.8)
WORLD = World()
SQUARE_PX = 50


def place_of(number: int) -> Box:
    """Where the square is that moves by itself."""
    left, top = 40 + 9 * number, 60 + 3 * (number % 2)
    return Box(left=left, top=top, right=left + SQUARE_PX, bottom=top + SQUARE_PX)


def with_square(picture: Luma, number: int) -> Luma:
    place = place_of(number)
    return with_patch(picture, place.left, place.top, SQUARE_PX)


def watch(
    pictures: Sequence[Luma], sees: Callable[[int], list[Pose]] | None = None
) -> tuple[list[MotionSample], list[list[Question]]]:
    """Feed all pictures and answer all questions; returns the samples, and what was asked about each picture."""
    watcher = MoverWatcher()
    asked = []
    for number, picture in enumerate(pictures):
        questions = watcher.feed(number / RATE_HZ, picture)
        for question in questions:
            watcher.answer(question, sees(number) if sees else [], CERTAINTY)
        asked.append(questions)
    return watcher.finish(), asked


def panned(number: int, step_px: float = 6.5) -> Luma:
    return WORLD.seen(turned_by(shift_px=(step_px * number - 30, 0)))


def is_quiet(samples: Sequence[MotionSample], asked: Sequence[Sequence[Question]]) -> bool:
    return not any(sample.movers for sample in samples) and not any(asked)


@pytest.mark.parametrize("camera", ["fixed", "panning"])
def test_a_square_that_moves_by_itself_is_one_mover_that_keeps_its_number(camera: str) -> None:
    pictures = [with_square(panned(n) if camera == "panning" else WORLD.seen(), n) for n in range(14)]
    samples, asked = watch([with_noise(picture, 2.0, seed=n) for n, picture in enumerate(pictures)])
    assert len(samples) == 13
    assert [len(sample.movers) for sample in samples] == [1] * 13
    assert {mover.track for sample in samples for mover in sample.movers} == {1}
    for number, sample in enumerate(samples):
        assert sample.movers[0].box.intersection(place_of(number)) > 0.9 * place_of(number).area
    assert any(asked)


def test_samples_are_timed_by_their_frames_and_the_first_frame_has_none() -> None:
    samples, _ = watch([WORLD.seen()] * 4)
    assert [sample.time for sample in samples] == [Fraction(1, 8), Fraction(2, 8), Fraction(3, 8)]
    assert all(sample.camera_confidence > 0.9 for sample in samples)


@pytest.mark.parametrize("pan_px", [2.3, 8.0, 25.0])
def test_a_pan_over_what_stands_asks_nothing(pan_px: float) -> None:
    assert is_quiet(*watch([with_noise(panned(n, pan_px), 2.0, seed=n) for n in range(8)]))


def test_a_pan_behind_black_bars_asks_nothing() -> None:
    pictures = [behind_bars(with_noise(panned(n, 9.0), 1.5, seed=n), bar_px=24) for n in range(8)]
    assert is_quiet(*watch(pictures))


def test_sensor_noise_asks_nothing() -> None:
    assert is_quiet(*watch([with_noise(WORLD.seen(), 5.0, seed=n) for n in range(8)]))


def test_lamps_that_flicker_and_light_that_fades_ask_nothing() -> None:
    beats = [1.0, 0.88, 1.1, 0.93, 1.06, 0.9, 1.08, 0.97]
    flicker = [np.clip(WORLD.seen() * beat, 0, 255).astype(np.uint8) for beat in beats]
    fade = [np.clip(WORLD.seen() * (1 - 0.04 * n), 0, 255).astype(np.uint8) for n in range(8)]
    for pictures in (flicker, fade):
        assert is_quiet(*watch([with_noise(picture, 1.5, seed=n) for n, picture in enumerate(pictures)]))


def test_a_scene_cut_is_noticed_and_moves_nobody() -> None:
    other = np.clip(World(seed=2).seen().astype(np.int16) + 50, 0, 255).astype(np.uint8)
    samples, asked = watch([WORLD.seen()] * 3 + [other] * 3)
    assert is_quiet(samples, asked)
    assert samples[2].camera_confidence == 0
    assert samples[3].camera_confidence > 0.9


def test_who_moves_on_both_sides_of_a_scene_cut_is_two_movers() -> None:
    other = np.clip(World(seed=2).seen().astype(np.int16) + 50, 0, 255).astype(np.uint8)
    samples, _ = watch([with_square(WORLD.seen() if n < 5 else other, n) for n in range(10)])
    before, after = ({m.track for s in part for m in s.movers} for part in (samples[:4], samples[5:]))
    assert before
    assert after
    assert not before & after


def test_a_frame_of_another_size_or_an_earlier_time_begins_anew() -> None:
    watcher = MoverWatcher()
    watcher.feed(Fraction(1), WORLD.seen())
    assert watcher.feed(Fraction(2), np.ascontiguousarray(WORLD.seen()[:90])) == []
    assert watcher.feed(Fraction(1), np.ascontiguousarray(WORLD.seen()[:90])) == []
    assert watcher.finish() == []


def test_a_person_who_was_seen_in_a_mover_is_in_its_samples_and_gives_it_its_size() -> None:
    pictures = [with_square(WORLD.seen(), n) for n in range(12)]
    samples, asked = watch(pictures, lambda n: [Pose(box=place_of(n), score=0.9)])
    unseen, _ = watch(pictures)
    sightings = [mover.sighting for sample in samples for mover in sample.movers]
    assert sum(sighting == 1.0 for sighting in sightings) == sum(map(len, asked)) > 0
    assert max(mover.sighting or 0 for sample in unseen for mover in sample.movers) == 0
    speeds = [mover.travel_hps for sample in samples for mover in sample.movers]
    assert np.median(speeds) == pytest.approx(9 / SQUARE_PX * 8, rel=0.25)


def test_what_was_seen_so_far_is_told_of_persons_alone_and_the_watch_goes_on() -> None:
    watcher = MoverWatcher()
    for number in range(8):
        for question in watcher.feed(number / RATE_HZ, with_square(WORLD.seen(), number)):
            if number == 2:
                assert not any(sample.movers for sample in watcher.seen_so_far())
            watcher.answer(question, [Pose(box=place_of(number), score=0.9)], CERTAINTY)
    halfway = watcher.seen_so_far()
    assert [len(sample.movers) for sample in halfway] == [1] * 7
    watcher.feed(8 / RATE_HZ, with_square(WORLD.seen(), 8))
    assert [sample.time for sample in watcher.finish()][:7] == [sample.time for sample in halfway]


def test_a_body_that_stands_behind_a_moving_hand_sizes_its_motion() -> None:
    body = Box(left=20, top=30, right=120, bottom=170)
    pictures = [with_patch(WORLD.seen(), 50 + 5 * (n % 3), 60, 30) for n in range(16)]
    alone, _ = watch(pictures)
    on_a_body, _ = watch(pictures, lambda _: [Pose(box=body, score=0.9)])

    def fastest(samples: Sequence[MotionSample]) -> float:
        return float(np.median([max(np.hypot(m.travel_hps, m.limb_hps) for m in s.movers) for s in samples if s.movers]))

    assert fastest(on_a_body) < fastest(alone) / 2


def question_about(look: Box) -> Question:
    mover = mover_of(observed(0, box_at(160, 90), curve_of(1.0)))
    return Question(mover=mover, look=look, time_s=0.0, bounds=Box(left=0, top=0, right=WIDTH_PX, bottom=HEIGHT_PX))


looks = st.builds(
    lambda x, y, side: Box(left=x, top=y, right=min(x + side, WIDTH_PX), bottom=min(y + side, HEIGHT_PX)),
    st.floats(0, WIDTH_PX - 20), st.floats(0, HEIGHT_PX - 20), st.floats(16, 400),
)  # fmt: skip


@settings(max_examples=30)
@given(looks, st.sampled_from([1.0, 1.5, 2.0, 4.0]))
def test_what_a_model_sees_in_a_crop_comes_back_to_where_it_is_in_the_luma(look: Box, scale: float) -> None:
    picture = np.zeros((round(HEIGHT_PX * scale), round(WIDTH_PX * scale), 3), np.uint8)
    crop = question_about(look).crop_from(picture)
    assert crop.scale == scale
    person = Box(left=look.left + 2, top=look.top + 3, right=look.left + 9, bottom=look.top + 12)
    in_crop = person.scaled(scale).moved(-crop.left, -crop.top)
    (back,) = crop.in_luma([Pose(box=in_crop, score=0.7, joints=np.zeros((17, 3), np.float32))])
    assert (back.box.left, back.box.top, back.box.right, back.box.bottom) == pytest.approx(
        (person.left, person.top, person.right, person.bottom), abs=1e-6
    )
    assert (back.score, back.joints) == (0.7, None)


@settings(max_examples=30)
@given(looks, st.sampled_from([1.0, 1.5, 2.0, 4.0]))
def test_a_crop_shows_the_part_of_the_picture_that_was_asked_for(look: Box, scale: float) -> None:
    size = (round(HEIGHT_PX * scale), round(WIDTH_PX * scale))
    picture = np.zeros((*size, 3), np.uint8)
    picture[..., 0] = (np.arange(size[1]) % 256)[None, :]
    picture[..., 1] = (np.arange(size[0]) % 256)[:, None]
    crop: Crop = question_about(look).crop_from(picture)
    shown = brought_near(crop.picture)
    height, width = shown.shape[:2]
    assert shown.flags.c_contiguous
    assert (width, height) == pytest.approx((look.width * scale, look.height * scale), abs=1.5)
    assert (shown[0, 0, 0], shown[0, 0, 1]) == (crop.left % 256, crop.top % 256)
    assert (crop.left, crop.top) == pytest.approx((look.left * scale, look.top * scale), abs=1)


def test_a_body_that_a_model_draws_beyond_the_pictures_edge_ends_there_and_one_beyond_it_is_nobody() -> None:
    crop = question_about(Box(left=0, top=0, right=160, bottom=160)).crop_from(np.zeros((HEIGHT_PX, WIDTH_PX, 3), np.uint8))
    reaching, beyond = (Pose(box=Box(left=left, top=20, right=left + 40, bottom=120), score=0.9) for left in (-15, -90))
    (person,) = crop.in_luma([reaching, beyond])
    assert person.box == Box(left=0, top=20, right=25, bottom=120)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_camera_that_was_lost_in_a_jolt_is_found_again_while_it_still_pans(seed: int) -> None:
    places = [-150, -150, -20, -10, 0, 10, 20]
    pictures = [World(seed=seed).seen(turned_by(shift_px=(x, 0))) for x in places]
    samples, _ = watch([with_noise(picture, 2.0, seed=n) for n, picture in enumerate(pictures)])
    assert all(sample.camera_confidence > 0.8 for sample in samples[2:])
    assert not any(sample.movers for sample in samples[2:])
