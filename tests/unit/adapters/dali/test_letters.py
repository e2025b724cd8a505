"""Twin of adapters/dali/letters.py."""

from __future__ import annotations

import mmap

import numpy as np

from appliance.adapters.dali.letters import LONG_SIDE_PX, SLOT_BYTES, SLOTS, slot_view


def test_slots_do_not_touch_each_other() -> None:
    with mmap.mmap(-1, SLOTS * SLOT_BYTES) as memory:
        for slot in range(SLOTS):
            slot_view(memory, slot, (LONG_SIDE_PX, LONG_SIDE_PX, 3))[:] = slot + 1
        found = [sorted({int(value) for value in np.unique(slot_view(memory, slot, (720, 1280, 3)))}) for slot in range(SLOTS)]
    assert found == [[1], [2], [3], [4]]
