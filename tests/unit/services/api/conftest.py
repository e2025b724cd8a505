"""A box whose door is knocked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.services.api import security_passwords

from .front_door import Box, build_box


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return build_box(tmp_path)


@pytest.fixture(autouse=True)
def _quick_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing that takes no time; its own test asks for the real cost."""
    monkeypatch.setattr(security_passwords, "LOG_N", 4)
