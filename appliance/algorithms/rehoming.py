"""A recording whose files came again, and lie elsewhere now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from appliance.domain.job import Fate, FileRow
from appliance.domain.media import MediaFile, Recording


def rehome(recording: Recording, parts: Sequence[FileRow]) -> Recording:
    """The recording with its files where `parts` has them. Both hold the same content in the same order, but chapters that could
    not be used are not in the recording: files are told by their size. A twin that did not come again is done without."""
    full = iter(sorted((row for row in parts if row.fate is not Fate.PROXY), key=lambda row: row.part))
    twins = {row.part: row for row in parts if row.fate is Fate.PROXY}
    return replace(recording, files=tuple(_moved(file, full, twins) for file in recording.files))


def _moved(file: MediaFile, full: Iterable[FileRow], twins: dict[int, FileRow]) -> MediaFile:
    for row in full:
        if row.size_bytes == file.size_bytes and row.stored is not None:
            return replace(file, path=Path(row.stored), proxy=_moved_twin(file.proxy, twins.get(row.part)))
    return file


def _moved_twin(proxy: MediaFile | None, row: FileRow | None) -> MediaFile | None:
    if proxy is None or row is None or row.stored is None or row.size_bytes != proxy.size_bytes:
        return None
    return replace(proxy, path=Path(row.stored))
