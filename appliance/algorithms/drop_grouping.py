"""From the files of a drop to recordings, to what may still become one, and to the rest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from appliance.algorithms.camera_naming import chapter_of, stream_number_of
from appliance.algorithms.card_reading import read_card
from appliance.algorithms.litter_sorting import LITTER
from appliance.domain.card import CardFile
from appliance.domain.drop import COMPLETE, EMPTY, UNFINISHED, DropReading, RecordingGroup
from appliance.domain.facts import RecordingArrived
from appliance.domain.footage import SeenFile

#: How the reason of a twin without its full file begins; a drop of such files alone gets a receipt, too.
_LOW_RESOLUTION = "a low-resolution copy"


def is_litter_folder(name: str) -> bool:
    """Whether a folder at the share's top belongs to an operating system, and is no drop."""
    return name.startswith(".") or name.lower() in LITTER


def split_drops(files: Iterable[SeenFile]) -> dict[str, list[SeenFile]]:
    """Files by the folder they were dropped in; loose ones under the empty name."""
    drops: dict[str, list[SeenFile]] = {}
    for file in files:
        drops.setdefault(file.top, []).append(file)
    return drops


def read_drop(share: Path, files: Sequence[SeenFile], marker: str) -> DropReading:
    """Sort the files of one drop. marker: name of the file that says that the drop is complete."""
    markers = [file for file in files if file.place == marker]
    by_path = {file.path: file for file in files if file.place != marker}
    reading = read_card(_card_file(file, share) for file in by_path.values())
    others = [(by_path[entry.path], entry.reason) for entry in reading.ignored]
    return DropReading(
        groups=tuple(_group(arrival, by_path) for arrival in reading.recordings),
        ignored=(*((file, COMPLETE) for file in markers), *(pair for pair in others if not _may_become_footage(pair[1]))),
        pending=tuple(pair for pair in others if _may_become_footage(pair[1])),
        complete=bool(markers),
    )


def has_footage(reading: DropReading) -> bool:
    """Whether there is anything in a drop that people would want a receipt for."""
    reasons = [reason for _, reason in (*reading.pending, *reading.ignored)]
    return bool(reading.groups) or any(reason == EMPTY or reason.startswith(_LOW_RESOLUTION) for reason in reasons)


def _card_file(file: SeenFile, share: Path) -> CardFile:
    return CardFile(path=file.path, size_bytes=file.stamp.size_bytes, within=share, modified_s=file.stamp.modified_s)


def _may_become_footage(reason: str) -> bool:
    return reason in (EMPTY, UNFINISHED)


def _group(arrival: RecordingArrived, by_path: dict[Path, SeenFile]) -> RecordingGroup:
    last = arrival.paths[-1]
    return RecordingGroup(
        files=tuple(by_path[path] for path in arrival.paths),
        proxies=tuple(None if path is None else by_path[path] for path in arrival.proxies),
        may_grow=chapter_of(last) is not None or stream_number_of(last) is not None,
    )
