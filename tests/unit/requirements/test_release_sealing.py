"""A release is believed when its signature and every hash hold, and not otherwise."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from requirements.release_sealing import (
    MANIFEST,
    SIGNATURE,
    Manifest,
    SealError,
    hash_files,
    read_manifest,
    seal,
    sign,
    unseal,
)

pytestmark = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two keys, and the file that names the first as one to be believed."""
    folder = tmp_path_factory.mktemp("keys")
    for name in ("ours", "theirs"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    public = (folder / "ours.pub").read_text()
    (folder / "signers").write_text(f'release namespaces="rinkreel-release" {public}')
    return folder


@pytest.fixture
def content(tmp_path: Path) -> Path:
    folder = tmp_path / "content"
    (folder / "models").mkdir(parents=True)
    (folder / "models" / "pose.onnx").write_bytes(b"weights")
    (folder / "setup.sh").write_text("true\n")
    return folder


def manifest_of(folder: Path) -> Manifest:
    return Manifest(
        version="1.2.3", platform="x86_64-cpu", python="3.11", source="abc", epoch_s=1_790_000_000, files=hash_files(folder)
    )  # fmt: skip


@pytest.fixture
def archive(content: Path, keys: Path, tmp_path: Path) -> Path:
    target = tmp_path / "release.tar"
    seal(content, manifest_of(content), keys / "ours", target)
    return target


def test_what_was_sealed_comes_out_again(archive: Path, keys: Path, content: Path, tmp_path: Path) -> None:
    into = tmp_path / "into"
    into.mkdir()
    assert unseal(archive, keys / "signers", into) == manifest_of(content)
    assert hash_files(into) == hash_files(content)
    assert (into / "setup.sh").stat().st_mode & 0o100


def test_the_same_files_and_key_give_the_same_bytes(archive: Path, keys: Path, content: Path, tmp_path: Path) -> None:
    for path in content.rglob("*"):
        path.touch()
    seal(content, manifest_of(content), keys / "ours", tmp_path / "again.tar")
    assert (tmp_path / "again.tar").read_bytes() == archive.read_bytes()


def test_a_release_that_somebody_else_signed_is_refused(content: Path, keys: Path, tmp_path: Path) -> None:
    seal(content, manifest_of(content), keys / "theirs", tmp_path / "foreign.tar")
    with pytest.raises(SealError, match="not signed by anybody"):
        unseal(tmp_path / "foreign.tar", keys / "signers")


def test_a_key_is_believed_for_releases_alone(content: Path, keys: Path) -> None:
    other = (keys / "signers").read_text().replace("rinkreel-release", "mail")
    (keys / "mail").write_text(other)
    from requirements.release_sealing import require_signature

    with pytest.raises(SealError):
        require_signature(b"text", sign(b"text", keys / "ours"), keys / "mail")


@pytest.mark.parametrize("where", [0.02, 0.4, 0.75])
def test_a_flipped_bit_is_noticed_wherever_it_is(archive: Path, keys: Path, where: float) -> None:
    whole = bytearray(archive.read_bytes())
    names = [MANIFEST, SIGNATURE, "models/pose.onnx", "setup.sh"]
    with tarfile.open(archive) as opened:
        member = opened.getmember(names[int(where * len(names))])
        whole[member.offset_data + member.size // 2] ^= 1
    archive.write_bytes(whole)
    with pytest.raises(SealError):
        unseal(archive, keys / "signers")


def test_an_archive_that_broke_off_is_not_whole(archive: Path, keys: Path) -> None:
    with tarfile.open(archive) as opened:
        end = opened.getmember("setup.sh").offset
    with archive.open("rb+") as file:
        file.truncate(end)
    with pytest.raises(SealError, match=r"missing|cannot be read"):
        unseal(archive, keys / "signers")


@pytest.mark.parametrize("name", ["extra", "../outside", "/etc/passwd"])
def test_a_file_that_was_not_signed_is_refused(archive: Path, keys: Path, tmp_path: Path, name: str) -> None:
    with tarfile.open(archive, "a") as opened:
        info = tarfile.TarInfo(name)
        info.size = 1
        opened.addfile(info, io.BytesIO(b"x"))
    (tmp_path / "into").mkdir()
    with pytest.raises(SealError, match="does not belong"):
        unseal(archive, keys / "signers", tmp_path / "into")
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize("change", [{"version": "../1"}, {"files": {"../x": "0" * 64}}, {"files": {"x": "short"}}])
def test_a_manifest_names_only_what_can_be_in_a_release(content: Path, change: dict[str, object]) -> None:
    with pytest.raises(SealError):
        read_manifest(replace(manifest_of(content), **change).written())  # type: ignore[arg-type]


def test_something_else_is_no_release(tmp_path: Path, keys: Path) -> None:
    (tmp_path / "other.tar").write_bytes(b"no tar at all")
    with pytest.raises(SealError, match="cannot be read"):
        unseal(tmp_path / "other.tar", keys / "signers")
