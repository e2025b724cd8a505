"""A box whose door is knocked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from .front_door import Box, build_box


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return build_box(tmp_path)
