"""Which files a stage reads, so that no others are fetched."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from appliance.domain.facts import ChunkPlanned, Fact, RecordingArrived, SegmentsSelected
from appliance.domain.media import MediaFile


@dataclass(frozen=True, slots=True, kw_only=True)
class NeededFile:
    """A file that a stage will open. size_bytes: as it was when it was looked at; None when nobody has looked yet."""

    path: Path
    size_bytes: int | None = None


def files_read_for(heard: Fact) -> tuple[NeededFile, ...]:
    """Files of footage that the stage reads which hears this; the low-resolution twin where one is watched in their place."""
    match heard:
        case RecordingArrived(paths=paths, proxies=proxies):
            return tuple(NeededFile(path=path) for path in (*paths, *proxies) if path is not None)
        case ChunkPlanned(recording=recording, chunk=chunk):
            file = recording.files[chunk.file_index]
            return (_needed(file.proxy or file),)
        case SegmentsSelected(recordings=recordings):
            return tuple(_needed(file) for recording in recordings for file in recording.files)
        case _:
            return ()


def _needed(file: MediaFile) -> NeededFile:
    return NeededFile(path=file.path, size_bytes=file.size_bytes)
