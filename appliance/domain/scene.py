"""A drawn rink session: who is on the ice and does what, how it is filmed, lit and recorded. Only words; nothing is drawn here.

World: metres on the ice, x along the rink, y away from the camera's side, z up; headings in degrees, 0 along x, 90 away from the
camera. A camera stands still and turns; 0 degrees of pan look straight across the rink.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from appliance.domain.timespan import Seconds, Span

#: red, green, blue, 0..255.
Colour = tuple[int, int, int]
#: How long the sync lamp and its beep last.
MARK_S = 0.1


class Activity(StrEnum):
    """What a body does for a while."""

    STAND = "stand"
    STRIDE = "stride"
    GLIDE = "glide"
    SPIRAL = "spiral"
    SPIN = "spin"
    SIT_SPIN = "sit_spin"
    JUMP = "jump"


class Posture(StrEnum):
    """How somebody stands."""

    RELAXED = "relaxed"
    HANDS_ON_HIPS = "hands_on_hips"
    ARMS_FOLDED = "arms_folded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One activity for `length` seconds. speed_mps: along the path; turn_dps: how fast the path bends, left is positive.
    backward: the body faces where it comes from. turns: whole turns of a spin or jump."""

    activity: Activity
    length: Seconds
    speed_mps: float = 0.0
    turn_dps: float = 0.0
    backward: bool = False
    turns: int = 1

    def __post_init__(self) -> None:
        if self.length <= 0:
            raise ValueError(f"a step takes time; found {self.length} s")
        if self.still and (self.speed_mps or self.turn_dps):
            raise ValueError("who stands neither travels nor turns")

    @property
    def still(self) -> bool:
        """Whether the body stays where it is and as it is, but for its sway."""
        return self.activity is Activity.STAND


@dataclass(frozen=True, slots=True, kw_only=True)
class Outfit:
    """Colours of a person; a skirt where there is one, else trousers down from the hips."""

    jacket: Colour = (178, 34, 52)
    trim: Colour = (240, 240, 240)
    trousers: Colour = (28, 30, 40)
    skirt: Colour | None = None
    gloves: Colour | None = None
    boots: Colour = (235, 232, 225)
    skin: Colour = (226, 178, 148)
    hair: Colour = (62, 40, 26)
    cap: Colour | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Skater:
    """Somebody at the rink. place_m: where they are first; after the last step they stand. tempo_hz: full strides a second."""

    place_m: tuple[float, float]
    heading_deg: float = 0.0
    steps: tuple[Step, ...] = ()
    posture: Posture = Posture.RELAXED
    outfit: Outfit = field(default_factory=Outfit)
    height_m: float = 1.70
    tempo_hz: float = 0.8
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraKey:
    """Where the camera looks at a moment; between keys it moves smoothly. width_deg: angle of view from left to right.
    follows: number of the skater that it keeps in the middle; pan and tilt are then added to that direction.
    shake_deg: about how much the hand that holds it trembles; 0 on a stand."""

    at: Seconds = Fraction(0)
    pan_deg: float = 0.0
    tilt_deg: float = -8.0
    width_deg: float = 50.0
    follows: int | None = None
    shake_deg: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """A camera that turns and zooms but stays where it is. place_m: x, y, height."""

    place_m: tuple[float, float, float] = (30.0, -0.6, 2.1)
    keys: tuple[CameraKey, ...] = (CameraKey(),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flicker:
    """Lamps that beat with the shutter for a while: brightness swings by `depth` (0..1), in bands that roll over the picture."""

    span: Span
    depth: float = 0.12
    rate_hz: float = 6.3


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposureJump:
    """From `at` on everything is `gain` times as bright."""

    at: Seconds
    gain: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rink:
    """The sheet of ice and what surrounds it. Sizes as international ice hockey rinks have them."""

    length_m: float = 60.0
    width_m: float = 30.0
    corner_m: float = 8.5
    boards_m: float = 1.07
    seed: int = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A whole session. marks: moments at which a lamp in the picture's corner lights up and a beep sounds, for checks of sync.
    noise: deviation of the sensor's noise, in 8-bit levels."""

    name: str
    length: Seconds
    fps: Fraction = Fraction(30)
    width_px: int = 1280
    height_px: int = 720
    skaters: tuple[Skater, ...] = ()
    bystanders: tuple[Skater, ...] = ()
    camera: Camera = field(default_factory=Camera)
    rink: Rink = field(default_factory=Rink)
    flickers: tuple[Flicker, ...] = ()
    exposure: tuple[ExposureJump, ...] = ()
    marks: tuple[Seconds, ...] = ()
    noise: float = 2.0
    seed: int = 1

    @property
    def frames(self) -> int:
        """How many pictures the session has."""
        return int(self.length * self.fps)

    @property
    def people(self) -> tuple[Skater, ...]:
        """Everybody: skaters first, in their order, then bystanders."""
        return self.skaters + self.bystanders

    def moments_s(self) -> Sequence[float]:
        """When each picture is taken, in seconds."""
        return [float(index / self.fps) for index in range(self.frames)]
