"""Pages stay short and in step with the program."""

from __future__ import annotations

import argparse
import tomllib
from pathlib import Path
from typing import get_args

import pytest


def verbs(parser: argparse.ArgumentParser, before: str = "") -> list[str]:
    """Every verb of the command line, as one types it: `reel`, `models`, `models pull`."""
    found = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, below in action.choices.items():
                found += [f"{before}{name}", *verbs(below, f"{before}{name} ")]
    return found


@pytest.fixture(scope="module")
def pages(repository: Path) -> str:
    """The README and everything in docs/, as one text."""
    paths = (repository / "README.md", *sorted((repository / "docs").rglob("*.md")))
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


@pytest.mark.parametrize(("page", "lines"), [("README.md", 120), ("ARCHITECTURE.md", 200)])
def test_the_pages_everyone_reads_stay_short(repository: Path, page: str, lines: int) -> None:
    assert len((repository / page).read_text(encoding="utf-8").splitlines()) <= lines


def test_the_readme_shows_a_command_within_thirty_lines_and_both_ways_to_try_it(repository: Path) -> None:
    lines = (repository / "README.md").read_text(encoding="utf-8").splitlines()
    assert "```" in "\n".join(lines[:30])
    assert "make demo" in "\n".join(lines)
    assert "make test" in "\n".join(lines)


def test_every_verb_of_the_command_line_is_documented(pages: str) -> None:
    from appliance.cli.parser import build_parser

    known = verbs(build_parser())
    assert {"reel", "detect", "doctor", "demo"} <= set(known)
    assert [verb for verb in known if f"rinkreel {verb}" not in pages] == []


def test_every_kind_of_message_is_documented(repository: Path) -> None:
    from appliance.adapters.jetstream.layout import consumer_configs, stream_configs
    from appliance.domain.facts import Fact
    from appliance.domain.order import BookChanged, Order, Outcome, ProgressNote
    from appliance.domain.request import Answer, Request

    page = (repository / "docs" / "messages.md").read_text(encoding="utf-8")
    kinds = [*get_args(Fact), *get_args(Request), Order, Outcome, ProgressNote, BookChanged, Answer]
    names = [kind.__name__ for kind in kinds]
    names += [str(each.name) for each in stream_configs(0)] + [str(each.name) for _, each in consumer_configs(1)]
    assert [name for name in names if f"`{name}`" not in page] == []


def test_every_decision_has_a_number_of_its_own_and_says_why(repository: Path) -> None:
    records = sorted((repository / "docs" / "adr").glob("*.md"))
    numbers = [int(record.name[:4]) for record in records]
    assert numbers == list(range(1, len(records) + 1))
    for record in records:
        text = record.read_text(encoding="utf-8")
        assert text.startswith(f"# {int(record.name[:4])}. "), record.name
        assert "## Context" in text, record.name
        assert "## Decision" in text, record.name
        assert "## Consequences" in text, record.name


def test_the_changelog_speaks_of_the_version_that_is_built(repository: Path) -> None:
    import appliance

    version = tomllib.loads((repository / "pyproject.toml").read_text())["project"]["version"]
    assert appliance.__version__ == version
    assert f"[{version}]" in (repository / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_notice_names_what_is_fetched_and_under_which_licence(repository: Path) -> None:
    notice = (repository / "NOTICE").read_text(encoding="utf-8")
    for name in ("BlazePose", "RTMDet", "RTMPose", "RTMO", "COCO", "Objects365", "FFmpeg", "GNU General Public License", "PyAV"):
        assert name in notice
