from __future__ import annotations

import gzip
import http.server
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from appliance.adapters.opentelemetry.spans import FLUSH_S, GivenTraceIds, SentSpans, trace_number

TRACE = "0af7651916cd43dd8448eb211c80319c"


@dataclass
class Collector:
    """A collector that decodes what it is sent."""

    address: str = ""
    services: set[str] = field(default_factory=set)
    spans: list[Span] = field(default_factory=list)

    def take(self, body: bytes) -> None:
        request = ExportTraceServiceRequest.FromString(body)
        for resource in request.resource_spans:
            self.services |= {each.value.string_value for each in resource.resource.attributes if each.key == "service.name"}
            for scope in resource.scope_spans:
                self.spans.extend(scope.spans)


@pytest.fixture
def collector() -> Iterator[Collector]:
    heard = Collector()

    class Desk(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.take(gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body)
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Stay silent."""

    with http.server.HTTPServer(("127.0.0.1", 0), Desk) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        heard.address = f"http://127.0.0.1:{server.server_port}/v1/traces"
        yield heard
        server.shutdown()
        thread.join()


def attributes_of(span: Span) -> dict[str, object]:
    return {each.key: getattr(each.value, str(each.value.WhichOneof("value"))) for each in span.attributes}


def test_all_stages_of_a_drop_share_its_trace_whoever_tells_of_them(collector: Collector) -> None:
    for program in ("ledger", "worker-pose"):
        spans = SentSpans(collector.address, program)
        spans.record("stage done", {"trace_id": TRACE, "took_s": 2.0, "program": program}, failed=False)
        spans.close()
    assert collector.services == {"rinkreel-ledger", "rinkreel-worker-pose"}
    assert {span.trace_id.hex() for span in collector.spans} == {TRACE}
    assert len({span.span_id for span in collector.spans}) == 2


def test_a_span_is_as_long_as_the_line_says_and_carries_its_fields(collector: Collector) -> None:
    spans = SentSpans(collector.address, "ledger")
    fields = {"trace_id": TRACE, "took_s": 1.5, "item": "i1", "chunks": 7, "last": True, "path": ["a"], "huge": 2**70}
    spans.record("stage failed", fields, failed=True)
    spans.close()
    (span,) = collector.spans
    assert (span.name, span.status.code) == ("stage failed", 2)
    assert span.end_time_unix_nano - span.start_time_unix_nano == 1_500_000_000
    told = attributes_of(span)
    assert (told["item"], told["chunks"], told["last"], told["path"]) == ("i1", 7, True, "['a']")
    assert told["huge"] == str(2**70)


@pytest.mark.parametrize(
    "fields",
    [
        {"took_s": 1.0},
        {"trace_id": TRACE},
        {"trace_id": "", "took_s": 1.0},
        {"trace_id": TRACE, "took_s": "long"},
        {"trace_id": TRACE, "took_s": float("nan")},
        {"trace_id": TRACE, "took_s": -1.0},
        {"trace_id": TRACE, "took_s": 1e300},
    ],
)
def test_a_line_that_tells_no_duration_of_a_drop_becomes_no_span(collector: Collector, fields: dict[str, object]) -> None:
    spans = SentSpans(collector.address, "ledger")
    spans.record("said", fields, failed=False)
    spans.close()
    assert collector.spans == []


def test_a_collector_that_is_gone_or_deaf_neither_blocks_nor_fails_the_work(caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        spans = SentSpans(f"http://127.0.0.1:{deaf.getsockname()[1]}/v1/traces", "ledger")
        for number in range(10_000):
            spans.record("said", {"trace_id": TRACE, "took_s": 0.1, "number": number}, failed=False)
        closing = threading.Thread(target=spans.close)
        closing.start()
        closing.join(FLUSH_S * 4)
        assert not closing.is_alive()


def test_a_long_text_is_cut(collector: Collector) -> None:
    spans = SentSpans(collector.address, "ledger")
    spans.record("said", {"trace_id": TRACE, "took_s": 0.1, "why": "x" * 50_000}, failed=False)
    spans.close()
    assert len(str(attributes_of(collector.spans[0])["why"])) == 2000


def test_ids_of_another_form_become_one_of_the_right_form_always_the_same() -> None:
    assert trace_number(TRACE) == int(TRACE, 16)
    assert trace_number("drop-7") == trace_number("drop-7") != trace_number("drop-8")
    assert 0 < trace_number("0" * 32) < 2**128


def test_without_a_given_id_one_is_made_up() -> None:
    ids = GivenTraceIds()
    with ids.given(7):
        assert ids.generate_trace_id() == 7
    assert ids.generate_trace_id() != 7
