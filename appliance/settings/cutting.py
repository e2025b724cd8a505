"""What the command and the appliance share: where things lie, how footage is looked at, what becomes of it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import platformdirs
from pydantic import Field

from appliance.domain.place import DataFolder
from appliance.domain.rules import MotionRule, ReelRule, WatchingRule
from appliance.settings.values import Budget, Count, Duration, Level, Rate, Section, Stretch

#: More processes than this fight for memory bandwidth rather than help. Source: measured choice of this project.
MOST_WORKERS = 8
WATCHING, MOTION, REEL = WatchingRule(), MotionRule(), ReelRule()


def usable_cores() -> int:
    """Cores this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Storage(Section):
    """Where things lie on this machine."""

    home: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_path("rinkreel", appauthor=False)),
        description="Data root: everything the product keeps lies in here.",
    )
    models: Path | None = Field(
        default=None, description="Folder of pose models; the folder `models` in the data root when not given."
    )
    ffmpeg: Path | None = Field(
        default=None, description="The ffmpeg to run; otherwise the one that came with the Python packages, or on the PATH."
    )

    data: Path | None = Field(
        default=None,
        description="The appliance's one folder: share, originals, reels, book; `data` in the data root when not given.",
    )

    @property
    def data_folder(self) -> DataFolder:
        """Where the appliance keeps everything."""
        return DataFolder(root=(self.data or self.home / "data").absolute())

    @property
    def models_folder(self) -> Path:
        """Where pose models are kept."""
        return self.models or self.home / "models"


class Watching(Section):
    """How footage is looked at."""

    backend: Literal["auto", "mediapipe", "onnx"] = Field(default="auto", description="What finds people.")
    target_fps: Rate = Field(default=WATCHING.target_fps, description="Frames looked at per second of footage.")
    target_height: int = Field(
        default=WATCHING.target_height_px, ge=96, le=4320, description="Picture height that motion is measured at, px."
    )
    chunk: Stretch = Field(default=WATCHING.chunk, description="Footage that one process watches in one go.")
    workers: Count = Field(
        default=None, ge=1, le=256, description=f"Processes that watch; `auto` is one per core, at most {MOST_WORKERS}."
    )

    def rule(self) -> WatchingRule:
        """The same in the words of the domain."""
        return WatchingRule(target_fps=self.target_fps, target_height_px=self.target_height, chunk=self.chunk)

    @property
    def processes(self) -> int:
        """How many processes watch, `auto` resolved."""
        return self.workers or min(MOST_WORKERS, usable_cores())


class Motion(Section):
    """When motion counts. Speeds are body heights per second relative to the ice."""

    threshold: Level = Field(default=MOTION.movement_threshold_hps, description="Speed above which somebody moves.")
    release: Level | None = Field(
        default=None, description="Speed below which the moving one has stopped; in proportion to the threshold when not given."
    )
    min_moving: Duration = Field(default=MOTION.min_moving, description="Shorter motion is passed over.")
    max_stationary: Duration = Field(default=MOTION.max_stationary, description="Stillness that ends a segment.")
    merge_gap: Duration = Field(default=MOTION.merge_gap, description="Segments closer than this become one.")

    def rule(self) -> MotionRule:
        """The same in the words of the domain. Raises Misconfigured when release lies above the threshold."""
        in_proportion = MOTION.release_hps * (self.threshold / MOTION.movement_threshold_hps)
        return MotionRule(
            movement_threshold_hps=self.threshold,
            release_hps=in_proportion if self.release is None else self.release,
            min_moving=self.min_moving,
            max_stationary=self.max_stationary,
            merge_gap=self.merge_gap,
        )


class ReelTable(Section):
    """What a reel is made of."""

    pad_before: Duration = Field(default=REEL.pad_before, description="Kept before each segment.")
    pad_after: Duration = Field(default=REEL.pad_after, description="Kept after each segment.")
    budget: Budget = Field(default=REEL.budget, description="Longest reel, best moments first; `all` keeps every moment.")
    encoder: str = Field(
        default="auto",
        pattern=r"^[a-z0-9_]+$",
        description="H.264 encoder by ffmpeg's name; `auto` is the best that passes a trial.",
    )
    sessions: int = Field(
        default=2,
        ge=1,
        le=64,
        description="Encoding sessions that the graphics hardware is asked for at once, over all programs of this box.",
    )
    cutting: Literal["auto", "exact"] = Field(
        default="auto",
        description="`auto` widens cuts to key frames and copies pictures where that is safe; `exact` encodes what was planned.",
    )

    @property
    def may_copy(self) -> bool:
        """Whether cuts may grow to key frames. Neither a budget nor an encoder that was asked for allows it."""
        return self.cutting == "auto" and self.encoder == "auto" and self.budget is None

    def rule(self) -> ReelRule:
        """The same in the words of the domain."""
        return ReelRule(pad_before=self.pad_before, pad_after=self.pad_after, budget=self.budget)
