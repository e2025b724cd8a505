from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from appliance.domain.errors import DiskFull, Misconfigured
from appliance.domain.place import DataFolder
from appliance.services.api.first_run import forget_first_run_code, is_first_run_code, prepare_secrets


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    return DataFolder(root=tmp_path)


def test_secrets_are_made_once_and_readable_by_one_user_alone(data: DataFolder) -> None:
    first = prepare_secrets(data, has_accounts=False)
    again = prepare_secrets(data, has_accounts=False)
    assert first == again
    assert len(first.signing.key) == 32
    assert data.secrets.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in data.secrets.iterdir()} == {0o600}


def test_secrets_stay_out_of_texts(data: DataFolder) -> None:
    prepared = prepare_secrets(data, has_accounts=False)
    assert prepared.first_run_code is not None
    assert prepared.signing.key.hex() not in repr(prepared)
    assert str(prepared.signing.key) not in repr(prepared)
    assert prepared.first_run_code not in repr(prepared)


def test_two_boxes_share_nothing(data: DataFolder, tmp_path: Path) -> None:
    other = prepare_secrets(DataFolder(root=tmp_path / "other"), has_accounts=False)
    this = prepare_secrets(data, has_accounts=False)
    assert this.signing != other.signing
    assert this.first_run_code != other.first_run_code


def test_the_code_may_be_typed_as_people_type(data: DataFolder) -> None:
    code = prepare_secrets(data, has_accounts=False).first_run_code
    assert code is not None
    assert is_first_run_code(data, code)
    assert is_first_run_code(data, code.upper().replace("-", " "))
    assert not is_first_run_code(data, code[:-1])
    assert not is_first_run_code(data, "")


def test_there_is_no_code_once_there_is_an_account(data: DataFolder) -> None:
    code = prepare_secrets(data, has_accounts=False).first_run_code
    assert code is not None
    assert prepare_secrets(data, has_accounts=True).first_run_code is None
    assert not is_first_run_code(data, code)
    assert not is_first_run_code(data, "")
    forget_first_run_code(data)


@pytest.mark.parametrize("text", ["not a key", "abcd", ""])
def test_what_is_no_key_is_said_so_with_what_to_do(data: DataFolder, text: str) -> None:
    data.secrets.mkdir()
    (data.secrets / "signing-key").write_text(text)
    with pytest.raises(Misconfigured, match="not a key") as caught:
        prepare_secrets(data, has_accounts=False)
    assert caught.value.remedy


def test_a_folder_that_cannot_be_written_is_said_so(data: DataFolder) -> None:
    data.secrets.write_text("a file in the way")
    with pytest.raises(Misconfigured, match="could not be written"):
        prepare_secrets(data, has_accounts=False)


def test_a_full_disk_leaves_no_half_a_key(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFull):
        prepare_secrets(data, has_accounts=False)
    assert list(data.secrets.iterdir()) == []
