"""An upgrade that does not work is taken back with the book as it was; one that works stays."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from requirements import release_upgrade
from requirements.release_box import COMPLETE, Box, current_version, switch
from requirements.release_sealing import SealError
from requirements.release_upgrade import (
    UnfitError,
    compare,
    copy_book,
    drain,
    from_stick,
    judge,
    main,
    newest_on,
    rollback,
    status_of,
    upgrade,
)

#: Stands for the release's Python: answers `status` and `reel` as the files beside it say. The real ones run on a box.
PYTHON = """#!/bin/sh
here=$(dirname "$0")
for word; do case $before in --json) report=$word;; esac; before=$word; done
case "$*" in
*" status "*) cat "$here/status.json";;
*" reel "*) [ -f "$here/report.json" ] || { echo no encoder >&2; exit 3; }; cp "$here/report.json" "$report";;
esac
"""
WHOLE = {"whole": True, "tallies": {"orders": {"pose": 0}}, "programs": []}
EXPECTED = {"reel_s": 20.0, "segments": [[1.0, 5.0], [9.0, 12.0]]}


def report(*, edge: float = 1.0, reel_s: float = 20.0) -> dict[str, object]:
    return {
        "segments": [{"start_s": edge, "end_s": 5.0}, {"start_s": 9.0, "end_s": 12.0}],
        "reels": [{"duration_s": reel_s}],
    }


def put(box: Box, version: str, *, found: dict[str, object] | None, status: dict[str, object] | None = None) -> None:
    """An installed release that answers like this."""
    place = box.releases / version
    (place / "env" / "bin").mkdir(parents=True)
    (place / "golden").mkdir()
    (place / "golden" / "expected.json").write_text(json.dumps(EXPECTED))
    python = place / "env" / "bin" / "python"
    python.write_text(PYTHON)
    python.chmod(0o755)
    (python.parent / "status.json").write_text(json.dumps(status or WHOLE))
    if found is not None:
        (python.parent / "report.json").write_text(json.dumps(found))
    (place / COMPLETE).touch()


@pytest.fixture
def box(tmp_path: Path) -> Box:
    """A box whose release 1.0 is current and whose book knows one item; starting writes into it, as an appliance does."""
    data = tmp_path / "data"
    data.mkdir()
    with closing(sqlite3.connect(data / "book.db")) as book:
        book.executescript("PRAGMA journal_mode=WAL; CREATE TABLE item (name TEXT); INSERT INTO item VALUES ('one');")
    marks = tmp_path / "calls"
    box = Box(
        root=tmp_path / "opt", data=data, signers=tmp_path / "signers", user="", drain_s=0.0, ready_s=0.0,
        start=("sh", "-c", f"echo start >>{marks}"), stop=("sh", "-c", f"echo stop >>{marks}"),
    )  # fmt: skip
    put(box, "1.0", found=report())
    switch(box, "1.0")
    return box


@pytest.fixture(autouse=True)
def arriving(monkeypatch: pytest.MonkeyPatch) -> None:
    """An archive is named like the release that is installed already: installing has tests of its own."""
    monkeypatch.setattr(release_upgrade, "install_release", lambda _box, archive: (archive.name, True))


def items(box: Box) -> list[str]:
    with closing(sqlite3.connect(box.data / "book.db")) as book:
        return [row[0] for row in book.execute("SELECT name FROM item")]


def calls(box: Box) -> list[str]:
    return (box.data.parent / "calls").read_text().split()


def test_a_release_that_judges_alike_stays(box: Box) -> None:
    put(box, "1.1", found=report(edge=1.1))
    assert upgrade(box, Path("1.1")) == 0
    assert (current_version(box), current_version(box, "previous"), items(box)) == ("1.1", "1.0", ["one"])
    assert calls(box) == ["stop", "start"]
    assert len(list(box.backups.glob("book-before-leaving-1.0-*.db"))) == 1


@pytest.mark.parametrize("found", [report(edge=2.0), report(reel_s=25.0), None], ids=["segments", "length", "fails"])
def test_a_release_that_judges_differently_is_taken_back_before_it_starts(box: Box, found: dict[str, object] | None) -> None:
    put(box, "1.1", found=found)
    assert upgrade(box, Path("1.1")) == 2
    assert (current_version(box), current_version(box, "previous"), items(box)) == ("1.0", None, ["one"])
    assert calls(box) == ["stop", "stop", "start"]


def test_a_release_that_does_not_come_up_is_taken_back_with_what_it_wrote_into_the_book(box: Box) -> None:
    put(box, "1.1", found=report(), status={"whole": False, "programs": [{"name": "ledger", "state": "fatal"}]})
    spoil = f"import sqlite3; b = sqlite3.connect({str(box.data / 'book.db')!r}); b.execute('DELETE FROM item'); b.commit()"
    spoiling = replace(box, start=("sh", "-c", f'case $(readlink {box.root}/current) in *1.1) python3 -c "{spoil}";; esac'))
    assert upgrade(spoiling, Path("1.1")) == 2
    assert (current_version(box), items(box)) == ("1.0", ["one"])


def test_the_release_that_is_current_is_left_alone(box: Box) -> None:
    assert upgrade(box, Path("1.0")) == 0
    assert not (box.data.parent / "calls").exists()


def test_by_hand_it_goes_back_with_the_book_as_it_is_or_as_it_was(box: Box) -> None:
    put(box, "1.1", found=report())
    upgrade(box, Path("1.1"))
    with closing(sqlite3.connect(box.data / "book.db")) as book:
        book.execute("INSERT INTO item VALUES ('two')")
        book.commit()
    assert rollback(box, with_book=False) == 0
    assert (current_version(box), items(box)) == ("1.0", ["one", "two"])
    rollback(box, with_book=False)
    assert rollback(box, with_book=True) == 0
    assert current_version(box) == "1.0"


def test_where_nothing_came_before_there_is_no_way_back(box: Box) -> None:
    with pytest.raises(SealError, match="no release before"):
        rollback(box, with_book=False)


def test_work_under_way_is_waited_for_and_told_when_it_takes_too_long(box: Box, capsys: pytest.CaptureFixture[str]) -> None:
    drain(replace(box, drain_s=5.0))
    assert capsys.readouterr().err == ""
    busy = box.releases / "1.0" / "env" / "bin" / "status.json"
    busy.write_text(json.dumps(WHOLE | {"tallies": {"orders": {"pose": 3}}}))
    drain(replace(box, drain_s=0.001))
    assert "done again afterwards" in capsys.readouterr().err


def test_a_release_that_says_nothing_stands_like_one_that_does_not_run(box: Box) -> None:
    (box.releases / "1.0" / "env" / "bin" / "python").unlink()
    assert status_of(box) == {}


def test_the_golden_session_may_differ_by_rounding_and_no_more() -> None:
    compare(report(edge=1.2, reel_s=20.4), EXPECTED)
    with pytest.raises(UnfitError, match="segments"):
        compare(report(edge=1.3), EXPECTED)
    with pytest.raises(UnfitError, match="segments"):
        compare(report() | {"segments": []}, EXPECTED)
    with pytest.raises(UnfitError, match="reel"):
        compare(report(reel_s=21.0), EXPECTED)


def test_why_the_golden_session_did_not_end_well_is_told(box: Box) -> None:
    put(box, "1.1", found=None)
    with pytest.raises(UnfitError, match="status 3: no encoder"):
        judge(box, "1.1")


def test_a_book_is_copied_with_what_is_still_in_its_log_and_to_its_owner_alone(box: Box) -> None:
    with closing(sqlite3.connect(box.data / "book.db")) as book:
        book.execute("INSERT INTO item VALUES ('two')")
        book.commit()
        copy = copy_book(box, "1.0")
    assert copy is not None
    assert copy.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(copy)) as copied:
        assert copied.execute("SELECT count(*) FROM item").fetchone() == (2,)


def test_the_newest_release_on_a_stick_is_taken_by_number(tmp_path: Path) -> None:
    for version in ("0.9.0", "0.10.0", "0.2.0"):
        (tmp_path / f"rinkreel-{version}-x86_64-cpu-py311.tar").touch()
    assert newest_on(tmp_path).name.startswith("rinkreel-0.10.0-")
    with pytest.raises(SealError, match="no release in"):
        newest_on(tmp_path / "empty")


def test_a_stick_brings_what_is_newer_and_never_what_is_older_or_the_same(
    box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    monkeypatch.setattr(release_upgrade, "install_release", lambda _box, archive: (archive.name.split("-")[1], True))
    for version in ("0.9", "1.0"):
        (stick / f"rinkreel-{version}-x86_64-cpu-py311.tar").touch()
        assert from_stick(box, stick) == 0
    assert capsys.readouterr().out.count("is not newer than 1.0, which is current; changed: no") == 2
    assert not (tmp_path / "calls").exists()
    put(box, "1.1", found=report())
    (stick / "rinkreel-1.1-x86_64-cpu-py311.tar").touch()
    assert from_stick(box, stick) == 0
    assert current_version(box) == "1.1"


def test_a_release_is_judged_before_it_is_current(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    put(box, "1.1", found=report())
    seen: list[str | None] = []
    monkeypatch.setattr(release_upgrade, "judge", lambda box, _version: seen.append(current_version(box)))
    assert upgrade(box, Path("1.1")) == 0
    assert (seen, current_version(box)) == (["1.0"], "1.1")


def test_a_release_that_fails_leaves_the_way_back_as_it_was(box: Box) -> None:
    put(box, "1.1", found=report())
    assert upgrade(box, Path("1.1")) == 0
    put(box, "1.2", found=report(edge=5.0))
    assert upgrade(box, Path("1.2")) == 2
    assert (current_version(box), current_version(box, "previous")) == ("1.1", "1.0")


def test_the_command_says_what_is_installed_and_why_it_refuses(
    box: Box, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "release.toml"
    file.write_text(f'root = "{box.root}"\ndata = "{box.data}"\nsigners = "{box.signers}"\nuser = ""\n')
    assert main(["--box", str(file), "list"]) == 0
    assert capsys.readouterr().out == "current  1.0\n"
    assert main(["--box", str(file), "status"]) == 0
    assert main(["--box", str(file), "rollback"]) == 1
    assert "rinkreel-release: there is no release before" in capsys.readouterr().err
