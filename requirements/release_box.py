"""Releases on one box: each in its own folder, one of them current, switched by one link. Standard library alone.

    /opt/rinkreel/releases/<version>/   env (Python packages), models, golden, systemd, manifest.json
    /opt/rinkreel/current, previous     links to two of them

Data lies elsewhere and is not touched here. A folder without `complete` in it was broken off and is made anew.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from requirements.release_sealing import MANIFEST, Manifest, SealError, read_manifest, unseal

INSTALL_LIMIT_S = 1200
COMPLETE = "complete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Where this box keeps what, and how its appliance is started and stopped. user: empty for whoever runs this."""

    root: Path = Path("/opt/rinkreel")
    data: Path = Path("/srv/rinkreel")
    config: Path = Path("/etc/rinkreel/rinkreel.toml")
    signers: Path = Path("/etc/rinkreel/release-signers")
    user: str = "rinkreel"
    start: Sequence[str] = ("systemctl", "start", "rinkreel.target")
    stop: Sequence[str] = ("systemctl", "stop", "rinkreel.service")
    drain_s: float = 900.0
    ready_s: float = 180.0
    keep: int = 3
    platform: str = ""
    environ: Mapping[str, str] = field(default_factory=dict)

    @property
    def releases(self) -> Path:
        """One folder a release."""
        return self.root / "releases"

    @property
    def backups(self) -> Path:
        """Copies of the book, made before each switch."""
        return self.data / "backups"


def read_box(path: Path) -> Box:
    """The box out of its file. Raises SealError where it cannot be understood."""
    try:
        with path.open("rb") as file:
            told = tomllib.load(file)
        told |= {name: Path(told[name]) for name in ("root", "data", "config", "signers") if name in told}
        return Box(**told)
    except (OSError, tomllib.TOMLDecodeError, TypeError) as error:
        raise SealError(f"{path} cannot be used: {error}") from error


def install_release(box: Box, archive: Path) -> tuple[str, bool]:
    """Verify an archive and put its release beside the others; not current yet. Returns its version, and whether it was new.

    Raises:
        SealError: it is not what its maker signed, not for this machine, or did not install. Nothing of it stays then.
    """
    box.releases.mkdir(parents=True, exist_ok=True)
    arriving = box.releases / ".arriving"
    shutil.rmtree(arriving, ignore_errors=True)
    arriving.mkdir()
    try:
        manifest = unseal(archive, box.signers, arriving)
        require_fitting(box, manifest)
        place = box.releases / manifest.version
        if (place / COMPLETE).is_file():
            if read_manifest((place / MANIFEST).read_bytes()) != manifest:
                raise SealError(f"another release is installed as {manifest.version}; a release needs a version of its own")
            return manifest.version, False
        (arriving / MANIFEST).write_bytes(manifest.written())
        shutil.rmtree(place, ignore_errors=True)
        arriving.rename(place)
    finally:
        shutil.rmtree(arriving, ignore_errors=True)
    try:
        make_environment(place)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        shutil.rmtree(place, ignore_errors=True)
        raise SealError(f"release {manifest.version} could not be installed: {error}") from error
    return manifest.version, True


def require_fitting(box: Box, manifest: Manifest) -> None:
    """Raises SealError where the release is for other machines than this one."""
    own = f"{sys.version_info.major}.{sys.version_info.minor}"
    if manifest.python != own:
        raise SealError(f"the release is for Python {manifest.python}, this box has {own}")
    if box.platform not in ("", manifest.platform) or not manifest.platform.startswith(os.uname().machine):
        raise SealError(f"the release is for {manifest.platform}, this box is {box.platform or os.uname().machine}")


def make_environment(place: Path) -> None:
    """Install the wheels into the release's own environment: by hash, out of the release alone."""
    env, wheels = place / "env", place / "wheels"
    [pip] = wheels.glob("pip-*.whl")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", env], check=True, timeout=INSTALL_LIMIT_S)
    offline = ["--isolated", "--disable-pip-version-check", "install", "--quiet", "--no-index", "--no-deps", "--no-cache-dir"]
    held: list[str | Path] = ["--require-hashes", "--compile", "--find-links", wheels, "--requirement", place / "pins.txt"]
    command: list[str | Path] = [env / "bin" / "python", pip / "pip", *offline, *held, "--root-user-action", "ignore"]
    subprocess.run(command, check=True, timeout=INSTALL_LIMIT_S, env={"PATH": "/usr/bin:/bin", "PIP_CONFIG_FILE": os.devnull})
    shutil.rmtree(wheels)
    with (place / COMPLETE).open("w") as file:
        os.fsync(file.fileno())
    # The environment has to be on the disk before a link leads to it: the power may go at any time.
    os.sync()


def current_version(box: Box, link: str = "current") -> str | None:
    """What a link leads to; None where there is none."""
    try:
        return (box.root / link).readlink().name
    except OSError:
        return None


def switch(box: Box, version: str) -> None:
    """Make an installed release the current one, and remember the one before. Raises SealError where it is not installed."""
    if not (box.releases / version / COMPLETE).is_file():
        raise SealError(f"release {version} is not installed; there are: {', '.join(installed(box)) or 'none'}")
    before = current_version(box)
    if before == version:
        return
    if before:
        _point(box.root / "previous", before)
    _point(box.root / "current", version)


def installed(box: Box) -> list[str]:
    """The versions of all releases that are whole, the one installed last at the end."""
    places = [path.parent for path in box.releases.glob(f"[!.]*/{COMPLETE}")]
    return [place.name for place in sorted(places, key=lambda place: (place / COMPLETE).stat().st_mtime)]


def tidy(box: Box) -> list[str]:
    """Remove the oldest releases above the number that is kept, never the current or the previous one."""
    held = {current_version(box), current_version(box, "previous")}
    surplus = [version for version in installed(box)[: -box.keep] if version not in held]
    for version in surplus:
        shutil.rmtree(box.releases / version)
    return surplus


def _point(link: Path, version: str) -> None:
    beside = link.with_name(f".{link.name}.new")
    beside.unlink(missing_ok=True)
    beside.symlink_to(Path("releases") / version)
    beside.replace(link)
    descriptor = os.open(link.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
