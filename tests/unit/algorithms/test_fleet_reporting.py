from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.algorithms.fleet_reporting import (
    DAY_S,
    MOST_MISHAPS,
    BoxLook,
    Reporting,
    compose_report,
    report_from_text,
    text_from_report,
)
from appliance.domain.fleet import MOST_REPORT_BYTES, BoxReport, Mishap
from appliance.domain.job import Notice, Tallies
from appliance.domain.outbox import OutcomeNote

NOW_S = 1_790_000_000.0
REPORTING = Reporting(rink="north", version="0.1.0", since_s=NOW_S - 60, stages=frozenset({"probe", "analyse"}))
NAME = "Anna Müller, free skate.MP4"


def a_note(verdict: str = "failed", stage: str = "analyse", ago_s: float = 5.0) -> OutcomeNote:
    return OutcomeNote(
        id=NAME,
        at_s=NOW_S - ago_s,
        order_id=NAME,
        item_id=NAME,
        stage=stage,
        verdict=verdict,
        attempt=1,
        took_s=1.0,
        worker=NAME,
        recorded_at_s=NOW_S - ago_s,
        why=f"{NAME} does not open",
    )


def a_look(**more: object) -> BoxLook:
    tallies = Tallies(
        items={"completed": 2, "queued": 0, NAME: 9},
        orders={"pose": 3, NAME: 4},
        dead_letters=1,
        oldest_open_at_s=NOW_S - 90,
        last_reel_at_s=NOW_S - 3600,
    )
    look = BoxLook(
        tallies=tallies,
        notices=(Notice(key="disk", why=NAME, remedy=NAME, at_s=NOW_S), Notice(key=NAME, why=NAME, remedy="", at_s=NOW_S)),
        outcomes=(a_note(), a_note("done"), a_note("setback", "probe"), a_note(stage=NAME), a_note(ago_s=2 * DAY_S)),
        disk_free_bytes=5,
        disk_total_bytes=10,
        disk_wanted_bytes=1,
        temperatures={NAME: 61.0, "cpu": 45.0},
    )
    return replace(look, **more)  # type: ignore[arg-type]


def test_a_report_tells_how_the_box_stands() -> None:
    assert compose_report(a_look(), REPORTING, NOW_S) == BoxReport(
        rink="north",
        at_s=NOW_S,
        version="0.1.0",
        since_s=NOW_S - 60,
        troubles=("disk", "other"),
        orders={"pose": 3},
        items={"completed": 2},
        waits_s=90.0,
        dead_letters=1,
        last_reel_at_s=NOW_S - 3600,
        disk_free_bytes=5,
        disk_total_bytes=10,
        disk_wanted_bytes=1,
        hottest_c=61.0,
        mishaps=(
            Mishap(stage="analyse", verdict="failed", at_s=NOW_S - 5),
            Mishap(stage="probe", verdict="setback", at_s=NOW_S - 5),
        ),
    )


def test_no_name_that_the_book_holds_gets_into_a_report() -> None:
    text = text_from_report(compose_report(a_look(), REPORTING, NOW_S))
    assert [word for word in ("Anna", "Müller", "skate", "MP4", "does not") if word in text] == []


def test_a_book_that_cannot_be_read_is_a_trouble_and_no_silence() -> None:
    report = compose_report(a_look(tallies=None, notices=(), outcomes=()), REPORTING, NOW_S)
    assert (report.troubles, report.waits_s, report.disk_free_bytes) == (("book",), 0.0, 5)


def test_of_very_many_mishaps_the_newest_are_told_and_the_report_stays_short() -> None:
    report = compose_report(a_look(outcomes=tuple(a_note(ago_s=n) for n in range(500))), REPORTING, NOW_S)
    assert [each.at_s for each in report.mishaps] == [NOW_S - n for n in range(MOST_MISHAPS)]
    assert len(text_from_report(report)) < MOST_REPORT_BYTES / 4


def test_a_report_is_read_as_it_was_written() -> None:
    report = compose_report(a_look(), REPORTING, NOW_S)
    assert report_from_text(text_from_report(report)) == report


def test_a_report_of_another_version_is_read_as_far_as_it_is_known() -> None:
    report = compose_report(a_look(), REPORTING, NOW_S)
    plain = json.loads(text_from_report(report))
    plain["flux"] = {"is": "New", "x": [1]}
    plain["mishaps"][0]["flux"] = 1
    del plain["hottest_c"], plain["since_s"]
    assert report_from_text(json.dumps(plain)) == replace(report, hottest_c=None, since_s=0.0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "1",
        "{}",
        '{"is":"BoxReport"}',
        '{"is":"Order","rink":"north","at_s":1,"version":"1"}',
        '{"is":"BoxReport","rink":"a b","at_s":1,"version":"1"}',
        '{"is":"BoxReport","rink":"north","at_s":NaN,"version":"1"}',
        '{"is":"BoxReport","rink":"north","at_s":1,"version":"1","mishaps":7}',
        '{"is":"BoxReport","rink":"north","at_s":1,"version":"1","orders":{"<b>":1}}',
        '{"is":"BoxReport","rink":"north","at_s":1,"version":"1"}' + " " * MOST_REPORT_BYTES,
        "[" * 9000,
    ],
)
def test_what_is_no_report_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - JSON's own errors are among them
        report_from_text(text)


@given(st.text(max_size=300))
def test_whatever_comes_is_read_or_refused(text: str) -> None:
    try:
        report_from_text(text)
    except ValueError:
        return
