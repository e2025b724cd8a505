"""Twin of adapters/dali/presence.py."""

from __future__ import annotations

import importlib.metadata

from appliance.adapters.dali.presence import is_installed


def test_dali_is_there_where_one_of_its_packages_is() -> None:
    names = {distribution.name for distribution in importlib.metadata.distributions()}
    assert is_installed() == bool(names & {"nvidia-dali-cuda130", "nvidia-dali-cuda120"})
