from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from appliance.adapters.model_shelf import files
from appliance.adapters.model_shelf.files import model_contents, read_member
from appliance.domain.errors import Misconfigured


def zip_of(**members: bytes) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        for name, content in members.items():
            opened.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return archive.getvalue()


def test_a_member_is_found_in_whatever_folder_of_the_zip() -> None:
    assert read_member(zip_of(a__b__end2end_dot_onnx=b"model"), "end2end.onnx") == b"model"


def test_a_name_that_only_ends_alike_is_another_file() -> None:
    with pytest.raises(Misconfigured, match="does not hold"):
        read_member(zip_of(notend2end_dot_onnx=b"model"), "end2end.onnx")


def test_what_is_no_zip_is_said_to_be_none() -> None:
    with pytest.raises(Misconfigured, match="not a zip"):
        read_member(b"<html>moved</html>", "end2end.onnx")


def test_the_models_inside_an_archive_are_looked_at_and_the_rest_is_not(tmp_path: Path) -> None:
    path = tmp_path / "x.whl"
    path.write_bytes(zip_of(p__a_dot_tflite=b"1", p__b_dot_onnx=b"2", p__c_dot_py=b"3"))
    assert list(model_contents(path))[1:] == [b"1", b"2"]


def test_a_bare_file_is_its_own_content(tmp_path: Path) -> None:
    path = tmp_path / "x.onnx"
    path.write_bytes(b"model")
    assert list(model_contents(path)) == [b"model"]


def test_what_claims_to_be_huge_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_BYTES", 10)
    path = tmp_path / "x.zip"
    path.write_bytes(zip_of(big_dot_onnx=b"x" * 11, small_dot_onnx=b"y"))
    assert list(model_contents(path)) == [b"y"]
