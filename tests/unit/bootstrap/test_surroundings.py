from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from appliance.adapters.opentelemetry import TracingJournal
from appliance.bootstrap.surroundings import open_surroundings
from appliance.domain.errors import Misconfigured
from appliance.settings import load_settings


def test_a_program_logs_under_its_name_and_has_a_clock_and_a_disk(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    settings = load_settings(flags={"logs.format": "json", "logs.level": "warning"}, environment={})
    handlers = list(logging.getLogger().handlers)
    with open_surroundings(settings, "janitor") as around:
        around.journal.note("small")
        around.journal.warn("large")
        assert around.clock.now_s() > 1_700_000_000
        assert around.disk.total_bytes(tmp_path) >= around.disk.free_bytes(tmp_path) > 0
    (line,) = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert (line["program"], line["event"]) == ("janitor", "large")
    assert logging.getLogger().handlers == handlers


def test_nothing_is_traced_unless_a_collector_is_named() -> None:
    with open_surroundings(load_settings(environment={}), "janitor") as around:
        assert not isinstance(around.journal, TracingJournal)
    settings = load_settings(flags={"logs.otlp_endpoint": "http://127.0.0.1:9"}, environment={})
    with open_surroundings(settings, "janitor") as around:
        assert isinstance(around.journal, TracingJournal)


def test_an_address_that_is_none_is_refused_and_logging_left_as_it_was() -> None:
    handlers = list(logging.getLogger().handlers)
    settings = load_settings(flags={"logs.otlp_endpoint": "collector"}, environment={})
    with pytest.raises(Misconfigured, match="no address"), open_surroundings(settings, "janitor"):
        pass
    assert logging.getLogger().handlers == handlers
