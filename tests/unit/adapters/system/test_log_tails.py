from __future__ import annotations

from pathlib import Path

from appliance.adapters.system.log_tails import MOST_FILES, read_tails


def test_the_end_of_each_log_begins_with_a_whole_line(tmp_path: Path) -> None:
    (tmp_path / "api.log").write_text("first line\nsecond line\nthird line\n")
    (tmp_path / "ledger.log.1").write_bytes(b"short \xff\n")
    (tmp_path / "picture.jpg").write_bytes(b"no log")
    assert read_tails(tmp_path, 20) == {"api.log": "third line\n", "ledger.log.1": "short \ufffd\n"}


def test_neither_links_nor_too_many_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "link.log").symlink_to(tmp_path / "secret")
    for number in range(MOST_FILES + 5):
        (tmp_path / f"{number}.log").write_text("x")
    tails = read_tails(tmp_path)
    assert len(tails) == MOST_FILES
    assert "link.log" not in tails


def test_without_a_folder_there_are_none(tmp_path: Path) -> None:
    assert read_tails(tmp_path / "none") == {}
