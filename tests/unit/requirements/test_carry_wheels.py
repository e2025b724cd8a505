"""The carrier of wheels: what arrives is what was packed, or is refused."""

from __future__ import annotations

import random
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from requirements import carry_wheels


@pytest.fixture
def wheels(tmp_path: Path) -> list[Path]:
    """Three files, one of them larger than a batch."""
    chance, folder = random.Random(7), tmp_path / "made"
    folder.mkdir()
    for name, size in (("a-1-py3-none-any.whl", 700), ("b-1-py3-none-any.whl", 5000), ("c-1-py3-none-any.whl", 10)):
        (folder / name).write_bytes(chance.randbytes(size))
    return sorted(folder.iterdir())


def test_no_batch_is_larger_than_what_carries_it(wheels: list[Path], tmp_path: Path) -> None:
    assert carry_wheels.split(wheels, tmp_path / "out", 1024) == 3
    batches = sorted((tmp_path / "out").iterdir())
    assert len(batches) == 6
    for batch in batches:
        parts = [file for file in batch.iterdir() if file.name != carry_wheels.MANIFEST]
        assert sum(file.stat().st_size for file in parts) <= 1024


def test_batches_may_arrive_one_by_one_in_any_order(wheels: list[Path], tmp_path: Path) -> None:
    carry_wheels.split(wheels, tmp_path / "out", 1024)
    batches = sorted((tmp_path / "out").iterdir(), reverse=True)
    for batch in batches[:-1]:
        assert carry_wheels.join(tmp_path / "there", [batch])
    assert carry_wheels.join(tmp_path / "there", batches[-1:]) == []
    assert {file.name: file.read_bytes() for file in (tmp_path / "there").glob("*.whl")} == {
        wheel.name: wheel.read_bytes() for wheel in wheels
    }


def test_a_part_that_was_damaged_on_the_way_is_noticed(wheels: list[Path], tmp_path: Path) -> None:
    carry_wheels.split(wheels, tmp_path / "out", 1024)
    part = next(tmp_path.glob("out/*/b-1-*.002"))
    part.write_bytes(bytes(len(part.read_bytes())))
    with pytest.raises(ValueError, match=r"b-1-py3-none-any\.whl is not what was packed"):
        carry_wheels.join(tmp_path / "there", sorted((tmp_path / "out").iterdir()))
    assert not (tmp_path / "there" / "b-1-py3-none-any.whl").exists()


def test_a_lock_gives_the_packages_that_are_named_with_their_hashes() -> None:
    text = carry_wheels.lock_text(["gpu"], ["av", "six"])
    assert [line.split("==")[0] for line in text.splitlines() if "==" in line] == ["av", "six"]
    assert text.count("--hash=sha256:") > 3
    assert len(carry_wheels.lock_text(["gpu"])) > 10 * len(text)
    with pytest.raises(ValueError, match=r"nonsense is not in gpu\.txt"):
        carry_wheels.lock_text(["gpu"], ["nonsense"])


def test_what_was_carried_is_installed_without_an_index(tmp_path: Path) -> None:
    folder = tmp_path / "wheels"
    folder.mkdir()
    with zipfile.ZipFile(folder / "carried-1-py3-none-any.whl", "w") as wheel:
        wheel.writestr("carried.py", "ANSWER = 42\n")
        wheel.writestr("carried-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: carried\nVersion: 1\n")
        wheel.writestr(
            "carried-1.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr("carried-1.dist-info/RECORD", "")
    assert carry_wheels.main(["install", str(folder), str(tmp_path / "site")]) == 0
    told = subprocess.run(
        [sys.executable, "-c", "import carried; print(carried.ANSWER)"],
        env={"PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "42\n"


def test_two_locks_give_each_package_once() -> None:
    names = [line.split("==")[0] for line in carry_wheels.lock_text(["gpu", "dev"]).splitlines() if line[0].isalnum()]
    assert {"onnxruntime-gpu", "pytest", "hypothesis"} <= set(names)
    assert len(names) == len(set(names))


@pytest.mark.parametrize(("require", "status"), [([], 0), (["gpu"], 1)])
def test_one_command_tests_with_what_was_carried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, require: list[str], status: int
) -> None:
    """A project of the same shape: its test of a GPU skips here as ours do, its measurement needs what was carried."""
    project = tmp_path / "project"
    for path, text in {
        "tests/gpu/test_it.py": (
            "import os, carried, pytest\n"
            "pytestmark = pytest.mark.gpu\n"
            "def test_gpu(): (pytest.fail if 'gpu' in os.environ['REQUIRE'].split(',') else pytest.skip)('no GPU')\n"
            "def test_carried(): assert carried.ANSWER == 42\n"
        ),
        "bench/__init__.py": "",
        "bench/gpu.py": "import carried, os\nassert os.environ['RINKREEL_STORAGE_MODELS'].endswith('models')\n",
        "pytest.ini": "[pytest]\nmarkers = gpu\n",
    }.items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(text)
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "carried.py").write_text("ANSWER = 42\n")
    monkeypatch.setattr(carry_wheels, "ROOT", project)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    assert carry_wheels.check(tmp_path / "site", tmp_path / "models", require) == status


def test_what_goes_wrong_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert carry_wheels.main(["join", str(tmp_path / "there"), str(tmp_path / "nothing")]) == 1
    assert "join failed" in capsys.readouterr().err
