"""The machine around one program: its clock, its disk, its log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from appliance.adapters.system.surroundings import SystemClock, SystemDisk
from appliance.ports.surroundings import Clock, Disk, Journal
from appliance.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What every program gets."""

    clock: Clock
    disk: Disk
    journal: Journal


@contextmanager
def open_surroundings(settings: Settings, program: str) -> Iterator[Surroundings]:
    """Begin to log for this process; traces are sent only where a collector is named.

    Raises:
        Misconfigured: a collector is named and what sends to it is not installed.
    """
    from appliance.adapters.structlog import open_journal

    journal = open_journal(program, form=settings.logs.format, level=settings.logs.level)
    try:
        with _traced(settings, program, journal) as told:
            yield Surroundings(clock=SystemClock(), disk=SystemDisk(), journal=told)
    finally:
        journal.close()


@contextmanager
def _traced(settings: Settings, program: str, journal: Journal) -> Iterator[Journal]:
    if not settings.logs.otlp_endpoint:
        yield journal
        return
    from appliance.adapters.opentelemetry import TracingJournal, open_tracing

    tracing = open_tracing(settings.logs.otlp_endpoint, program)
    try:
        yield TracingJournal(journal, tracing)
    finally:
        tracing.close()
