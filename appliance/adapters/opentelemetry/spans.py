"""Spans wait in a bounded queue and are sent by a thread of their own: a collector that is gone costs spans, never work."""

from __future__ import annotations

import hashlib
import math
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import Status, StatusCode

QUEUE_SPANS, BATCH_SPANS = 2048, 256
SEND_EVERY_MS, SEND_TIMEOUT_S = 2000, 5.0
#: A program that ends waits this long for what is left to be sent.
FLUSH_S = 3.0
MOST_CHARACTERS, MOST_ATTRIBUTES = 2000, 40
#: Nothing here takes longer; a larger number is a slip.
LONGEST_S = 30 * 24 * 3600.0
_TRACE_ID = re.compile(r"(?!0{32})[0-9a-f]{32}")
_NS = 1_000_000_000


class SentSpans:
    """A Tracing that sends to one collector. Safe to use from several threads."""

    def __init__(self, address: str, program: str) -> None:
        self._ids = GivenTraceIds()
        self._provider = TracerProvider(
            sampler=ALWAYS_ON,
            # Not Resource.create, which would add what the environment and the machine say of themselves.
            resource=Resource({"service.name": f"rinkreel-{program}"}),
            shutdown_on_exit=False,
            id_generator=self._ids,
            span_limits=SpanLimits(max_span_attributes=MOST_ATTRIBUTES, max_attribute_length=MOST_CHARACTERS),
        )
        self._provider.add_span_processor(
            BatchSpanProcessor(
                OTLPSpanExporter(endpoint=address, timeout=SEND_TIMEOUT_S),
                max_queue_size=QUEUE_SPANS,
                max_export_batch_size=BATCH_SPANS,
                schedule_delay_millis=SEND_EVERY_MS,
            )
        )
        self._tracer = self._provider.get_tracer("rinkreel")

    def record(self, name: str, fields: Mapping[str, object], *, failed: bool) -> None:
        """A span that ends now, when the fields say whose trace it belongs to and how long it took. Never raises."""
        trace_id, took_s = fields.get("trace_id"), _seconds(fields.get("took_s"))
        if not isinstance(trace_id, str) or not trace_id or took_s is None:
            return
        ended_ns = time.time_ns()
        with self._ids.given(trace_number(trace_id)):
            span = self._tracer.start_span(name, start_time=ended_ns - int(took_s * _NS))
        for key, value in fields.items():
            span.set_attribute(key, value if isinstance(value, bool | float | str) else _spoken(value))
        if failed:
            span.set_status(Status(StatusCode.ERROR))
        span.end(ended_ns)

    def close(self) -> None:
        """Send what is left, for a few seconds at most."""
        closing = threading.Thread(target=self._provider.shutdown, name="spans-flush", daemon=True)
        closing.start()
        closing.join(FLUSH_S)


class GivenTraceIds(RandomIdGenerator):
    """Trace ids that are given from outside, so that programs which never meet write into one trace; span ids by chance."""

    def __init__(self) -> None:
        self._local = threading.local()

    @contextmanager
    def given(self, number: int) -> Iterator[None]:
        """Spans that this thread begins meanwhile belong to this trace."""
        self._local.number = number
        try:
            yield
        finally:
            del self._local.number

    def generate_trace_id(self) -> int:
        """The given id; one by chance where none is given."""
        number: int | None = getattr(self._local, "number", None)
        return super().generate_trace_id() if number is None else number


def trace_number(trace_id: str) -> int:
    """Our trace id as OpenTelemetry has them; one of another form becomes one of that form, always the same."""
    if _TRACE_ID.fullmatch(trace_id):
        return int(trace_id, 16)
    return int.from_bytes(hashlib.sha256(trace_id.encode("utf-8", "replace")).digest()[:16], "big")


def _seconds(took: object) -> float | None:
    if isinstance(took, bool) or not isinstance(took, int | float):
        return None
    return float(took) if math.isfinite(took) and 0 <= took <= LONGEST_S else None


def _spoken(value: object) -> int | str:
    if isinstance(value, int):
        # Larger ones do not fit into what is sent.
        return value if abs(value) < 2**63 else str(value)[:MOST_CHARACTERS]
    try:
        return str(value)
    except Exception:  # noqa: BLE001 - a value's own code may raise anything, and the work goes on
        return f"<{type(value).__name__}>"
