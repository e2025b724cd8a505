from __future__ import annotations

from pathlib import Path

from appliance.domain.drop import RecordingGroup
from appliance.domain.footage import FileStamp, SeenFile


def seen(place: str, size_bytes: int) -> SeenFile:
    stamp = FileStamp(size_bytes=size_bytes, modified_ns=0, allocated_bytes=size_bytes, device=1)
    return SeenFile(path=Path("/share/card") / place, top="card", place=place, stamp=stamp)


def test_a_group_goes_by_its_first_file_and_counts_its_twins() -> None:
    first, second, twin = seen("GX010001.MP4", 10), seen("GX020001.MP4", 5), seen("GL020001.LRV", 1)
    group = RecordingGroup(files=(first, second), proxies=(None, twin))
    assert (group.place, group.size_bytes) == ("GX010001.MP4", 16)
    assert group.members == (first, second, twin)
