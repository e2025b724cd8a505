from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace

import httpx
from prometheus_client.parser import text_string_to_metric_families

from appliance.algorithms.fleet_judging import judge_rink
from appliance.domain.errors import Transient
from appliance.domain.fleet import Heard, RinkStanding
from appliance.services.api.fleet_page import create_fleet_app, fleet_figures, page_from
from tests.appliance_fakes import HandClock
from tests.fleet_place import a_report

NOW_S = HandClock().time_s
HEARD = Heard(at_s=NOW_S - 20, sent_at_s=NOW_S - 20, kept=3, report=replace(a_report(), at_s=NOW_S - 20, dead_letters=2))
STANDINGS = (judge_rink("south", None, NOW_S, 300), judge_rink("north", HEARD, NOW_S, 300))


def get(path: str, *, away: bool = False, host: str = "localhost") -> httpx.Response:
    async def look() -> Sequence[RinkStanding]:
        if away:
            raise Transient("the server is away", remedy="Start it.")
        return STANDINGS

    async def ask() -> httpx.Response:
        way = httpx.ASGITransport(app=create_fleet_app(look, HandClock()))
        async with httpx.AsyncClient(transport=way, base_url=f"http://{host}") as client:
            return await client.get(path)

    return asyncio.run(ask())


def test_the_page_is_one_table_that_fetches_nothing() -> None:
    answer = get("/")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert '<tr class="bad"><td>south</td>' in answer.text
    assert "2 given up" in answer.text
    assert "http" not in answer.text


def test_programs_read_the_same_as_json() -> None:
    told = get("/fleet.json").json()
    assert (told["now_s"], [each["rink"] for each in told["rinks"]]) == (NOW_S, ["south", "north"])
    assert told["rinks"][1]["heard"]["report"]["dead_letters"] == 2
    assert told["rinks"][0]["words"] == ["never heard of"]


def test_prometheus_reads_every_rink() -> None:
    families = text_string_to_metric_families(get("/metrics").text)
    samples = {(each.name, each.labels["rink"]): each.value for family in families for each in family.samples}
    assert samples["rinkreel_fleet_up", "south"] == 0
    assert samples["rinkreel_fleet_up", "north"] == 1
    assert samples["rinkreel_fleet_silence_seconds", "north"] == 20
    assert samples["rinkreel_fleet_dead_letters", "north"] == 2
    assert samples["rinkreel_fleet_version", "north"] == 1
    assert ("rinkreel_fleet_dead_letters", "south") not in samples
    assert b"rinkreel_fleet_up" in fleet_figures((), NOW_S)


def test_a_server_that_is_away_is_said_with_the_remedy() -> None:
    for path in ("/", "/healthz", "/fleet.json", "/metrics"):
        answer = get(path, away=True)
        assert (answer.status_code, json.loads(answer.text)["remedy"]) == (503, "Start it.")
    assert get("/healthz").json() == {"ok": True}


def test_a_foreign_name_that_points_here_gets_nothing() -> None:
    assert get("/", host="rinks.example.com").status_code == 400


def test_nothing_that_is_told_is_taken_for_the_page() -> None:
    odd = replace(STANDINGS[0], words=("<script>",))
    assert "<script>" not in page_from([odd], NOW_S)
