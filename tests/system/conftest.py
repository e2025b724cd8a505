"""Footage that the system's tests drop, drawn once."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.crash import draw_footage


@pytest.fixture(scope="session")
def drawn_footage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """MVI_0000 and MVI_0001: a skater, other bytes each. MVI_0002: broken."""
    folder = tmp_path_factory.mktemp("footage")
    draw_footage(folder, count=3, repeat=1)
    return folder
