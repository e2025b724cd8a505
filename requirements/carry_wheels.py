"""Carries locked packages to a machine without a network, in parts that are small enough for whatever carries them.

    python3 requirements/carry_wheels.py pack OUT --lock gpu dev --python 3.12 [--only NAME ...]  # where an index is reached
    python3 requirements/carry_wheels.py join WHEELS IN/batch-00 IN/batch-01 …                    # there, at once or one by one
    python3 requirements/carry_wheels.py check WHEELS TARGET MODELS                               # there: install, test, measure

Every wheel is held to the lock's hash when it is packed, and to the same hash when its parts are joined again.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MANIFEST = "manifest.json"
MIB = 2**20
#: What tests of a GPU may find missing.
NEEDED = ("gpu", "dali", "onnxruntime-gpu", "models")
#: What packages are built for. Source: PEP 600; pip matches each exactly.
PLATFORMS = (*(f"manylinux_2_{minor}_x86_64" for minor in (39, 35, 34, 31, 28, 27, 24, 17, 12, 5)), "manylinux2014_x86_64")


def main(argv: Sequence[str]) -> int:
    """Do what the command line says; returns the exit status."""
    args = _parser().parse_args(argv)
    try:
        if args.verb == "pack":
            wheels = pack(args.out, lock_text(args.lock, args.only), python=args.python, batch_bytes=args.batch_mib * MIB)
            print(f"{wheels} wheels in {len(list(args.out.glob('batch-*')))} batches under {args.out}")
        elif args.verb == "join":
            missing = join(args.wheels, args.batches)
            print(f"still missing: {', '.join(missing)}" if missing else f"all wheels are whole in {args.wheels}")
        else:
            install(args.wheels, args.target)
            return check(args.target, args.models, args.require) if args.verb == "check" else 0
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        print(f"{args.verb} failed: {error}", file=sys.stderr)
        return 1
    return 0


def lock_text(locks: Sequence[str], only: Sequence[str] = ()) -> str:
    """The locks' requirements with their hashes, each package once; with names, these alone.

    Raises:
        ValueError: a name is in none of them.
    """
    found: dict[str, str] = {}
    for lock in locks:
        text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
        for entry in re.findall(r"^[\w.-]+==(?:.*\\\n)*.*$", text, flags=re.MULTILINE):
            found.setdefault(entry.split("==")[0], entry)
    if strange := [name for name in only if name not in found]:
        raise ValueError(f"{', '.join(strange)} is not in {' or '.join(f'{lock}.txt' for lock in locks)}")
    return "\n".join(found[name] for name in (only or found))


def pack(out: Path, requirements: str, *, python: str, batch_bytes: int) -> int:
    """Fetch the wheels and cut them into batches; returns how many there are."""
    with tempfile.TemporaryDirectory(prefix="wheels-") as folder:
        listing = Path(folder) / "requirements.txt"
        listing.write_text(requirements, encoding="utf-8")
        wheels = Path(folder) / "wheels"
        kinds = [word for platform in PLATFORMS for word in ("--platform", platform)]
        subprocess.run(
            [
                *(sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-deps"),
                *("--require-hashes", "--only-binary", ":all:", "--python-version", python, "--implementation", "cp", *kinds),
                *("--requirement", str(listing), "--dest", str(wheels)),
            ],
            check=True,
        )
        return split(sorted(wheels.iterdir()), out, batch_bytes)


def split(wheels: Sequence[Path], out: Path, batch_bytes: int) -> int:
    """Cut files into folders of at most so many bytes each, with a list of all of them in every one."""
    shutil.rmtree(out, ignore_errors=True)
    entries: list[dict[str, object]] = []
    batch, room = 0, batch_bytes
    for wheel in wheels:
        names = []
        for number, part in enumerate(_pieces(wheel, batch_bytes)):
            if len(part) > room:
                batch, room = batch + 1, batch_bytes
            folder = out / f"batch-{batch:02}"
            folder.mkdir(parents=True, exist_ok=True)
            names.append(f"{wheel.name}.{number:03}")
            (folder / names[-1]).write_bytes(part)
            room -= len(part)
        entries.append({"name": wheel.name, "sha256": _sha256(wheel), "parts": names})
    for folder in out.glob("batch-*"):
        (folder / MANIFEST).write_text(json.dumps(entries, indent=1), encoding="utf-8")
    return len(entries)


def join(wheels: Path, batches: Sequence[Path]) -> list[str]:
    """Take over the parts in these folders, and put together every wheel whose parts are all there; the names of the others.

    Raises:
        ValueError: a wheel is not what was packed.
    """
    parts = wheels / "parts"
    parts.mkdir(parents=True, exist_ok=True)
    for batch in batches:
        for file in batch.iterdir():
            shutil.copyfile(file, parts / file.name)
    missing = []
    for entry in json.loads((parts / MANIFEST).read_text(encoding="utf-8")):
        target, pieces = wheels / entry["name"], [parts / name for name in entry["parts"]]
        if target.exists():
            continue
        if not all(piece.exists() for piece in pieces):
            missing.append(entry["name"])
            continue
        _joined(pieces, target, entry["sha256"])
    return missing


def install(wheels: Path, target: Path) -> None:
    """Unpack all wheels into a folder; nothing is fetched."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-index", "--no-deps"]
    files = sorted(map(str, wheels.glob("*.whl")))
    subprocess.run([*command, "--no-compile", "--no-cache-dir", "--upgrade", "--target", str(target), *files], check=True)


def check(target: Path, models: Path, require: Sequence[str]) -> int:
    """Run the tests that need a GPU, and the measurements, with what was carried; the worse of the two exit statuses.

    require: what has to be there, so that nothing is skipped in silence.
    """
    paths = [str(target.absolute()), os.environ.get("PYTHONPATH", "")]
    given = {
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "RINKREEL_STORAGE_MODELS": str(models.absolute()),
        "REQUIRE": ",".join(require),
    }
    asked = (["pytest", "-m", "gpu", "-rs", "tests/gpu"], ["bench.gpu"])
    ran = [subprocess.run([sys.executable, "-m", *words], cwd=ROOT, env=os.environ | given, check=False) for words in asked]
    return max(each.returncode for each in ran)


def _joined(pieces: Sequence[Path], target: Path, sha256: str) -> None:
    unfinished = target.with_suffix(".part")
    with unfinished.open("wb") as whole:
        for piece in pieces:
            with piece.open("rb") as part:
                shutil.copyfileobj(part, whole, MIB)
    if _sha256(unfinished) != sha256:
        unfinished.unlink()
        raise ValueError(f"{target.name} is not what was packed; carry its parts again")
    unfinished.replace(target)
    for piece in pieces:
        piece.unlink()


def _pieces(file: Path, size_bytes: int) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while part := stream.read(size_bytes):
            yield part


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="carry_wheels.py", description="Carries locked packages to a machine without a network."
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    packing = verbs.add_parser("pack", help="fetch wheels and cut them into batches")
    packing.add_argument("out", type=Path)
    packing.add_argument("--lock", nargs="+", default=["gpu"], metavar="NAME", help="dev too where tests are run")
    packing.add_argument("--python", default="3.12", help="of the machine they go to (default: %(default)s)")
    packing.add_argument("--only", nargs="+", default=(), metavar="NAME", help="what that machine lacks; all when not given")
    packing.add_argument("--batch-mib", type=int, default=56, help="size of a batch (default: %(default)s)")
    joining = verbs.add_parser("join", help="put wheels together again")
    joining.add_argument("wheels", type=Path)
    joining.add_argument("batches", type=Path, nargs="+")
    installing = verbs.add_parser("install", help="unpack them into a folder")
    installing.add_argument("wheels", type=Path)
    installing.add_argument("target", type=Path)
    checking = verbs.add_parser("check", help="unpack them, then test and measure with them")
    checking.add_argument("wheels", type=Path)
    checking.add_argument("target", type=Path)
    checking.add_argument("models", type=Path, help="a copy of another machine's folder of models")
    checking.add_argument("--require", nargs="*", default=NEEDED, metavar="NAME", help="what must not be skipped (default: all)")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
