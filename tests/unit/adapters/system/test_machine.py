from __future__ import annotations

import sys
from pathlib import Path

import cv2

from appliance.adapters.system.machine import free_bytes, limit_threads, python_version


def test_the_python_is_this_one() -> None:
    assert python_version() == sys.version_info[:3]


def test_room_is_known_for_folders_that_do_not_exist_yet(tmp_path: Path) -> None:
    assert free_bytes(tmp_path / "not" / "yet") > 0


def test_threads_are_limited() -> None:
    before = cv2.getNumThreads()
    try:
        limit_threads(1)
        assert cv2.getNumThreads() == 1
    finally:
        cv2.setNumThreads(before)
