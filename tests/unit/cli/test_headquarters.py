from __future__ import annotations

import json
from pathlib import Path

import pytest

from appliance.algorithms.fleet_judging import judge_rink
from appliance.bootstrap import headquarters
from appliance.cli import main
from appliance.cli.statuses import Status
from appliance.domain.fleet import Heard
from tests.fleet_place import AT_S, a_report

HEARD = Heard(at_s=AT_S, sent_at_s=AT_S, kept=1, report=a_report())


@pytest.fixture
def config(tmp_path: Path) -> str:
    path = tmp_path / "headquarters.toml"
    path.write_text(f'[headquarters]\nhome = "{tmp_path / "home"}"\nbus_port = 1\n')
    return str(path)


def test_adding_a_rink_prints_its_key_file_and_what_to_write_on_its_box(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["headquarters", "add", "north", "--config", config]) == Status.MADE
    told = capsys.readouterr()
    assert Path(told.out.strip()).read_text().startswith("SU")
    assert 'rink = "north"' in told.err
    assert "SU" not in told.err
    assert main(["headquarters", "remove", "north", "--config", config]) == Status.MADE
    assert not Path(told.out.strip()).exists()


def test_the_fleet_is_shown_as_a_table_or_as_json_and_a_silent_rink_has_its_status(
    config: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    after_s = 0.0

    async def look(_settings: object) -> object:
        return (judge_rink("north", HEARD, AT_S + after_s, 300),), AT_S + after_s

    monkeypatch.setattr(headquarters, "look_at_fleet", look)
    assert main(["headquarters", "show", "--config", config]) == Status.MADE
    assert capsys.readouterr().out.splitlines()[1].split()[:3] == ["north", "ok", "0"]
    after_s = 3600.0
    assert main(["headquarters", "show", "--json", "--config", config]) == Status.NOT_RUNNING
    assert json.loads(capsys.readouterr().out)["rinks"][0]["silent_since_s"] == AT_S


def test_a_headquarters_without_a_certificate_does_not_start(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["headquarters", "run", "--config", config]) == Status.MISCONFIGURED
    assert "headquarters.tls_cert" in capsys.readouterr().err


def test_one_that_does_not_run_is_worth_another_try(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["headquarters", "add", "north", "--config", config])
    assert main(["headquarters", "show", "--config", config]) == Status.TRY_AGAIN
