"""What is known of a network before it is loaded: where it may come from, which bytes are accepted, how it wants its pictures."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePosixPath


class ModelRole(StrEnum):
    """What a network is for."""

    PERSON_DETECTOR = "person_detector"
    POSE_LANDMARKS = "pose_landmarks"
    PERSON_BOXES = "person_boxes"
    CROP_POSE = "crop_pose"
    WHOLE_POSE = "whole_pose"
    BUNDLE = "bundle"


@dataclass(frozen=True, slots=True, kw_only=True)
class WheelMember:
    """A file inside a Python package that any package index carries; the package is read, never installed."""

    package: str
    version: str
    member: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveMember:
    """A file inside a zip on a web server. sha256: of the zip, empty where only the member's is known."""

    url: str
    member: str
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebFile:
    """A file on a web server."""

    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """Made on this machine out of other models, named in order."""

    parts: tuple[str, ...]


ModelSource = WheelMember | ArchiveMember | WebFile | Conversion


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """One entry of the manifest.

    sha256: every accepted content of the file; empty where the file is made here and vouched for by its parts.
    width_px, height_px: what the network looks at. layout: order of the input's axes. colours: rgb or bgr.
    mean, std: bytes become (byte - mean) / std, per colour in the input's order.
    joints: how many it gives, 0 for boxes only. heads: output name → what it holds (for a conversion also which output of the
    part it was). optional: fetched only when asked for by name.
    """

    name: str
    role: ModelRole
    file: str
    licence: str
    sha256: tuple[str, ...]
    sources: tuple[ModelSource, ...]
    layout: str
    colours: str
    mean: tuple[float, ...]
    std: tuple[float, ...]
    width_px: int
    height_px: int
    joints: int
    heads: dict[str, str] = field(default_factory=dict)
    note: str = ""
    optional: bool = False

    @property
    def conversion(self) -> Conversion | None:
        """How it is made here, where it is."""
        return next((source for source in self.sources if isinstance(source, Conversion)), None)

    @property
    def suffix(self) -> str:
        """Ending of its file name, with the dot."""
        return PurePosixPath(self.file).suffix


class ModelState(StrEnum):
    """How a model stands on this machine."""

    READY = "ready"
    MISSING = "missing"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRow:
    """One line of the list of models. remedy: what makes it ready, empty when it is."""

    name: str
    role: ModelRole
    state: ModelState
    licence: str
    file: str
    note: str
    remedy: str = ""
