"""What stages leave behind, kept as `.npz` files in one folder: exact, whole, and readable by anything that knows numpy."""

from __future__ import annotations

import re
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from appliance.adapters.system.whole_files import error_from_os, opened_whole
from appliance.domain.errors import Transient
from appliance.domain.motion import MotionSample, MotionSignal, MoverSample
from appliance.domain.pose import Box

#: Names are relative paths of plain words, so that no name leaves the folder.
NAME = re.compile(r"\w[\w.+-]*(/\w[\w.+-]*)*", re.ASCII)
#: Columns of the movers table: left, top, right, bottom, travel_hps, limb_hps, sighting (not a number: was not asked).
MOVER_COLUMNS = 7

SAMPLE_FIELDS = ("times", "camera", "movers_per_sample", "tracks", "movers")
SIGNAL_FIELDS = ("times_s", "speed_hps", "travel_hps", "limb_hps", "people", "camera")

Arrays = Mapping[str, npt.NDArray[np.generic]]


class NpzArtefacts(ABC):
    """What artefact stores on `.npz` files share, wherever those lie: how samples and signals become arrays and come back."""

    def save_samples(self, name: str, samples: Sequence[MotionSample]) -> str:
        """Keep motion samples under this name. Raises Misconfigured when the disk is full or cannot be written."""
        return self._save(name, arrays_from_samples(samples))

    def load_samples(self, name: str) -> tuple[MotionSample, ...]:
        """The samples kept under this name. Raises Transient when they are gone or damaged."""
        return samples_from_arrays(self._load(name, SAMPLE_FIELDS))

    def save_signal(self, name: str, signal: MotionSignal) -> str:
        """Keep a motion signal under this name. Raises as `save_samples`."""
        return self._save(name, {field: getattr(signal, field) for field in SIGNAL_FIELDS})

    def load_signal(self, name: str) -> MotionSignal:
        """The signal kept under this name. Raises Transient when it is gone or damaged."""
        arrays = self._load(name, SIGNAL_FIELDS)
        return MotionSignal(
            times_s=arrays["times_s"].astype(np.float64),
            speed_hps=arrays["speed_hps"].astype(np.float32),
            travel_hps=arrays["travel_hps"].astype(np.float32),
            limb_hps=arrays["limb_hps"].astype(np.float32),
            people=arrays["people"].astype(np.int32),
            camera=arrays["camera"].astype(np.float32),
        )

    @abstractmethod
    def _save(self, name: str, arrays: Arrays) -> str:
        """Keep arrays under this name, and return it."""

    @abstractmethod
    def _load(self, name: str, fields: Sequence[str]) -> Arrays:
        """The arrays kept under this name; all of `fields` are there."""


class FolderArtefacts(NpzArtefacts):
    """An artefact store on a folder, which is made when the first artefact comes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _path_of(self, name: str) -> Path:
        return self._folder / file_of(name)

    def _save(self, name: str, arrays: Arrays) -> str:
        path = self._path_of(name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise error_from_os(error, path) from error
        with opened_whole(path) as stream:
            write_arrays(stream, arrays)
        return name

    def _load(self, name: str, fields: Sequence[str]) -> Arrays:
        path = self._path_of(name)
        try:
            with path.open("rb") as stream:
                return read_arrays(stream, name, fields)
        except OSError as error:
            raise gone(name, error) from error


def file_of(name: str) -> str:
    """The file of an artefact, seen from its store. Raises ValueError for a name that would lead out of it."""
    if not NAME.fullmatch(name):
        raise ValueError(f"an artefact's name is made of plain words and slashes; found {name!r}")
    return f"{name}.npz"


def write_arrays(stream: BinaryIO, arrays: Arrays) -> None:
    """Arrays as an `.npz` file."""
    np.savez(stream, allow_pickle=False, **arrays)


def read_arrays(stream: BinaryIO, name: str, fields: Sequence[str]) -> Arrays:
    """These arrays of an `.npz` file. Raises Transient when it is damaged."""
    try:
        with np.load(stream, allow_pickle=False) as archive:
            return {field: archive[field] for field in fields}
    except (KeyError, EOFError, ValueError, zipfile.BadZipFile) as error:
        raise gone(name, error) from error


def gone(name: str, error: Exception) -> Transient:
    """What is to be said of an artefact that was there once."""
    return Transient(f"what was found earlier under {name!r} can no longer be read: {error}", remedy="Watch the recording again.")


def arrays_from_samples(samples: Sequence[MotionSample]) -> Arrays:
    """Samples as flat tables; times stay integer pairs. Raises OverflowError for times beyond 64-bit integers."""
    movers = [mover for sample in samples for mover in sample.movers]
    return {
        "times": np.array([sample.time.as_integer_ratio() for sample in samples], np.int64).reshape(-1, 2),
        "camera": np.array([sample.camera_confidence for sample in samples], np.float64),
        "movers_per_sample": np.array([len(sample.movers) for sample in samples], np.int64),
        "tracks": np.array([mover.track for mover in movers], np.int64),
        "movers": np.array([_row_from_mover(mover) for mover in movers], np.float64).reshape(-1, MOVER_COLUMNS),
    }


def samples_from_arrays(arrays: Arrays) -> tuple[MotionSample, ...]:
    """The inverse of `arrays_from_samples`."""
    movers = iter(zip(arrays["tracks"].tolist(), arrays["movers"].tolist(), strict=True))
    rows = zip(arrays["times"].tolist(), arrays["camera"].tolist(), arrays["movers_per_sample"].tolist(), strict=True)
    return tuple(
        MotionSample(
            time=Fraction(*time),
            camera_confidence=confidence,
            movers=tuple(_mover_from_row(*next(movers)) for _ in range(count)),
        )
        for time, confidence, count in rows
    )


def _row_from_mover(mover: MoverSample) -> tuple[float, ...]:
    box = mover.box
    sighting = float("nan") if mover.sighting is None else mover.sighting
    return (box.left, box.top, box.right, box.bottom, mover.travel_hps, mover.limb_hps, sighting)


def _mover_from_row(track: int, row: Sequence[float]) -> MoverSample:
    left, top, right, bottom, travel, limb, sighting = row
    return MoverSample(
        track=track,
        box=Box(left=left, top=top, right=right, bottom=bottom),
        travel_hps=travel,
        limb_hps=limb,
        sighting=None if np.isnan(sighting) else sighting,
    )
