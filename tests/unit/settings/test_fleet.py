from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from appliance.domain.errors import Misconfigured
from appliance.settings import load_settings


def test_a_box_reports_to_nobody_unless_told() -> None:
    fleet = load_settings(environment={}).fleet
    assert (fleet.url, fleet.every) == ("", Fraction(60))


def test_headquarters_lies_in_the_data_root_unless_told() -> None:
    assert load_settings(environment={"RINKREEL_HOME": "/srv/x"}).headquarters_folder.root == Path("/srv/x/headquarters")
    settings = load_settings(environment={"RINKREEL_HEADQUARTERS_HOME": "/srv/hq"})
    assert settings.headquarters_folder.rinks == Path("/srv/hq/rinks")


def test_no_time_between_reports_is_refused() -> None:
    with pytest.raises(Misconfigured, match=r"fleet\.every"):
        load_settings(environment={"RINKREEL_FLEET_EVERY": "0"})
