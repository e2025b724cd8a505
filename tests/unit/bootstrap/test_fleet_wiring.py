from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from appliance.bootstrap.programs import ServeCall, outpost_config, plan_programs, reports_to_headquarters
from appliance.bootstrap.services import run_role
from appliance.domain.errors import Misconfigured
from appliance.settings import Settings, load_settings
from tests.nats_place import running_nats

KEY = "SUAIFTUA6YJX54M7AW6WZO6JFZGNA6YA2AB26CWXBOEAANPACKRVQEPUMQ"


def settings_in(folder: Path, **more: str) -> Settings:
    key = folder / "fleet.seed"
    key.write_text(KEY)
    fleet = {"url": "tls://127.0.0.1:7422", "rink": "north", "credentials": str(key)} | more
    environment = {f"RINKREEL_FLEET_{name.upper()}": value for name, value in fleet.items()}
    return load_settings(environment={**environment, "RINKREEL_STORAGE_DATA": str(folder / "data")})


def test_a_box_that_reports_has_an_outpost_and_a_reporter_and_others_have_not(tmp_path: Path) -> None:
    (tmp_path / "data" / "run").mkdir(parents=True)
    names = {program.name for program in plan_programs(settings_in(tmp_path), ServeCall()).programs}
    assert {"outpost", "reporter"} <= names
    assert not reports_to_headquarters(load_settings(environment={}))
    alone = plan_programs(load_settings(environment={"RINKREEL_STORAGE_DATA": str(tmp_path / "data")}), ServeCall())
    assert not {"outpost", "reporter"} & {program.name for program in alone.programs}


def test_a_box_that_works_along_leaves_reporting_to_its_head(tmp_path: Path) -> None:
    settings = load_settings(
        environment={
            "RINKREEL_FLEET_URL": "tls://hq",
            "RINKREEL_BUS_MEDIA_URL": "http://head:8080",
            "RINKREEL_BUS_URL": "tls://head",
        }
    )
    assert not reports_to_headquarters(settings)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"credentials": "nowhere.seed"}, "cannot be read"),
        ({"rink": ""}, "no name"),
        ({"url": "hq:7422"}, "no address"),
        ({"ca": "nowhere.crt"}, "no certificate"),
    ],
)
def test_what_the_outpost_would_not_start_with_is_said_before(tmp_path: Path, more: dict[str, str], why: str) -> None:
    with pytest.raises(Misconfigured, match=why) as caught:
        outpost_config(settings_in(tmp_path, **more))
    assert caught.value.remedy


def test_a_reporter_without_a_headquarters_is_refused(tmp_path: Path) -> None:
    settings = load_settings(environment={"RINKREEL_STORAGE_DATA": str(tmp_path), "RINKREEL_BUS_PORT": "1"})
    with pytest.raises(Misconfigured, match="reports to nobody"):
        asyncio.run(run_role("reporter", settings, asyncio.Event(), 1))


def test_a_reporter_stops_when_told(tmp_path: Path) -> None:
    with running_nats(tmp_path / "bus") as bus:
        settings = settings_in(tmp_path, port=str(bus.rule.port))

        async def run() -> None:
            stop = asyncio.Event()
            asyncio.get_running_loop().call_later(0.2, stop.set)
            await asyncio.wait_for(run_role("reporter", settings, stop, 1), 20)

        asyncio.run(run())
