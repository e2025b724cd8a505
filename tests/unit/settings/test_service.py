from __future__ import annotations

from fractions import Fraction

import pytest

from appliance.domain.errors import Misconfigured
from appliance.settings import cutting, load_settings, service


def test_processes_follow_the_cores_unless_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "usable_cores", lambda: 4)
    assert (service.Workers().cpu_processes, service.Workers().pose_processes) == (1, 4)
    monkeypatch.setattr(service, "usable_cores", lambda: 64)
    assert (service.Workers().cpu_processes, service.Workers().pose_processes) == (2, 8)
    assert service.Workers(cpu=0, pose=3).cpu_processes == 0
    assert cutting.usable_cores() >= 1


def test_what_is_kept_for_good_has_no_end() -> None:
    assert load_settings(environment={"RINKREEL_RETENTION_REELS_FOR": "never"}).retention.reels_for is None
    assert load_settings(environment={"RINKREEL_RETENTION_REELS_FOR": "30d"}).retention.reels_for == Fraction(30 * 86_400)


def test_least_free_space_is_worked_out_unless_said() -> None:
    assert load_settings(environment={"RINKREEL_RETENTION_MIN_FREE": "auto"}).retention.min_free is None
    assert load_settings(environment={"RINKREEL_RETENTION_MIN_FREE": "20GB"}).retention.min_free == 20 * 1024**3


def test_a_port_that_is_none_is_refused() -> None:
    with pytest.raises(Misconfigured):
        load_settings(environment={"RINKREEL_SERVER_PORT": "70000"})
