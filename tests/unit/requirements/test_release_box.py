"""A release gets onto the box whole or not at all, and one link says which is current."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from requirements import release_box
from requirements.release_box import (
    COMPLETE,
    Box,
    current_version,
    install_release,
    installed,
    read_box,
    require_fitting,
    switch,
    tidy,
)
from requirements.release_sealing import Manifest, SealError, hash_files, seal

NEEDS_KEYGEN = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")
OWN = f"{sys.version_info.major}.{sys.version_info.minor}"


@pytest.fixture
def box(tmp_path: Path) -> Box:
    (tmp_path / "data").mkdir()
    return Box(root=tmp_path / "opt", data=tmp_path / "data", signers=tmp_path / "signers", user="", keep=2)


def put(box: Box, version: str, age_s: int = 0) -> None:
    """A release that is whole."""
    place = box.releases / version
    place.mkdir(parents=True)
    (place / COMPLETE).touch()
    os.utime(place / COMPLETE, (1_790_000_000 - age_s, 1_790_000_000 - age_s))


def manifest(**words: object) -> Manifest:
    plain = {"version": "1.0", "platform": f"{os.uname().machine}-cpu", "python": OWN, "source": "", "epoch_s": 0, "files": {}}
    return Manifest(**(plain | words))  # type: ignore[arg-type]


def archive(box: Box, tmp_path: Path, content: bytes, version: str = "1.0") -> Path:
    """A signed release whose one file says something."""
    key = tmp_path / "key"
    if not key.exists():
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
        box.signers.write_text(f"release {key.with_suffix('.pub').read_text()}")
    folder = tmp_path / f"content-{version}"
    folder.mkdir(exist_ok=True)
    (folder / "LICENSE").write_bytes(content)
    seal(folder, manifest(version=version, files=hash_files(folder)), key, tmp_path / "release.tar")
    return tmp_path / "release.tar"


def fake_environment(place: Path) -> None:
    """What `make_environment` leaves behind; the real one is made in a trial on a booted box without a network."""
    (place / COMPLETE).touch()


@NEEDS_KEYGEN
def test_a_release_lies_beside_the_others_and_comes_once(box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release_box, "make_environment", fake_environment)
    first = archive(box, tmp_path, b"one")
    assert install_release(box, first) == ("1.0", True)
    assert install_release(box, first) == ("1.0", False)
    assert installed(box) == ["1.0"]
    assert current_version(box) is None
    assert not (box.releases / ".arriving").exists()


@NEEDS_KEYGEN
def test_two_releases_of_one_version_are_refused(box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release_box, "make_environment", fake_environment)
    install_release(box, archive(box, tmp_path, b"one"))
    with pytest.raises(SealError, match="a version of its own"):
        install_release(box, archive(box, tmp_path, b"other"))
    assert (box.releases / "1.0" / "LICENSE").read_bytes() == b"one"


@NEEDS_KEYGEN
def test_what_does_not_install_leaves_nothing(box: Box, tmp_path: Path) -> None:
    # The archive holds no wheels, so that pip has nothing to start with.
    with pytest.raises(SealError, match="could not be installed"):
        install_release(box, archive(box, tmp_path, b"one"))
    assert installed(box) == []


def test_what_broke_off_does_not_count(box: Box) -> None:
    (box.releases / "1.0").mkdir(parents=True)
    assert installed(box) == []
    with pytest.raises(SealError, match="not installed"):
        switch(box, "1.0")


def test_the_link_changes_in_one_step_and_the_one_before_is_remembered(box: Box) -> None:
    put(box, "1.0")
    put(box, "1.1")
    switch(box, "1.0")
    assert (current_version(box), current_version(box, "previous")) == ("1.0", None)
    switch(box, "1.1")
    switch(box, "1.1")
    assert (current_version(box), current_version(box, "previous")) == ("1.1", "1.0")
    assert not (box.root / "current").readlink().is_absolute()
    assert sorted(path.name for path in box.root.iterdir()) == ["current", "previous", "releases"]


def test_old_releases_go_but_never_those_that_links_lead_to(box: Box) -> None:
    for age, version in enumerate(["1.3", "1.2", "1.1", "1.0"]):
        put(box, version, age_s=age)
    switch(box, "1.0")
    assert tidy(box) == ["1.1"]
    assert installed(box) == ["1.0", "1.2", "1.3"]


@pytest.mark.parametrize("words", [{"python": "2.7"}, {"platform": "s390x-cpu"}])
def test_a_release_for_another_machine_is_refused(box: Box, words: dict[str, object]) -> None:
    require_fitting(box, manifest())
    with pytest.raises(SealError, match="the release is for"):
        require_fitting(box, manifest(**words))


def test_a_gpu_release_does_not_get_onto_a_box_that_asks_for_another(box: Box) -> None:
    asking = replace(box, platform=f"{os.uname().machine}-cpu")
    require_fitting(asking, manifest())
    with pytest.raises(SealError):
        require_fitting(asking, manifest(platform=f"{os.uname().machine}-cuda13"))


def test_the_box_says_in_a_file_what_it_is_like(tmp_path: Path) -> None:
    path = tmp_path / "release.toml"
    path.write_text('root = "/srv/code"\nkeep = 5\nstop = ["true"]\n')
    told = read_box(path)
    assert (told.root, told.keep, list(told.stop), told.data) == (Path("/srv/code"), 5, ["true"], Path("/srv/rinkreel"))
    path.write_text("unheard = 1\n")
    with pytest.raises(SealError, match="cannot be used"):
        read_box(path)
