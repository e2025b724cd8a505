from __future__ import annotations

import builtins
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from appliance.adapters.opentelemetry.tracing import TracingJournal, collector_address, open_tracing
from appliance.domain.errors import Misconfigured
from tests.appliance_fakes import HeardJournal


@dataclass
class HeardTracing:
    """Keeps every record."""

    records: list[tuple[str, dict[str, object], bool]] = field(default_factory=list)

    def record(self, name: str, fields: Mapping[str, object], *, failed: bool) -> None:
        self.records.append((name, dict(fields), failed))

    def close(self) -> None:
        self.records.clear()


def test_every_line_reaches_the_journal_and_the_tracing() -> None:
    journal, tracing = HeardJournal(), HeardTracing()
    both = TracingJournal(journal, tracing)
    both.note("stage done", trace_id="ab", took_s=1.5)
    both.warn("stage failed", trace_id="ab", took_s=0.5)
    assert journal.events == ["stage done", "stage failed"]
    assert tracing.records == [
        ("stage done", {"trace_id": "ab", "took_s": 1.5}, False),
        ("stage failed", {"trace_id": "ab", "took_s": 0.5}, True),
    ]


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("http://collector:4318", "http://collector:4318/v1/traces"),
        ("https://collector:4318/", "https://collector:4318/v1/traces"),
        ("http://collector/otlp/v1/traces", "http://collector/otlp/v1/traces"),
    ],
)
def test_the_usual_path_is_added_to_a_bare_address(written: str, address: str) -> None:
    assert collector_address(written) == address


@pytest.mark.parametrize("written", ["collector:4318", "ftp://collector", "http://"])
def test_what_is_no_address_is_refused_with_its_remedy(written: str) -> None:
    with pytest.raises(Misconfigured, match="no address of a collector") as refused:
        open_tracing(written, "ledger")
    assert "4318" in refused.value.remedy


def test_without_the_packages_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *arguments: Any, **named: Any) -> Any:
        if name.endswith("opentelemetry.spans"):
            raise ImportError(name)
        return real(name, *arguments, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(Misconfigured, match="not installed") as refused:
        open_tracing("http://127.0.0.1:4318", "ledger")
    assert "rinkreel[telemetry]" in refused.value.remedy
