"""Drawn sessions with what the real clips lack; each one's truth is known exactly, because it is what was drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

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

#: Clothes of those on the ice, one after the other.
OUTFITS: Final = (
    Outfit(jacket=(170, 24, 60), skirt=(150, 18, 52), trousers=(214, 170, 140), hair=(70, 44, 24)),
    Outfit(jacket=(22, 24, 32), trousers=(26, 28, 38), trim=(196, 200, 210), boots=(30, 30, 34)),
    Outfit(jacket=(28, 92, 168), trousers=(40, 42, 50), cap=(24, 60, 120), gloves=(34, 34, 38)),
    Outfit(jacket=(46, 140, 92), trousers=(30, 34, 46), cap=(230, 190, 50), skin=(170, 120, 88)),
    Outfit(jacket=(196, 122, 36), trousers=(60, 66, 84), hair=(120, 84, 46)),
)
#: A camera on a stand above the boards that sees most of the sheet.
HIGH: Final = Camera(place_m=(30.0, -3.0, 5.0), keys=(CameraKey(tilt_deg=-13.0, width_deg=74.0),))
STANDERS: Final = tuple(
    Skater(place_m=place_m, heading_deg=heading_deg, posture=posture, outfit=OUTFITS[index], seed=40 + index)
    for index, (place_m, heading_deg, posture) in enumerate(
        (
            ((26.6, 9.4), -85.0, Posture.RELAXED),
            ((32.8, 11.2), -115.0, Posture.HANDS_ON_HIPS),
            ((34.6, 13.5), -90.0, Posture.ARMS_FOLDED),
        )
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A resurfacer that drives along the rink at a constant speed: a box on the ice without anybody to be seen on it."""

    span: Span
    from_m: tuple[float, float]
    speed_mps: float
    size_m: tuple[float, float, float] = (4.0, 2.1, 2.2)
    colour: tuple[int, int, int] = (196, 202, 208)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnSession:
    """scene: what is drawn, and what the truth is taken from. mirrored: who is only to be seen in the glass before the camera.
    bit_rate: of a second encoding, as "2M"; kept: which pictures stay in it, in ffmpeg's words, so that the rate varies."""

    scene: Scene
    mirrored: tuple[Skater, ...] = ()
    machine: Machine | None = None
    bit_rate: str = ""
    kept: str = ""


def drawn_sessions() -> tuple[DrawnSession, ...]:
    """All of them, in the order of the table."""
    bout = (_bout(),)
    jumps = tuple(ExposureJump(at=Fraction(at), gain=gain) for at, gain in ((2, 0.75), (5, 1.15), (10, 0.8), (16, 1.0)))
    beat = Flicker(span=Span(Fraction(0), Fraction(20)), depth=0.14)
    slow = "if(between(t,5,11),not(mod(n,3)),gt(mod(n*37,100),30))"
    return (
        DrawnSession(scene=_scene("fixed_bout", skaters=bout, bystanders=STANDERS)),
        DrawnSession(scene=_scene("panning_bout", skaters=bout, bystanders=STANDERS, camera=_panning(8))),
        DrawnSession(scene=_scene("pan_over_standers", bystanders=STANDERS, camera=_panning(16))),
        DrawnSession(scene=_scene("far_skaters", skaters=_far(), camera=HIGH)),
        DrawnSession(scene=_scene("ten_on_the_ice", skaters=_ten(), camera=HIGH)),
        DrawnSession(scene=_scene("resurfacer", skaters=(_bout(13, 4),), bystanders=STANDERS, camera=HIGH), machine=_machine()),
        DrawnSession(scene=_scene("mirrored_glass", skaters=(_bout(12, 5),), bystanders=STANDERS[2:]), mirrored=_mirrored()),
        DrawnSession(scene=_scene("lamp_beat", skaters=bout, bystanders=STANDERS[1:], flickers=(beat,))),
        DrawnSession(scene=_scene("exposure_jumps", skaters=bout, bystanders=STANDERS[1:], exposure=jumps)),
        DrawnSession(scene=_large("two_megabits", skaters=bout, bystanders=STANDERS[1:], noise=4.0), bit_rate="2M"),
        DrawnSession(scene=_scene("sixty_a_second", skaters=(_bout(4, 5),), length=Fraction(12), fps=Fraction(60))),
        DrawnSession(scene=_scene("ten_a_second", skaters=bout, bystanders=STANDERS[1:], fps=Fraction(10))),
        DrawnSession(scene=_scene("variable_rate", skaters=bout, bystanders=STANDERS[1:], fps=Fraction(30)), kept=slow),
    )


def mirrored_by_glass(skater: Skater) -> Skater:
    """Somebody behind the camera as the glass on the near boards shows them: as far beyond it, the other way round."""
    x, y = skater.place_m
    steps = tuple(replace(step, turn_dps=-step.turn_dps) for step in skater.steps)
    return replace(skater, place_m=(x, -y), heading_deg=-skater.heading_deg, steps=steps)


def _bout(start_s: int = 6, length_s: int = 8, seed: int = 3) -> Skater:
    """Stands, skates a round before the camera, and stands again."""
    glide_s = length_s // 2
    steps = (
        Step(activity=Activity.STAND, length=Fraction(start_s)),
        Step(activity=Activity.STRIDE, length=Fraction(length_s - glide_s), speed_mps=2.6, turn_dps=62.0),
        Step(activity=Activity.GLIDE, length=Fraction(glide_s), speed_mps=2.2, turn_dps=64.0),
    )
    return Skater(place_m=(29.4, 8.4), heading_deg=0.0, steps=steps, outfit=OUTFITS[0], seed=seed)


def _round(start_s: int, length_s: int, turn_dps: float) -> tuple[Step, ...]:
    return (
        Step(activity=Activity.STAND, length=Fraction(start_s)),
        Step(activity=Activity.STRIDE, length=Fraction(length_s), speed_mps=2.4, turn_dps=turn_dps),
    )


def _far() -> tuple[Skater, ...]:
    """Two at the far side, about a twelfth of the picture high, one after the other with a pause between."""
    plans = (((24.0, 21.0), 0.0, 3, 5, 50.0), ((36.0, 24.0), 180.0, 11, 6, 55.0))
    return tuple(
        Skater(place_m=place, heading_deg=heading, steps=_round(start, length, turn), outfit=OUTFITS[index], seed=60 + index)
        for index, (place, heading, start, length, turn) in enumerate(plans)
    )


def _ten() -> tuple[Skater, ...]:
    """Ten on the ice: three stand all the time, seven set out and stop at different times, all between second 4 and 13."""
    spots = [(20.0 + 5.0 * (index % 5), 9.5 + 8.0 * (index // 5)) for index in range(10)]
    skaters = []
    for index, spot in enumerate(spots):
        turn = 66.0 if index % 2 else -66.0
        steps = () if index in {1, 4, 7} else _round(4 + index % 3, 9 - index % 3 - index % 2, turn)
        outfit = OUTFITS[index % len(OUTFITS)]
        skaters.append(Skater(place_m=spot, heading_deg=36.0 * index, steps=steps, outfit=outfit, seed=70 + index))
    return tuple(skaters)


def _mirrored() -> tuple[Skater, ...]:
    """Two who walk past behind the camera between second 1 and 10, from out of the picture to out of it."""
    plans = ((24.8, 0.0, 1, 9, 1.1), (35.0, 180.0, 2, 7, 1.4))
    return tuple(
        Skater(
            place_m=(x, -6.0), heading_deg=heading, outfit=OUTFITS[1 + 2 * index], seed=81 + index,
            steps=(
                Step(activity=Activity.STAND, length=Fraction(start)),
                Step(activity=Activity.STRIDE, length=Fraction(length), speed_mps=speed),
            ),
        )
        for index, (x, heading, start, length, speed) in enumerate(plans)
    )  # fmt: skip


def _machine() -> Machine:
    return Machine(span=Span(Fraction(1), Fraction(12)), from_m=(14.0, 5.4), speed_mps=2.4)


def _panning(swing_deg: int) -> Camera:
    """Looks to and fro all the time, by hand."""
    turns = ((0, 0.0), (4, -1.0), (9, 1.0), (14, -1.0), (19, 1.0))
    keys = (CameraKey(at=Fraction(at_s), pan_deg=share * swing_deg, shake_deg=0.1) for at_s, share in turns)
    return Camera(keys=tuple(keys))


def _scene(name: str, **words: object) -> Scene:
    """Twenty seconds at 960 × 540 and 20 pictures a second, unless told otherwise."""
    plain: dict[str, object] = {"length": Fraction(20), "fps": Fraction(20), "width_px": 960, "height_px": 540, "seed": len(name)}
    return Scene(name=name, **(plain | words))  # type: ignore[arg-type]


def _large(name: str, **words: object) -> Scene:
    return _scene(name, **({"fps": Fraction(30), "width_px": 1280, "height_px": 720} | words))
