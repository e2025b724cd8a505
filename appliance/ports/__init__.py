"""What the stages need from outside. Protocols only, no logic; every adapter and every fake passes the same contract tests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from appliance.domain.media import MediaFile, PictureRun, Recording
from appliance.domain.model import ModelCard, ModelState
from appliance.domain.motion import MotionSample, MotionSignal
from appliance.domain.picture import AnyPicture
from appliance.domain.pose import Box, Pose
from appliance.domain.reel import Reel, ReelPlan
from appliance.domain.timespan import Seconds, Span

#: uint8 (height, width, 3) — red, green, blue, upright.
Picture = npt.NDArray[np.uint8]
#: uint8 (height, width) — luma, upright.
Luma = npt.NDArray[np.uint8]
#: float32 (n) — one channel, -1..1, at SOUND_RATE_HZ.
Sound = npt.NDArray[np.float32]
SOUND_RATE_HZ = 48_000


class MediaProber(Protocol):
    """Opens one media file and says what it really holds."""

    def probe(self, path: Path) -> MediaFile:
        """Describe a file by its packets, not only its header.

        Raises:
            Unusable: not a video, or nothing in it decodes. Transient: it could not be read this time.
        """


class SampledFrame(Protocol):
    """One decoded frame, converted only as far as somebody asks. Pictures come upright, with square pixels."""

    @property
    def time(self) -> Seconds:
        """When it is shown, on the recording's clock."""

    def luma(self, long_side_px: int) -> Luma:
        """The frame in grey, its longer side `long_side_px` (never enlarged)."""

    def picture(self, long_side_px: int) -> Picture:
        """The frame in colour, its longer side at most `long_side_px` (never enlarged)."""

    def view(self, long_side_px: int) -> AnyPicture:
        """The same where the frame lies, for a model to look at."""


class FrameReader(Protocol):
    """Decodes a stretch of a recording's file at a steady rate."""

    @property
    def reads_side_by_side(self) -> bool:
        """Whether a stretch may be begun while another waits half-read, and be left early, both for little."""

    def frames(self, file: MediaFile, span: Span, rate_hz: Fraction) -> Iterator[SampledFrame]:
        """Frames within `span` (recording's clock), at most `rate_hz` a second by time stamp, never by index. The proxy is
        read where the file has one. Damaged packets are passed over; a file that ends early ends the iteration.

        Raises:
            Unusable: nothing in the span decodes. Transient: the file could not be read this time.
        """

    def key_frames(self, file: MediaFile, span: Span, least_gap: Seconds) -> Iterator[tuple[SampledFrame, int]]:
        """Key frames from the last one at or before `span` to the first one after it, decoded alone; those that follow another
        within `least_gap` are left out. Nothing is yielded where the file cannot tell. Damage is passed over.

        With each comes the number of bytes that the file spends on the pictures since the one before it.

        Raises:
            Transient: the file could not be read this time.
        """

    def remarks(self) -> tuple[str, ...]:
        """What went wrong while reading since the last call, in words for people (damaged packets, early end)."""


class PictureGroupReader(Protocol):
    """Reads when the packets of a stretch are shown, without decoding them."""

    def read_groups(self, file: MediaFile, span: Span, reach: Seconds) -> PictureRun:
        """Whole groups of pictures from the last key frame at or before `span` (the file's own clock) to the first at or
        after its end. Looks no further than `reach` before and behind it; what is not found there is left out.

        Raises:
            Unusable, Misconfigured, Transient: as a prober does.
        """

    def close(self) -> None:
        """Close what stayed open from one stretch to the next."""


class PoseModel(Protocol):
    """Finds people in pictures."""

    @property
    def name(self) -> str:
        """Backend and weights, as the report states them."""

    @property
    def certainty(self) -> tuple[float, float]:
        """Scores at which this model's word is worth nothing, and at which it is sure: models count differently."""

    def find_people(self, pictures: Sequence[Picture]) -> list[tuple[Pose, ...]]:
        """People in each picture (sizes may differ), best first; boxes and joints in that picture's pixels.

        Raises:
            Misconfigured: the runtime failed in a way that no other picture would mend.
        """

    def find_boxes(self, pictures: Sequence[AnyPicture]) -> list[tuple[Pose, ...]]:
        """The same without joints, where that is cheaper: rougher boxes, one network instead of two."""

    def pose_in(self, picture: Picture, box: Box) -> Pose | None:
        """Verify a suspected person: the pose in a box around the whole body, None where the model sees none.

        The score says how sure the landmark step alone is that this is a person, 0..1.
        """


class ModelStore(Protocol):
    """Keeps the networks, by the names of the manifest; hands none out whose hash did not match."""

    def cards(self) -> tuple[ModelCard, ...]:
        """Every model that the manifest names."""

    def state(self, name: str) -> ModelState:
        """Whether it is there and genuine."""

    def path_of(self, name: str) -> Path:
        """Its file. Raises Misconfigured, with what to do, where it is missing or not genuine."""

    def pull(self, name: str) -> Path:
        """Fetch it, or make it after fetching its parts. Raises Transient when nothing was reached, Misconfigured otherwise."""

    def build(self, name: str) -> Path:
        """Make it anew out of its parts. Raises Transient when a part is not reached, Misconfigured when it is not made here."""

    def import_file(self, path: Path) -> tuple[str, ...]:
        """Take over every known model in a file, zip or wheel. Raises Unusable when there is none in it."""


class ArtefactStore(Protocol):
    """Keeps what a stage leaves behind, by name. Writing the same name twice is the same as writing it once."""

    def save_samples(self, name: str, samples: Sequence[MotionSample]) -> str:
        """Keep motion samples; returns the artefact's name."""

    def load_samples(self, name: str) -> tuple[MotionSample, ...]:
        """The samples that were kept under this name. Raises Transient when they are gone."""

    def save_signal(self, name: str, signal: MotionSignal) -> str:
        """Keep a recording's motion signal; returns the artefact's name."""

    def load_signal(self, name: str) -> MotionSignal:
        """The signal that was kept under this name. Raises Transient when it is gone."""


class Progress(Protocol):
    """Hears how far a stage has come. Called from real progress only, so silence means a hang."""

    def advance(self, stage: str, done_s: float, total_s: float) -> None:
        """`done_s` of `total_s` seconds of footage are through `stage`."""


class ReelEncoder(Protocol):
    """Cuts originals and writes the reel."""

    @property
    def name(self) -> str:
        """The encoder in use, as the report states it."""

    def assemble(self, plan: ReelPlan, recordings: Sequence[Recording], target: Path, progress: Progress) -> Reel:
        """Write the reel, its chapters and its poster (beside it, `.jpg`); the target appears only when verified.

        Raises:
            Misconfigured: no encoder works, or the disk is full. Transient: the encoder stalled or failed.
        """


class RecordingWriter(Protocol):
    """Writes pictures and sound as a recording, as a camera would."""

    def write_recording(self, path: Path, frames: Iterable[Picture], *, fps: Fraction, sound: Sound | None) -> None:
        """Write all frames, evenly spaced, with the sound beside them; the file appears only when it is whole.

        Raises:
            Misconfigured: no encoder works, or the disk is full. Transient: the encoder stalled or failed.
        """
