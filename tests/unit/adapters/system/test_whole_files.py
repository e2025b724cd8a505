from __future__ import annotations

import errno
import stat
from pathlib import Path

import pytest

from appliance.adapters.system.whole_files import error_from_os, opened_whole, write_whole
from appliance.domain.errors import Misconfigured, Transient


def test_a_file_holds_what_was_written_and_nothing_lies_beside_it(tmp_path: Path) -> None:
    write_whole(tmp_path / "report.json", b"{}")
    assert (tmp_path / "report.json").read_bytes() == b"{}"
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


def test_writing_again_replaces_the_file(tmp_path: Path) -> None:
    write_whole(tmp_path / "report.json", b"old")
    write_whole(tmp_path / "report.json", b"new")
    assert (tmp_path / "report.json").read_bytes() == b"new"


def test_the_file_can_be_read_by_those_whom_the_umask_allows(tmp_path: Path) -> None:
    write_whole(tmp_path / "a", b"")
    (tmp_path / "b").write_bytes(b"")
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == stat.S_IMODE((tmp_path / "b").stat().st_mode)


def write_half_and_be_interrupted(target: Path) -> None:
    with opened_whole(target) as stream:
        stream.write(b"half")
        raise KeyboardInterrupt


def test_an_interruption_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    write_whole(tmp_path / "report.json", b"old")
    with pytest.raises(KeyboardInterrupt):
        write_half_and_be_interrupted(tmp_path / "report.json")
    assert (tmp_path / "report.json").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


def test_a_missing_folder_is_the_operators_business(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"report\.json could not be written") as caught:
        write_whole(tmp_path / "no such folder" / "report.json", b"")
    assert "folder" in caught.value.remedy


def test_a_full_disk_is_misconfigured_and_an_input_output_error_is_transient() -> None:
    full = error_from_os(OSError(errno.ENOSPC, "No space left on device"), Path("reel.mp4"))
    flaky = error_from_os(OSError(errno.EIO, "Input/output error"), Path("reel.mp4"))
    assert isinstance(full, Misconfigured)
    assert isinstance(flaky, Transient)
