from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

import pytest

from appliance.adapters.file_reading import (
    BLOCK_BYTES,
    has_writer,
    is_same,
    open_regular,
    read_fingerprint,
    stamp_of_status,
)
from appliance.domain.errors import Misconfigured, Transient, Unusable


def going_on() -> bool:
    return False


def test_a_fingerprint_is_the_sha256_of_all_bytes(tmp_path: Path) -> None:
    content = os.urandom(2 * BLOCK_BYTES + 7)
    (tmp_path / "a").write_bytes(content)
    fingerprint = read_fingerprint(tmp_path / "a", going_on)
    assert fingerprint.sha256 == sha256(content).hexdigest()
    assert is_same(fingerprint.stamp, stamp_of_status((tmp_path / "a").stat()))


def test_reading_ends_when_halted(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * (3 * BLOCK_BYTES))
    asked = iter([False, True])
    with pytest.raises(Transient, match="stopped"):
        read_fingerprint(tmp_path / "a", lambda: next(asked))


def test_a_file_that_changes_while_it_is_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x" * (2 * BLOCK_BYTES))

    def grow() -> bool:
        with path.open("ab") as stream:
            stream.write(b"more")
        return False

    with pytest.raises(Transient, match="changed"):
        read_fingerprint(path, grow)


def test_links_folders_and_pipes_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    os.mkfifo(tmp_path / "pipe")
    for name in ("link", "pipe", "."):
        with pytest.raises(Unusable):
            read_fingerprint(tmp_path / name, going_on)


def test_what_is_gone_or_forbidden_is_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Transient, match="could not be read"):
        read_fingerprint(tmp_path / "gone", going_on)

    def forbidden(path: object, flags: int) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", forbidden)
    with pytest.raises(Misconfigured, match="may not be read"):
        read_fingerprint(tmp_path / "a", going_on)


def test_somebody_who_writes_is_noticed_and_somebody_who_reads_is_not(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x")
    with path.open("rb"):
        assert not has_writer(path)
    with path.open("ab"):
        assert has_writer(path)
    assert not has_writer(path)
    assert not has_writer(tmp_path / "gone")


def test_asking_for_writers_leaves_no_lease_behind(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x")
    assert not has_writer(path)
    handle = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
    os.close(handle)


def test_regular_files_are_opened_for_reading_alone(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    handle = open_regular(tmp_path / "a")
    try:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.write(handle, b"y")
    finally:
        os.close(handle)
