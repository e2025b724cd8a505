from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from appliance.adapters.file_moving import Mover, fresh_name, stamp_at
from appliance.adapters.file_reading import read_fingerprint
from appliance.domain.errors import Transient, Unusable
from appliance.domain.footage import Fingerprint


def going_on() -> bool:
    return False


def across(source: Path, target: Path) -> None:
    raise OSError(errno.EXDEV, "Invalid cross-device link")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "from").mkdir()
    (tmp_path / "to").mkdir()
    path = tmp_path / "from/a.mp4"
    path.write_bytes(os.urandom(3_000_000))
    os.utime(path, ns=(5, 1_700_000_000_123_456_789))
    return path


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "to/a.mp4"


@pytest.fixture(params=[os.rename, across], ids=["renamed", "copied"])
def mover(request: pytest.FixtureRequest) -> Mover:
    return Mover(rename=request.param)


def known(path: Path) -> Fingerprint:
    return read_fingerprint(path, going_on)


def test_a_file_moves_whole_with_its_time(mover: Mover, source: Path, target: Path) -> None:
    expected, content = known(source), source.read_bytes()
    mover.move(source, target, expected, going_on)
    assert target.read_bytes() == content
    assert target.stat().st_mtime_ns == 1_700_000_000_123_456_789
    assert not source.exists()
    assert [path.name for path in target.parent.iterdir()] == ["a.mp4"]


def test_moving_twice_is_moving_once(mover: Mover, source: Path, target: Path) -> None:
    expected = known(source)
    mover.move(source, target, expected, going_on)
    mover.move(source, target, expected, going_on)
    assert known(target).sha256 == expected.sha256


def test_a_copy_whose_source_was_not_removed_is_finished(mover: Mover, source: Path, target: Path) -> None:
    expected = known(source)
    target.write_bytes(source.read_bytes())
    mover.move(source, target, expected, going_on)
    assert not source.exists()
    assert target.exists()


def test_something_newer_in_the_source_place_is_never_removed(mover: Mover, source: Path, target: Path) -> None:
    expected = known(source)
    target.write_bytes(source.read_bytes())
    source.write_bytes(b"newer")
    mover.move(source, target, expected, going_on)
    assert source.read_bytes() == b"newer"


def test_another_file_in_the_target_place_is_never_replaced(mover: Mover, source: Path, target: Path) -> None:
    expected = known(source)
    target.write_bytes(b"other")
    with pytest.raises(Unusable):
        mover.move(source, target, expected, going_on)
    assert target.read_bytes() == b"other"
    assert source.exists()


def test_a_source_that_is_gone_or_changed_or_written_is_refused(mover: Mover, source: Path, target: Path) -> None:
    expected = known(source)
    with source.open("ab") as stream:
        with pytest.raises(Unusable, match="changed"):
            mover.move(source, target, expected, going_on)
        stream.write(b"more")
    with pytest.raises(Unusable, match="changed"):
        mover.move(source, target, expected, going_on)
    source.unlink()
    with pytest.raises(Unusable, match="gone"):
        mover.move(source, target, expected, going_on)
    assert list(target.parent.iterdir()) == []


def test_a_write_in_the_very_moment_undoes_the_move(source: Path, target: Path) -> None:
    def rename(old: Path, new: Path) -> None:
        if old == source:
            with source.open("ab") as stream:
                stream.write(b"late")
        old.rename(new)

    expected, size_bytes = known(source), source.stat().st_size
    with pytest.raises(Unusable, match="changed"):
        Mover(rename=rename).move(source, target, expected, going_on)
    assert source.stat().st_size == size_bytes + 4
    assert not target.exists()


def test_a_copy_of_other_bytes_gets_no_name(source: Path, target: Path) -> None:
    expected = known(source)
    wrong = Fingerprint(sha256="0" * 64, stamp=expected.stamp)
    with pytest.raises(Unusable):
        Mover(rename=across).move(source, target, wrong, going_on)
    assert list(target.parent.iterdir()) == []
    assert source.exists()


def test_a_copy_of_a_file_that_grows_meanwhile_gets_no_name(source: Path, target: Path) -> None:
    def grow() -> bool:
        with source.open("ab") as stream:
            stream.write(b"more")
        return False

    with pytest.raises(Unusable, match="changed"):
        Mover(rename=across).move(source, target, known(source), grow)
    assert list(target.parent.iterdir()) == []


def test_a_halted_copy_leaves_nothing_behind(source: Path, target: Path) -> None:
    with pytest.raises(Transient, match="stopped"):
        Mover(rename=across).move(source, target, known(source), lambda: True)
    assert list(target.parent.iterdir()) == []
    assert source.exists()


def test_a_really_other_file_system_is_copied_from(tmp_path: Path) -> None:
    memory = Path("/dev/shm")
    if not memory.is_dir() or memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("another file system: there is none here")
    source, target = memory / f"rinkreel-{os.getpid()}.mp4", tmp_path / "a.mp4"
    source.write_bytes(b"footage")
    try:
        Mover().move(source, target, known(source), going_on)
        assert target.read_bytes() == b"footage"
        assert not source.exists()
    finally:
        source.unlink(missing_ok=True)


def test_a_fresh_name_has_a_number_when_it_must(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    assert fresh_name(path) == path
    path.touch()
    (tmp_path / "a (2).mp4").symlink_to(tmp_path / "nowhere")
    assert fresh_name(path).name == "a (3).mp4"
    assert stamp_at(tmp_path / "gone") is None
