from __future__ import annotations

from pathlib import Path

from appliance.cli.statuses import MEANINGS, Status, describe_statuses, status_of_errors
from appliance.domain.errors import Misconfigured, Transient, Unusable

PAGE = Path(__file__).resolve().parents[3] / "docs" / "exit-statuses.md"


def test_every_status_has_its_own_number_and_meaning() -> None:
    assert set(MEANINGS) == set(Status)
    assert len({*MEANINGS.values()}) == len(Status)


def test_the_page_and_the_help_say_what_the_program_does() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ") and line[2].isdigit()]
    assert rows == [f"| {int(status)} | {meaning} |" for status, meaning in MEANINGS.items()]
    assert all(meaning in describe_statuses() for meaning in MEANINGS.values())


def test_what_has_to_be_mended_comes_first_and_what_may_pass_comes_last() -> None:
    mend, never, later = Misconfigured("a"), Unusable("b"), Transient("c")
    assert status_of_errors([later, never, mend]) is Status.MISCONFIGURED
    assert status_of_errors([later, never]) is Status.UNUSABLE
    assert status_of_errors([later, later]) is Status.TRY_AGAIN
    assert status_of_errors([]) is Status.UNUSABLE
