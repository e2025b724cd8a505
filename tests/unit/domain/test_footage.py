from __future__ import annotations

from appliance.domain.footage import FileStamp


def test_a_stamp_tells_its_time_in_seconds_too() -> None:
    stamp = FileStamp(size_bytes=1, modified_ns=1_500_000_000, allocated_bytes=512, device=1)
    assert stamp.modified_s == 1.5
