"""What Prometheus and Grafana are given fits what the box tells, and what people are told to do."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from prometheus_client.parser import text_string_to_metric_families

from appliance.domain.job import Tallies
from appliance.services.api.metrics import figures
from tests.conftest import REPOSITORY, skip_or_fail
from tests.unit.services.api.front_door import build_box

FIGURE = re.compile(r"\brinkreel_[a-z_]+\b")


@pytest.fixture(scope="module")
def kit() -> Path:
    return REPOSITORY / "ansible/monitoring"


@pytest.fixture(scope="module")
def rules(kit: Path) -> list[dict[str, Any]]:
    groups = yaml.safe_load((kit / "rinkreel.rules.yml").read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


@pytest.fixture(scope="module")
def questions(kit: Path) -> list[str]:
    """What the dashboard asks Prometheus."""
    panels = json.loads((kit / "rinkreel.dashboard.json").read_text(encoding="utf-8"))["panels"]
    return [target["expr"] for panel in panels for target in panel["targets"]]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Names of all figures of a box on which everything happened once."""
    box = build_box(tmp_path_factory.mktemp("box"), temperatures=lambda: {"cpu": 50.0})
    box.book.figures = Tallies(
        items={"completed": 1}, orders={"cpu": 1}, stage_s={"probe": (1.0, 1)}, last_reel_at_s=box.clock.time_s, dead_letters=1
    )
    families = text_string_to_metric_families(figures(box.house.parts).decode())
    return {sample.name for family in families for sample in family.samples}


@pytest.fixture(scope="module")
def promtool() -> str:
    found = shutil.which("promtool")
    if found is None:
        skip_or_fail("promtool", "Prometheus's own checker is not installed (Debian: prometheus)")
    return str(found)


def run(promtool: str, folder: Path, *words: str) -> str:
    done = subprocess.run([promtool, *words], cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_alerts_ask_for_figures_that_the_box_tells(rules: list[dict[str, Any]], told: set[str]) -> None:
    asked = {name for rule in rules for name in FIGURE.findall(rule["expr"])}
    assert len(asked) >= 8
    assert asked - told == set()


def test_the_dashboard_shows_every_figure_worth_an_alert_and_none_that_is_not_told(
    questions: list[str], rules: list[dict[str, Any]], told: set[str]
) -> None:
    shown = {name for question in questions for name in FIGURE.findall(question)}
    alarming = {name for rule in rules for name in FIGURE.findall(rule["expr"])}
    assert shown - told == set()
    assert alarming - shown == {"rinkreel_disk_wanted_bytes"}


def test_every_alert_says_what_to_do_and_nothing_else_is_said(rules: list[dict[str, Any]]) -> None:
    page = (REPOSITORY / "docs/operations.md").read_text(encoding="utf-8")
    alerts = [rule["alert"] for rule in rules]
    sections = dict(re.findall(r"^### (Rinkreel\w+)\n\n((?:.+\n)+)", page, flags=re.MULTILINE))
    assert sorted(sections) == sorted(alerts)
    for rule in rules:
        assert rule["annotations"]["runbook"] == f"docs/operations.md#{rule['alert'].lower()}"


def test_every_alert_is_tried_both_ways(kit: Path, rules: list[dict[str, Any]]) -> None:
    cases = yaml.safe_load((kit / "rinkreel.rules.test.yml").read_text(encoding="utf-8"))["tests"]
    tries = [(each["alertname"], bool(each["exp_alerts"])) for case in cases for each in case["alert_rule_test"]]
    assert set(tries) == {(rule["alert"], fires) for rule in rules for fires in (True, False)}


def test_prometheus_fires_each_alert_when_it_should_and_not_otherwise(promtool: str, kit: Path) -> None:
    assert "SUCCESS" in run(promtool, kit, "test", "rules", "rinkreel.rules.test.yml")


def test_prometheus_takes_the_configuration(promtool: str, kit: Path, tmp_path: Path) -> None:
    folder = tmp_path / "prometheus"
    shutil.copytree(kit, folder)
    (folder / "rinkreel.key").write_text("a-key", encoding="utf-8")
    assert "rules found" in run(promtool, folder, "check", "config", "prometheus.yml")


def test_prometheus_understands_what_the_dashboard_asks(promtool: str, questions: list[str], tmp_path: Path) -> None:
    records = [{"record": f"panel:{number}", "expr": question} for number, question in enumerate(questions)]
    (tmp_path / "asked.yml").write_text(yaml.safe_dump({"groups": [{"name": "asked", "rules": records}]}), encoding="utf-8")
    assert f"{len(questions)} rules found" in run(promtool, tmp_path, "check", "rules", "asked.yml")


def test_prometheus_takes_what_the_box_tells(promtool: str, tmp_path: Path) -> None:
    text = figures(build_box(tmp_path, temperatures=lambda: {"k10temp Tctl": 50.0}).house.parts)
    done = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr.decode()
