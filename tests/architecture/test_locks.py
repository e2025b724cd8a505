"""What gets installed: pinned, hashed, free of addresses, and one provider of each module."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

LOCKS = ("cpu", "gpu", "gpu-cu12", "dev", "uv", "node")
CV2 = {"opencv-python", "opencv-python-headless", "opencv-contrib-python", "opencv-contrib-python-headless"}
ONNXRUNTIME = {"onnxruntime", "onnxruntime-gpu", "onnxruntime-directml", "onnxruntime-openvino"}


def pins(repository: Path, lock: str) -> dict[str, str]:
    """Package → the version that the lock pins."""
    text = (repository / "requirements" / f"{lock}.txt").read_text()
    return dict(re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", text, flags=re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_is_pinned_and_hashed_and_without_an_address(repository: Path, lock: str) -> None:
    text = re.sub(r"^\s*#.*\n", "", (repository / "requirements" / f"{lock}.txt").read_text(), flags=re.MULTILINE)
    requirements = text.replace("\\\n", " ").splitlines()
    assert requirements
    pinned_and_hashed = re.compile(r"[\w.-]+==\S+( ; [^#]+?)?(\s+--hash=sha256:[0-9a-f]{64})+")
    assert [line for line in requirements if not pinned_and_hashed.fullmatch(line)] == []


@pytest.mark.parametrize("lock", ["cpu", "gpu", "gpu-cu12"])
@pytest.mark.parametrize("providers", [CV2, ONNXRUNTIME], ids=["cv2", "onnxruntime"])
def test_one_package_alone_provides_the_module(repository: Path, lock: str, providers: set[str]) -> None:
    assert len(providers & set(pins(repository, lock))) == 1


def test_locks_that_are_installed_together_agree_on_versions(repository: Path) -> None:
    tools = pins(repository, "dev")
    for lock in ("cpu", "gpu", "gpu-cu12"):
        shared = pins(repository, lock)
        assert {name: version for name, version in tools.items() if shared.get(name, version) != version} == {}


def test_there_is_no_lock_that_carries_addresses(files: tuple[Path, ...]) -> None:
    assert [str(path) for path in files if path.name in {"uv.lock", "poetry.lock", "Pipfile.lock"}] == []
