from __future__ import annotations

import json
from pathlib import Path

import pytest

from appliance.bootstrap.running import ApplianceReport
from appliance.cli import main
from appliance.cli.status import json_of, text_of
from appliance.cli.statuses import Status
from appliance.domain.job import Notice, Tallies
from appliance.domain.program import ProgramStanding, ProgramState

LEDGER = ProgramStanding(name="ledger", state=ProgramState.RUNNING, pid=7, up_s=75.0)
WATCHER = ProgramStanding(name="watcher", state=ProgramState.BACKOFF, why="Exited too quickly")


def report(*programs: ProgramStanding, running: bool = True) -> ApplianceReport:
    return ApplianceReport(
        running=running,
        data=Path("/srv/data"),
        addresses=("http://192.168.1.20:8080/",),
        programs=programs,
        tallies=Tallies(items={"completed": 3, "failed": 1, "queued": 0}, orders={"pose": 4}, dead_letters=2),
        notices=(Notice(key="disk", why="The disk is full.", remedy="Make room.", at_s=0.0),),
        free_bytes=20 * 10**9,
        total_bytes=500 * 10**9,
    )


def test_people_read_programs_page_work_disk_and_what_they_should_know() -> None:
    text = text_of(report(LEDGER, WATCHER))
    for said in (
        "running   ledger   up 1:15, process 7",
        "backoff   watcher  Exited too quickly",
        "page      http://192.168.1.20:8080/",
        "items     3 completed, 1 failed",
        "orders    4 pose",
        "given up  2",
        "disk      20.0 GB free of 500.0 GB, /srv/data",
        "notice    The disk is full.",
        "→ Make room.",
    ):
        assert said in text


def test_what_does_not_run_is_told_with_the_way_to_start_it() -> None:
    text = text_of(report(running=False))
    assert "rinkreel up" in text
    assert "http://" not in text


def test_programs_read_the_same_as_json() -> None:
    told = json.loads(json_of(report(LEDGER, WATCHER)))
    assert (told["running"], told["whole"], told["data"]) == (True, False, "/srv/data")
    assert told["programs"][0] == {"name": "ledger", "state": "running", "pid": 7, "up_s": 75.0, "why": ""}
    assert told["tallies"]["items"]["completed"] == 3
    assert json.loads(json_of(report(LEDGER)))["whole"]


def test_the_status_of_nothing_has_its_own_number(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["status", "--data", str(tmp_path / "none"), "--json"]) == Status.NOT_RUNNING
    assert json.loads(capsys.readouterr().out)["running"] is False
    assert not (tmp_path / "none").exists()
