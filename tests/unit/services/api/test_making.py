from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from threading import Event

import pytest

from appliance.domain.errors import Transient, Unusable
from appliance.services.api.making import MOST_WAITING, SULK_S, Maker
from appliance.services.api.refusals import Refusal

from ....appliance_fakes import HandClock, HeardJournal

Scene = Callable[[Maker, HandClock], Awaitable[None]]


def play(scene: Scene, patience_s: float = 30.0) -> HeardJournal:
    clock, journal = HandClock(), HeardJournal()

    async def run() -> None:
        maker = Maker(clock, journal, patience_s=patience_s)
        try:
            await scene(maker, clock)
        finally:
            await maker.close()

    asyncio.run(run())
    return journal


def test_what_is_quick_comes_at_once_and_is_made_once(tmp_path: Path) -> None:
    made = []

    def make(_: Event) -> None:
        made.append(1)
        (tmp_path / "x").write_bytes(b"x")

    async def scene(maker: Maker, _: HandClock) -> None:
        assert await maker.have(tmp_path / "x", make, 9)
        assert await maker.have(tmp_path / "x", make, 9)

    play(scene)
    assert made == [1]


def test_what_takes_longer_is_on_its_way_however_often_it_is_asked_for(tmp_path: Path) -> None:
    gate, made = Event(), []

    def make(_: Event) -> None:
        made.append(1)
        gate.wait(30)
        (tmp_path / "x").write_bytes(b"x")

    async def scene(maker: Maker, _: HandClock) -> None:
        for _again in range(3):
            assert not await maker.have(tmp_path / "x", make, 30)
        gate.set()
        for _again in range(1000):
            if await maker.have(tmp_path / "x", make, 30):
                return
        raise AssertionError

    play(scene, patience_s=0.01)
    assert made == [1]


def test_one_thing_is_made_at_a_time(tmp_path: Path) -> None:
    at_once, most = [0], [0]

    def make(name: str) -> Callable[[Event], None]:
        def work(_: Event) -> None:
            at_once[0] += 1
            most[0] = max(most[0], at_once[0])
            (tmp_path / name).write_bytes(b"x")
            at_once[0] -= 1

        return work

    async def scene(maker: Maker, _: HandClock) -> None:
        names = [str(number) for number in range(8)]
        assert all(await asyncio.gather(*(maker.have(tmp_path / name, make(name), 9) for name in names)))

    play(scene)
    assert most == [1]


def test_a_failure_is_told_to_whoever_asks_and_tried_again_after_a_while(tmp_path: Path) -> None:
    tries = []

    def make(_: Event) -> None:
        tries.append(1)
        raise Unusable("nothing decodes")

    async def scene(maker: Maker, clock: HandClock) -> None:
        for wanted in (1, 1):
            with pytest.raises(Unusable, match="nothing decodes"):
                await maker.have(tmp_path / "x", make, 9)
            assert len(tries) == wanted
        clock.time_s += SULK_S
        with pytest.raises(Unusable):
            await maker.have(tmp_path / "x", make, 9)
        assert len(tries) == 2

    assert "not made" in play(scene).events


def test_a_fault_of_our_own_is_no_silence(tmp_path: Path) -> None:
    def make(_: Event) -> None:
        raise RuntimeError("a slip")

    async def scene(maker: Maker, _: HandClock) -> None:
        with pytest.raises(Transient, match="could not be made"):
            await maker.have(tmp_path / "x", make, 9)

    play(scene)


def test_what_takes_too_long_is_stopped(tmp_path: Path) -> None:
    async def scene(maker: Maker, _: HandClock) -> None:
        with pytest.raises(Transient, match="longer than"):
            await maker.have(tmp_path / "x", assert_set, 0.05)

    play(scene)


def test_what_is_being_made_when_the_server_ends_is_stopped(tmp_path: Path) -> None:
    stopped = []

    async def scene(maker: Maker, _: HandClock) -> None:
        assert not await maker.have(tmp_path / "x", lambda stop: stopped.append(assert_set(stop)), 60)

    play(scene, patience_s=0.05)
    assert stopped == [True]


def test_only_so_much_may_wait(tmp_path: Path) -> None:
    async def scene(maker: Maker, _: HandClock) -> None:
        for number in range(MOST_WAITING):
            assert not await maker.have(tmp_path / str(number), assert_set, 60)
        with pytest.raises(Refusal) as caught:
            await maker.have(tmp_path / "more", assert_set, 60)
        assert (caught.value.status, caught.value.headers) == (503, {"Retry-After": "60"})

    play(scene, patience_s=0.0)


def assert_set(stop: Event) -> bool:
    assert stop.wait(30)
    return True
