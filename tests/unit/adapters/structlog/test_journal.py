from __future__ import annotations

import io
import json
import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from appliance.adapters.structlog import StructlogJournal, open_journal
from appliance.adapters.structlog.journal import Form


@contextmanager
def journal_on(stream: io.StringIO, *, form: Form = "json", level: str = "info") -> Iterator[StructlogJournal]:
    journal = open_journal("ledger", form=form, level=level, stream=stream)
    try:
        yield journal
    finally:
        journal.close()


def lines_of(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_an_event_is_one_line_that_says_when_how_important_who_and_what() -> None:
    stream = io.StringIO()
    with journal_on(stream) as journal:
        journal.note("order sent", trace_id="ab", item="i1", took_s=0.25)
        journal.warn("disk is full", free_bytes=3)
    first, second = lines_of(stream)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", first.pop("time"))
    assert first == {
        "level": "info",
        "program": "ledger",
        "event": "order sent",
        "trace_id": "ab",
        "item": "i1",
        "took_s": 0.25,
    }
    assert (second["level"], second["event"], second["free_bytes"]) == ("warning", "disk is full", 3)


def test_fields_cannot_pass_for_what_the_line_itself_says() -> None:
    stream = io.StringIO()
    with journal_on(stream) as journal:
        journal.note("said", **{"level": "critical", "program": "other", "time": "never", "exc_info": True, "name": "n"})
    (line,) = lines_of(stream)
    assert (line["level"], line["program"]) == ("info", "ledger")
    assert (line["level_"], line["program_"], line["time_"], line["exc_info"], line["name"]) == (
        *("critical", "other", "never"),
        *(True, "n"),
    )


def test_percent_signs_and_new_lines_stay_within_their_line() -> None:
    stream = io.StringIO()
    with journal_on(stream) as journal:
        journal.note("100 %s done\nreally", name="a\nb%d")
    (line,) = lines_of(stream)
    assert line["event"] == "100 %s done\nreally"
    assert line["name"] == "a\nb%d"


def test_lines_of_libraries_come_out_the_same_way_with_their_exceptions() -> None:
    stream = io.StringIO()
    with journal_on(stream):
        try:
            raise ValueError("lost")
        except ValueError:
            logging.getLogger("nats.aio.client").exception("could not %s", "connect")
    (line,) = lines_of(stream)
    assert (line["level"], line["event"], line["library"]) == ("error", "could not connect", "nats.aio.client")
    assert line["exception"].startswith("Traceback")
    assert line["exception"].endswith("ValueError: lost")


def test_requests_that_libraries_tell_of_are_not_written() -> None:
    stream = io.StringIO()
    with journal_on(stream, level="debug"):
        logging.getLogger("uvicorn.access").info("GET /r/secret-link")
        logging.getLogger("uvicorn.error").info("started")
    assert [line["event"] for line in lines_of(stream)] == ["started"]


def test_lines_below_the_level_are_not_written() -> None:
    stream = io.StringIO()
    with journal_on(stream, level="warning") as journal:
        journal.note("small")
        journal.warn("large")
    assert [line["event"] for line in lines_of(stream)] == ["large"]


def test_on_a_terminal_a_line_is_readable_and_harmless() -> None:
    stream = Terminal()
    with journal_on(stream, form="auto") as journal:
        journal.note("drop taken", name="evil\x1b]0;title\x07.mp4")
    text = re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue())
    assert "drop taken" in text
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "ledger" in text


def test_elsewhere_it_is_json_unless_text_is_asked_for() -> None:
    plain, asked = io.StringIO(), io.StringIO()
    with journal_on(plain, form="auto") as journal:
        journal.note("said")
    with journal_on(asked, form="text") as journal:
        journal.note("said", item="i1")
    assert lines_of(plain)[0]["event"] == "said"
    assert "item=i1" in asked.getvalue()
    assert "\x1b" not in asked.getvalue()


def test_a_stream_that_is_gone_harms_nobody() -> None:
    stream = io.StringIO()
    with journal_on(stream) as journal:
        stream.close()
        journal.note("said")
        journal.warn("said", item=object())


def test_threads_do_not_mix_their_lines() -> None:
    stream = io.StringIO()
    with journal_on(stream) as journal:

        def speak(number: int) -> None:
            for _ in range(200):
                journal.note("said", number=number, text="x" * 300)

        threads = [threading.Thread(target=speak, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    # A library's thread left over from elsewhere may say something meanwhile: its lines are whole too.
    assert len([line for line in lines_of(stream) if line["event"] == "said"]) == 800


def test_after_closing_logging_is_as_it_was(caplog: pytest.LogCaptureFixture) -> None:
    root = logging.getLogger()
    before = (list(root.handlers), root.level, logging.getLogger("httpx").level)
    with journal_on(io.StringIO(), level="debug"):
        assert root.level == logging.DEBUG
    assert (list(root.handlers), root.level, logging.getLogger("httpx").level) == before
