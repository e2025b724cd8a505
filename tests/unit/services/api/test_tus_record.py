from __future__ import annotations

import hashlib
import os
from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.services.api.refusals import Refusal
from appliance.services.api.tus_record import (
    RECORD,
    Checksum,
    TusUpload,
    find_uploads,
    forget_upload,
    read_checksum,
    read_metadata,
    save_upload,
    sweep_strangers,
)

UPLOAD = TusUpload(id="a" * 32, length=100, name="game.mp4", expires_at_s=1.0)


def test_a_record_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    (tmp_path / UPLOAD.id).mkdir()
    save_upload(tmp_path, UPLOAD)
    changed = replace(UPLOAD, offset=100, taken=True, job_id="j")
    save_upload(tmp_path, changed)
    assert list(find_uploads(tmp_path)) == [changed]
    assert [path.name for path in (tmp_path / UPLOAD.id).iterdir()] == [RECORD]
    forget_upload(tmp_path, UPLOAD.id)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"id": "x"}', '{"id": "../x", "length": 1, "name": "", "expires_at_s": 1}']
)
def test_records_that_cannot_be_believed_are_passed_over(tmp_path: Path, text: str) -> None:
    own = tmp_path / ("b" * 32)
    own.mkdir()
    (own / RECORD).write_text(text)
    assert list(find_uploads(tmp_path)) == []


def test_what_other_requests_left_is_swept_once_it_is_old(tmp_path: Path) -> None:
    old, young, known, foreign = (tmp_path / name for name in ("a" * 32, "b" * 32, "c" * 32, "somebody's"))
    for folder in (old, young, known, foreign):
        folder.mkdir()
        (folder / "file").write_bytes(b"x")
    save_upload(tmp_path, replace(UPLOAD, id="c" * 32))
    for path in (old / "file", old, known / "file", known, foreign / "file", foreign):
        os.utime(path, (10.0, 10.0))
    sweep_strangers(tmp_path, 100.0)
    assert {path.name for path in tmp_path.iterdir()} == {"b" * 32, "c" * 32, "somebody's"}


def test_checksums_are_read_and_compared() -> None:
    digest = hashlib.sha1(b"abc", usedforsecurity=False).digest()
    checksum = read_checksum(f"sha1 {b64encode(digest).decode()}")
    assert checksum == Checksum("sha1", digest)
    total = checksum.begin()
    total.update(b"abc")
    assert checksum.agrees(total.digest())
    assert not checksum.agrees(b"")
    assert read_checksum(None) is None


@pytest.mark.parametrize("header", ["", "sha1", "sha1 ", "md4 AAAA", "sha1 %%%", "AAAA"])
def test_unreadable_checksums_are_refused(header: str) -> None:
    with pytest.raises(Refusal):
        read_checksum(header)


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (None, {}),
        ("", {}),
        ("filename Z2FtZS5tcDQ=", {"filename": "game.mp4"}),
        (
            "filename Z2FtZS5tcDQ=,relativePath ,  filetype dmlkZW8vbXA0",
            {"filename": "game.mp4", "relativePath": "", "filetype": "video/mp4"},
        ),
        ("filename /w==", {"filename": "\ufffd"}),
    ],
)
def test_metadata_is_read_as_the_protocol_writes_it(header: str | None, said: dict[str, str]) -> None:
    assert read_metadata(header) == said


@pytest.mark.parametrize("header", ["filename ???", "filename ü"])
def test_unreadable_metadata_is_refused(header: str) -> None:
    with pytest.raises(Refusal):
        read_metadata(header)
