"""Build one signed release of Rinkreel that a box installs without the internet; `make release` calls it.

    python -m requirements.build_release --key ~/.ssh/rinkreel-release --out dist
    python -m requirements.build_release --key … --platform x86_64-cuda13

In it: every wheel of the lock at its locked hash (nats-server and ffmpeg among them), the product's own wheel with the page, the
models that come from a package index, a drawn session with what has to be found in it, units, and a bill of materials. The
same sources, wheels and key give the same bytes.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from requirements.install import ROOT
from requirements.release_bill import read_metadata, write_bill
from requirements.release_sealing import Manifest, SealError, hash_file, hash_files, seal

#: Platform → the lock, and the tags of the wheels that its machines can use. Only the first was ever run.
PLATFORMS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "x86_64-cpu": ("cpu", ("manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux2014_x86_64", "linux_x86_64")),
    "x86_64-cuda13": ("gpu", ("manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux2014_x86_64", "linux_x86_64")),
    "aarch64-cpu": ("cpu", ("manylinux_2_28_aarch64", "manylinux_2_27_aarch64", "manylinux2014_aarch64", "linux_aarch64")),
}
#: The models that may be handed on; what the manifest warns of is fetched by who read its licence.
SHIPPED_MODELS = (
    *("pose_detection.tflite", "pose_landmark_full.tflite", "pose_landmarker_full.task"),
    *("blazepose_detector.onnx", "blazepose_landmarks.onnx"),
)
#: Draws the session, with the code that is released.
DRAW = """
import shutil, sys
from pathlib import Path
from appliance.bootstrap import draw_demo
from appliance.cli.progress import progress_for
from appliance.settings import load_settings
with progress_for(sys.stderr, quiet=True) as progress:
    drawn = draw_demo(load_settings(), Path(sys.argv[1]), progress)
shutil.move(drawn.recording, sys.argv[2])
"""
DOWNLOAD_LIMIT_S, DRAW_LIMIT_S = 1800, 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be built. wheels: a folder with downloads of before, so that nothing is fetched twice. golden: the
    folder `golden` of a former release, in place of a session drawn anew."""

    source: Path
    platform: str
    python: str
    key: Path
    out: Path
    wheels: Path
    models: Path
    golden: Path | None
    epoch_s: int


def main(argv: Sequence[str] | None = None) -> int:
    """Build it; 0 when the archive lies there."""
    order = _order(argv)
    try:
        with tempfile.TemporaryDirectory(prefix="rinkreel-release-") as folder:
            archive = build(order, Path(folder))
    except (SealError, subprocess.SubprocessError, OSError) as error:
        print(f"no release: {error}", file=sys.stderr)
        return 1
    print(f"{archive}  sha256 {hash_file(archive)}  {archive.stat().st_size / 1e6:.0f} MB")
    return 0


def build(order: Order, folder: Path) -> Path:
    """Gather everything in a folder and seal it; returns the archive."""
    lock, _tags = PLATFORMS[order.platform]
    fetch_wheels(order, order.source / "requirements" / f"{lock}.txt", folder / "wheels")
    version = build_own_wheel(order, folder / "wheels")
    take_models(order.models, folder / "models")
    write_pins(folder)
    write_golden(order, folder / "golden")
    for name in ("systemd", "LICENSE", "NOTICE", "CHANGELOG.md"):
        place = order.source / name
        (shutil.copytree if place.is_dir() else shutil.copyfile)(place, folder / name)
    when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(order.epoch_s))
    wheels, models = [*(folder / "wheels").iterdir()], [folder / "models" / name for name in SHIPPED_MODELS]
    (folder / "bill.cdx.json").write_bytes(write_bill(wheels, models, version, when))
    manifest = Manifest(
        version=version, platform=order.platform, python=order.python, source=commit_of(order.source),
        epoch_s=order.epoch_s, files=hash_files(folder),
    )  # fmt: skip
    order.out.mkdir(parents=True, exist_ok=True)
    seal(folder, manifest, order.key, order.out / manifest.name)
    return order.out / manifest.name


def fetch_wheels(order: Order, lock: Path, folder: Path) -> None:
    """Every wheel of the lock for the platform; pip holds each to its hash."""
    fetched = order.wheels / order.platform
    fetched.mkdir(parents=True, exist_ok=True)
    tags = [word for tag in PLATFORMS[order.platform][1] for word in ("--platform", tag)]
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--require-hashes", "--no-deps"]
    abis = ["--python-version", order.python, "--implementation", "cp", "--only-binary", ":all:", *tags]
    # What pip looked at but the platform does not need must not get in: it downloads into an empty folder.
    folder.mkdir(parents=True)
    command = [*pip, *abis, "--find-links", str(fetched), "--requirement", str(lock), "--dest", str(folder)]
    subprocess.run(command, check=True, timeout=DOWNLOAD_LIMIT_S)
    for wheel in folder.iterdir():
        shutil.copyfile(wheel, fetched / wheel.name)


def build_own_wheel(order: Order, folder: Path) -> str:
    """The product's own wheel, with the page in it; returns the version. Raises SealError where the page is not built."""
    if not (order.source / "web" / "dist" / "index.html").is_file():
        raise SealError("web/dist is not built, and a release without the page is none: make page")
    hatch = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    environ = {**os.environ, "SOURCE_DATE_EPOCH": str(order.epoch_s)}
    subprocess.run(hatch, cwd=order.source, env=environ, check=True, stdout=subprocess.DEVNULL, timeout=DOWNLOAD_LIMIT_S)
    with (order.source / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def take_models(shelf: Path, folder: Path) -> None:
    """Copy the models that may be handed on, with the notes that vouch for those made here. Raises SealError."""
    folder.mkdir()
    for name in SHIPPED_MODELS:
        if not (shelf / name).is_file():
            raise SealError(f"the model {name} is not in {shelf}: rinkreel models build")
        for each in (shelf / name, shelf / f"{name}.built.json"):
            if each.is_file():
                shutil.copyfile(each, folder / each.name)


def write_pins(folder: Path) -> None:
    """What pip on the box installs: exactly these wheels at exactly these hashes."""
    lines = []
    for wheel in sorted((folder / "wheels").iterdir()):
        told = read_metadata(wheel)
        lines.append(f"{told['Name']}=={told['Version']} --hash=sha256:{hash_file(wheel)}\n")
    (folder / "pins.txt").write_text("".join(lines), encoding="ascii")


def write_golden(order: Order, folder: Path) -> None:
    """The session that every box has to judge alike, and what has to be found in it: drawn and judged by this code, or kept
    from a release of before, which this code then has to agree with on every box."""
    if order.golden is not None:
        shutil.copytree(order.golden, folder)
        return
    folder.mkdir()
    with tempfile.TemporaryDirectory(prefix="rinkreel-golden-") as scratch:
        environ = {**os.environ, "PYTHONPATH": str(order.source), "RINKREEL_HOME": scratch}
        environ["RINKREEL_STORAGE_MODELS"] = str(order.models)
        python, report = [sys.executable, "-P"], Path(scratch) / "report.json"
        reel = ["-m", "appliance", "reel", str(folder / "session.mp4"), "-o", f"{scratch}/golden.mp4", "--json", str(report)]
        for words in (["-c", DRAW, scratch, str(folder / "session.mp4")], [*reel, "--quiet"]):
            subprocess.run([*python, *words], env=environ, check=True, stdout=subprocess.DEVNULL, timeout=DRAW_LIMIT_S)
        (folder / "expected.json").write_text(expectation(json.loads(report.read_bytes())), encoding="utf-8")


def expectation(report: Mapping[str, Sequence[Mapping[str, float]]]) -> str:
    """What has to be found again, out of a report."""
    segments = [[each["start_s"], each["end_s"]] for each in report["segments"]]
    return json.dumps({"reel_s": sum(each["duration_s"] for each in report["reels"]), "segments": segments}, indent=1) + "\n"


def commit_of(source: Path) -> str:
    """The commit that it is built from, told apart where files differ from it."""
    git = ["git", "-C", str(source)]
    head = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()
    changed = subprocess.run([*git, "status", "--porcelain"], capture_output=True, text=True, check=False).stdout.strip()
    return f"{head or 'no commit'}{' with changes' if changed else ''}"


def epoch_of(source: Path) -> int:
    """The time of the last commit, unless SOURCE_DATE_EPOCH says another."""
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(given)
    git = ["git", "-C", str(source), "log", "-1", "--format=%ct"]
    return int(subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip() or 0)


def _order(argv: Sequence[str] | None) -> Order:
    parser = argparse.ArgumentParser(prog="build_release", description="Build one signed release that installs without internet.")
    parser.add_argument("--platform", choices=tuple(PLATFORMS), default="x86_64-cpu")
    parser.add_argument("--python", default="3.11", help="the Python that the boxes have (default: 3.11, Debian 12)")
    parser.add_argument("--key", type=Path, required=True, help="SSH key of Ed25519 that signs it")
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    parser.add_argument("--source", type=Path, default=ROOT, help="the repository")
    parser.add_argument("--wheels", type=Path, default=ROOT / "build" / "wheels", help="where downloads are kept")
    parser.add_argument("--models", type=Path, default=Path.home() / ".local" / "share" / "rinkreel" / "models")
    parser.add_argument("--golden", type=Path, help="folder golden of a release of before, which this one has to agree with")
    given = parser.parse_args(argv)
    paths = {name: value.absolute() for name, value in vars(given).items() if isinstance(value, Path)}
    return Order(**{**vars(given), **paths}, epoch_s=epoch_of(paths["source"]))


if __name__ == "__main__":
    sys.exit(main())
