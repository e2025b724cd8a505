from __future__ import annotations

from appliance.domain.job import Fate, FileRow
from appliance.domain.receipt import ReceiptLine


def test_a_line_needs_no_recording() -> None:
    row = FileRow(place="note.txt", size_bytes=1, modified_s=0.0, fate=Fate.IGNORED, reason="a document")
    assert (ReceiptLine(file=row).state, ReceiptLine(file=row).kept_s) == (None, None)
