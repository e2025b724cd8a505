"""Scenes that are ready to be drawn: one for the demonstration, small ones for tests; each is made when somebody asks for it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Final

from appliance.domain.errors import Misconfigured
from appliance.domain.scene import (
    Activity,
    Camera,
    CameraKey,
    ExposureJump,
    Flicker,
    Outfit,
    Posture,
    Scene,
    Skater,
    Step,
)
from appliance.domain.timespan import Span

_SOLOIST: Final = Outfit(
    jacket=(170, 24, 60), skirt=(150, 18, 52), trousers=(214, 170, 140), hair=(70, 44, 24), trim=(250, 226, 232)
)
_PARTNER: Final = Outfit(jacket=(22, 24, 32), trousers=(26, 28, 38), trim=(196, 200, 210), hair=(38, 28, 22), boots=(30, 30, 34))
_COACH: Final = Outfit(jacket=(28, 92, 168), trousers=(40, 42, 50), cap=(24, 60, 120), gloves=(34, 34, 38), boots=(32, 32, 36))
_PARENT: Final = Outfit(jacket=(196, 122, 36), trousers=(60, 66, 84), hair=(120, 84, 46), trim=(90, 56, 22))
_CHILD: Final = Outfit(jacket=(46, 140, 92), trousers=(30, 34, 46), cap=(230, 190, 50), skin=(170, 120, 88), gloves=(200, 60, 60))
_KEEPER: Final = Outfit(jacket=(120, 44, 130), trousers=(34, 36, 44), skin=(120, 82, 58), hair=(24, 20, 18))


def scene_named(name: str) -> Scene:
    """The scene of this name.

    Raises:
        Misconfigured: there is none.
    """
    if name not in CATALOGUE:
        raise Misconfigured(f"there is no scene named {name!r}", remedy=f"Choose one of: {', '.join(sorted(CATALOGUE))}.")
    return CATALOGUE[name]()


def demo() -> Scene:
    """A minute and a half at the rink: four bouts of skating among people who stand, and much that fools a motion detector."""
    return Scene(
        name="demo", length=Fraction(88), skaters=(_soloist(), _partner()), bystanders=_demo_bystanders(), camera=_demo_camera(),
        flickers=(Flicker(span=Span(Fraction(22), Fraction(28))),), exposure=(ExposureJump(at=Fraction(74), gain=0.84),),
        marks=(Fraction(10), Fraction(35), Fraction(63), Fraction(80)), noise=2.0, seed=20,
    )  # fmt: skip


def still_people() -> Scene:
    """Three people stand and sway; nobody skates."""
    return _small("still_people", 8, bystanders=_standers())


def panning_over_standers() -> Scene:
    """The camera pans over people who stand, and shakes a little."""
    keys = tuple(_key(at_s, pan_deg=pan_deg, shake_deg=0.12) for at_s, pan_deg in ((0, -16.0), (1, -16.0), (5, 16.0), (9, -12.0)))
    return _small("panning_over_standers", 10, bystanders=_standers(), camera=Camera(keys=keys))


def spin() -> Scene:
    """A skater stands, spins on the spot from second 3 to 8, and stands again."""
    steps = (_step(Activity.STAND, 3), _step(Activity.SPIN, 5, turns=8))
    return _small("spin", 11, skaters=(Skater(place_m=(30.0, 8.0), heading_deg=-80.0, steps=steps, outfit=_SOLOIST, seed=3),))


def far_skater() -> Scene:
    """A skater at the far side, small in the picture, skates from second 2 to 8."""
    steps = (
        _step(Activity.STAND, 2),
        _step(Activity.STRIDE, 4, speed_mps=3.0, turn_dps=30.0),
        _step(Activity.GLIDE, 2, speed_mps=3.0),
    )
    return _small(
        "far_skater", 10, skaters=(Skater(place_m=(24.0, 20.0), heading_deg=-45.0, steps=steps, outfit=_PARTNER, seed=4),)
    )


def two_skaters_one_stands() -> Scene:
    """Two on the ice: one skates from second 2 to 7, the other one stands all the time."""
    steps = (_step(Activity.STAND, 2), _step(Activity.STRIDE, 5, speed_mps=2.6, turn_dps=64.0))
    mover = Skater(place_m=(29.0, 9.5), heading_deg=0.0, steps=steps, outfit=_SOLOIST, seed=5)
    stander = Skater(place_m=(26.2, 9.0), heading_deg=-70.0, posture=Posture.HANDS_ON_HIPS, outfit=_PARTNER, seed=6)
    return _small("two_skaters_one_stands", 10, skaters=(mover, stander))


def flicker_only() -> Scene:
    """Two people stand under lamps that beat, and the exposure jumps; nobody skates."""
    flicker = Flicker(span=Span(Fraction(1), Fraction(6)), depth=0.16)
    jump = ExposureJump(at=Fraction(7), gain=0.8)
    return _small("flicker_only", 9, bystanders=_standers()[:2], flickers=(flicker,), exposure=(jump,))


def empty_ice() -> Scene:
    """Nobody is there."""
    return _small("empty_ice", 4)


def follow_glide() -> Scene:
    """The camera follows a skater who sets out at second 2, glides almost without moving a limb, and stops at 9."""
    steps = (
        _step(Activity.STAND, 2),
        _step(Activity.STRIDE, 2, speed_mps=3.0),
        _step(Activity.GLIDE, 5, speed_mps=3.0, turn_dps=-12.0),
    )
    skater = Skater(place_m=(21.0, 9.0), heading_deg=24.0, steps=steps, outfit=_SOLOIST, seed=7)
    keys = (_key(0, tilt_deg=0.0, width_deg=44.0, follows=0, shake_deg=0.08),)
    return _small("follow_glide", 11, skaters=(skater,), bystanders=_standers()[2:], camera=Camera(keys=keys))


def _soloist() -> Skater:
    """Four bouts: a round with a jump, spins, a long glide for the following camera, and a last round."""
    steps = (
        _step(Activity.STAND, 7), *_round_with_jump(),
        _step(Activity.STAND, 12), _step(Activity.STRIDE, 3, speed_mps=2.4, turn_dps=50.0), _step(Activity.SPIN, 5, turns=9),
        _step(Activity.SIT_SPIN, 4, turns=6),
        _step(Activity.STAND, 14), *_long_glide(),
        _step(Activity.STAND, 5), _step(Activity.STRIDE, 4, speed_mps=2.8, turn_dps=44.0),
        _step(Activity.SPIRAL, 2, speed_mps=1.6),
    )  # fmt: skip
    return Skater(place_m=(26.4, 9.4), heading_deg=-20.0, steps=steps, outfit=_SOLOIST, height_m=1.66, seed=1)


def _round_with_jump() -> tuple[Step, ...]:
    return (
        _step(Activity.STRIDE, "9/2", speed_mps=3.0, turn_dps=60.0), _step(Activity.GLIDE, 2, speed_mps=2.8, turn_dps=60.0),
        _step(Activity.GLIDE, "3/2", speed_mps=2.6, turn_dps=14.0, backward=True),
        _step(Activity.JUMP, "12/5", speed_mps=2.2, turn_dps=10.0, backward=True),
        _step(Activity.GLIDE, "8/5", speed_mps=1.8, turn_dps=105.0, backward=True),
    )  # fmt: skip


def _long_glide() -> tuple[Step, ...]:
    return (
        _step(Activity.STRIDE, 2, speed_mps=2.6, turn_dps=100.0), _step(Activity.STRIDE, 2, speed_mps=3.4, turn_dps=30.0),
        _step(Activity.GLIDE, 4, speed_mps=3.2, turn_dps=44.0),
        _step(Activity.SPIRAL, "7/2", speed_mps=2.1, turn_dps=20.0),
        _step(Activity.JUMP, "5/2", speed_mps=1.9, turn_dps=36.0, turns=2),
    )  # fmt: skip


def _partner() -> Skater:
    """Stands for most of the session and joins the last bout."""
    steps = (
        _step(Activity.STAND, 77),
        _step(Activity.STRIDE, 4, speed_mps=2.4, turn_dps=-50.0),
        _step(Activity.GLIDE, 2, speed_mps=2.0),
    )
    return Skater(
        place_m=(30.8, 17.6),
        heading_deg=-110.0,
        steps=steps,
        posture=Posture.HANDS_ON_HIPS,
        outfit=_PARTNER,
        height_m=1.78,
        seed=2,
    )


def _demo_camera() -> Camera:
    """Fixed for two bouts, then a pan over who stands, then with the soloist, then fixed again."""
    fixed: tuple[tuple[int, float], ...] = ((0, 0.0), (44, 0.0), (47, 24.0), (48, 24.0), (53, -22.0))
    wide = [_key(at_s, pan_deg=pan_deg, tilt_deg=-4.5) for at_s, pan_deg in fixed]
    close = [_key(at_s, tilt_deg=1.0, width_deg=40.0, follows=0, shake_deg=0.07) for at_s in (57, 72)]
    keys = (*wide, *close, _key(75, tilt_deg=-4.5))
    return Camera(keys=keys)


def _demo_bystanders() -> tuple[Skater, ...]:
    return (
        Skater(place_m=(27.2, 12.6), heading_deg=-50.0, posture=Posture.ARMS_FOLDED, outfit=_COACH, height_m=1.80, seed=11),
        Skater(place_m=(26.3, 31.0), heading_deg=-88.0, outfit=_PARENT, seed=12),
        Skater(place_m=(36.1, 31.1), heading_deg=-95.0, posture=Posture.ARMS_FOLDED, outfit=_KEEPER, height_m=1.84, seed=13),
        Skater(place_m=(41.6, 15.0), heading_deg=-130.0, outfit=_CHILD, height_m=1.38, seed=14),
        Skater(place_m=(18.4, 16.0), heading_deg=-60.0, posture=Posture.HANDS_ON_HIPS, outfit=_KEEPER, height_m=1.74, seed=15),
    )


def _standers() -> tuple[Skater, ...]:
    return (
        Skater(place_m=(28.2, 8.6), heading_deg=-85.0, outfit=_COACH, height_m=1.78, seed=21),
        Skater(place_m=(31.6, 10.2), heading_deg=-115.0, posture=Posture.HANDS_ON_HIPS, outfit=_PARTNER, seed=22),
        Skater(place_m=(33.6, 13.5), heading_deg=-90.0, posture=Posture.ARMS_FOLDED, outfit=_PARENT, height_m=1.68, seed=23),
    )


def _small(name: str, length_s: int, **words: object) -> Scene:
    """A scene for tests: 640 × 360 at 15 frames a second."""
    plain: dict[str, object] = {
        "camera": Camera(keys=(_key(0),)),
        "fps": Fraction(15),
        "width_px": 640,
        "height_px": 360,
        "seed": len(name),
    }
    return Scene(name=name, length=Fraction(length_s), **(plain | words))  # type: ignore[arg-type]


def _key(at_s: int, *, tilt_deg: float = -8.0, follows: int | None = None, **words: float) -> CameraKey:
    return CameraKey(at=Fraction(at_s), tilt_deg=tilt_deg, follows=follows, **words)


def _step(activity: Activity, length_s: int | str, **words: float | bool) -> Step:
    return Step(activity=activity, length=Fraction(length_s), **words)  # type: ignore[arg-type]


#: Every scene by name.
CATALOGUE: Final[dict[str, Callable[[], Scene]]] = {
    make.__name__: make
    for make in (
        demo, still_people, panning_over_standers, spin, far_skater, two_skaters_one_stands, flicker_only, empty_ice,
        follow_glide,
    )
}  # fmt: skip
