"""Upgrade a box to a release, and take it back by itself when the release does not do there what it did where it was made.

rinkreel-release verify ARCHIVE          examine it; nothing is changed
rinkreel-release install ARCHIVE         put it beside the others; the first one becomes current
rinkreel-release upgrade ARCHIVE         drain, copy the book, judge the golden session, switch, start; else back
rinkreel-release stick FOLDER            the same with the newest release on a USB stick, where it is newer than the current one
rinkreel-release rollback [--book]       back to the release before, with the book as it was then where asked
rinkreel-release list                    installed releases
rinkreel-release status                  whether all of the appliance runs
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from requirements.release_box import Box, current_version, install_release, installed, read_box, switch, tidy
from requirements.release_sealing import SealError, unseal

CONFIG = Path("/etc/rinkreel/release.toml")
GOLDEN_LIMIT_S, STOP_LIMIT_S, LOOK_EVERY_S = 900, 240, 2.0
#: Two frames at eight looks a second: what another processor's rounding may move an edge by.
SEGMENT_SLACK_S, REEL_SLACK_S = 0.25, 0.5


class UnfitError(Exception):
    """A release that does not work on this box, in plain words."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; 0 done, 1 refused, 2 tried and taken back."""
    given = _parser().parse_args(argv)
    try:
        box = read_box(given.box)
        return int(VERBS[given.verb](box, given))
    except (SealError, OSError, subprocess.SubprocessError) as error:
        print(f"rinkreel-release: {error}", file=sys.stderr)
        return 1


def upgrade(box: Box, archive: Path) -> int:
    """Install, drain, copy the book, judge, switch, start; whatever fails is taken back."""
    version, _new = install_release(box, archive)
    before = current_version(box)
    if before == version:
        print(f"release {version} is current already; changed: no")
        return 0
    drain(box)
    stop(box)
    copy = copy_book(box, before or "none")
    try:
        # Judged before it is current: the power may go meanwhile, and what comes up then is the release of before.
        judge(box, version)
        switch(box, version)
        start(box)
    except (UnfitError, SealError, OSError, subprocess.SubprocessError) as error:
        print(f"release {version} does not work here: {error}", file=sys.stderr)
        take_back(box, before, copy)
        print(f"rolled back to {before or 'no release'}, code and book", file=sys.stderr)
        return 2
    removed = tidy(box)
    print(f"release {version} is current, before it {before}; removed: {', '.join(removed) or 'none'}; changed: yes")
    return 0


def take_back(box: Box, before: str | None, copy: Path | None) -> None:
    """Back to the code and the book of before."""
    with suppress(OSError, subprocess.SubprocessError):
        stop(box)
    if before is None:
        (box.root / "current").unlink(missing_ok=True)
        return
    if current_version(box) != before:
        switch(box, before)
        (box.root / "previous").unlink(missing_ok=True)
        restore_book(box, copy)
    start(box)


def rollback(box: Box, *, with_book: bool) -> int:
    """Back to the release before. The book stays as it is unless its copy of then is asked for."""
    before, now = current_version(box, "previous"), current_version(box)
    if before is None:
        raise SealError("there is no release before this one")
    copies = sorted(box.backups.glob(f"book-before-leaving-{before}-*.db"))
    if with_book and not copies:
        raise SealError(f"there is no copy of the book from release {before}")
    stop(box)
    copy_book(box, now or "none")
    switch(box, before)
    if with_book:
        restore_book(box, copies[-1])
    try:
        start(box)
    except UnfitError as error:
        raise SealError(f"release {before} is current again but does not come up: {error}") from error
    print(f"release {before} is current, before it {now}; changed: yes")
    return 0


def drain(box: Box) -> None:
    """Wait until nothing is worked on, for as long as the box allows; what is not done then is done again afterwards."""
    until = time.monotonic() + box.drain_s
    while time.monotonic() < until:
        tallies = status_of(box).get("tallies") or {}
        if not sum((tallies.get("orders") or {}).values()):
            return
        time.sleep(LOOK_EVERY_S)
    print(f"still at work after {box.drain_s:.0f} s; what is unfinished is done again afterwards", file=sys.stderr)


def stop(box: Box) -> None:
    """Stop the appliance."""
    subprocess.run(box.stop, check=True, timeout=STOP_LIMIT_S)


def start(box: Box) -> None:
    """Start the appliance and wait until all of it runs. Raises UnfitError when it does not."""
    subprocess.run(box.start, check=True, timeout=STOP_LIMIT_S)
    until = time.monotonic() + box.ready_s
    while not (told := status_of(box)).get("whole"):
        if time.monotonic() > until:
            halted = [f"{each['name']} {each['state']}" for each in told.get("programs", []) if each.get("state") != "running"]
            raise UnfitError(f"not all of it runs after {box.ready_s:.0f} s: {', '.join(halted) or 'nothing runs'}")
        time.sleep(LOOK_EVERY_S)


def status_of(box: Box) -> Mapping[str, Any]:
    """What the current release says of the appliance; empty where it says nothing."""
    words = ["status", "--json", "--config", str(box.config), "--data", str(box.data)]
    with suppress(OSError, subprocess.SubprocessError, ValueError):
        told: Mapping[str, Any] = json.loads(rinkreel(box, "current", words, limit_s=60).stdout)
        return told
    return {}


def judge(box: Box, version: str) -> None:
    """Let the release work through the golden session on this box. Raises UnfitError when other things come out than have to."""
    golden = box.releases / version / "golden"
    expected = json.loads((golden / "expected.json").read_bytes())
    with tempfile.TemporaryDirectory(prefix="rinkreel-golden-") as folder:
        if box.user:
            shutil.chown(folder, box.user)
        report = Path(folder) / "report.json"
        words = ["reel", str(golden / "session.mp4"), "-o", f"{folder}/golden.mp4", "--json", str(report), "--quiet"]
        ended = rinkreel(box, f"releases/{version}", words, limit_s=GOLDEN_LIMIT_S, home=folder)
        if ended.returncode or not report.is_file():
            raise UnfitError(f"the golden session ended with status {ended.returncode}: {ended.stderr[-400:].strip()}")
        compare(json.loads(report.read_bytes()), expected)
    print(f"golden session: {len(expected['segments'])} segments and a reel of {expected['reel_s']:.1f} s, as they have to be")


def compare(report: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    """Raises UnfitError where segments or the reel's length differ by more than rounding does."""
    found = [(each["start_s"], each["end_s"]) for each in report["segments"]]
    wanted = [tuple(each) for each in expected["segments"]]
    edges = zip((edge for one in found for edge in one), (edge for one in wanted for edge in one), strict=False)
    near = all(abs(edge - other) <= SEGMENT_SLACK_S for edge, other in edges)
    if len(found) != len(wanted) or not near:
        raise UnfitError(f"the golden session gives the segments {found}, and has to give {wanted}")
    reel_s = sum(each["duration_s"] for each in report["reels"])
    if abs(reel_s - expected["reel_s"]) > REEL_SLACK_S:
        raise UnfitError(f"the golden session gives a reel of {reel_s} s, and has to give {expected['reel_s']} s")


def rinkreel(box: Box, release: str, words: Sequence[str], *, limit_s: float, home: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command of one release as the appliance's user, in an environment of nothing but what is needed."""
    place = box.root / release
    environ = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "RINKREEL_STORAGE_MODELS": str(place / "models"), **box.environ}
    environ |= {"HOME": home or str(box.data), "RINKREEL_HOME": home or str(box.data)}
    command: list[str | Path] = [place / "env" / "bin" / "python", "-P", "-m", "appliance", *words]
    who: dict[str, Any] = {"user": box.user, "group": box.user, "extra_groups": []} if box.user else {}
    return subprocess.run(
        command, env=environ, cwd="/", capture_output=True, text=True, check=False, timeout=limit_s, umask=0o027, **who
    )  # fmt: skip


def copy_book(box: Box, version: str) -> Path | None:
    """Copy the book through SQLite, which is whole even with a log beside it; None where there is no book yet."""
    book = box.data / "book.db"
    if not book.is_file():
        return None
    box.backups.mkdir(parents=True, exist_ok=True)
    copy = box.backups / f"book-before-leaving-{version}-{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}.db"
    with closing(sqlite3.connect(book)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        if target.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise SealError(f"the copy of the book in {copy} is damaged")
    _own_as(copy, book)
    return copy


def restore_book(box: Box, copy: Path | None) -> None:
    """Put a copy in the book's place; what was written since is gone."""
    if copy is None:
        return
    book = box.data / "book.db"
    beside = book.with_name(".book.db.restored")
    shutil.copyfile(copy, beside)
    _own_as(beside, copy)
    for log in ("book.db-wal", "book.db-shm"):
        (box.data / log).unlink(missing_ok=True)
    beside.replace(book)


def from_stick(box: Box, folder: Path) -> int:
    """Upgrade to what is on a stick. Whoever finds an old stick must not bring an old fault back: only a newer one gets in."""
    archive, now = newest_on(folder), current_version(box)
    if now is not None and _age(archive) <= _numbers(now):
        print(f"{archive.name} is not newer than {now}, which is current; changed: no")
        return 0
    return upgrade(box, archive)


def newest_on(folder: Path) -> Path:
    """The newest release on a stick, by its version. Raises SealError where there is none."""
    found = sorted(folder.glob("rinkreel-*.tar"), key=_age)
    if not found:
        raise SealError(f"there is no release in {folder}")
    return found[-1]


def _age(path: Path) -> list[int]:
    return _numbers(path.name.split("-")[1])


def _numbers(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)]


def _own_as(path: Path, other: Path) -> None:
    owner = other.stat()
    path.chmod(0o600)
    shutil.chown(path, owner.st_uid, owner.st_gid)


def _install(box: Box, given: argparse.Namespace) -> int:
    version, new = install_release(box, given.what)
    first = current_version(box) is None
    if first:
        switch(box, version)
    print(f"release {version} is installed{' and current' if first else ''}; changed: {'yes' if new or first else 'no'}")
    return 0


def _verify(box: Box, given: argparse.Namespace) -> int:
    manifest = unseal(given.what, box.signers)
    print(f"release {manifest.version} for {manifest.platform}, built from {manifest.source}: signed and whole")
    return 0


def _status(box: Box, _given: argparse.Namespace) -> int:
    told = status_of(box)
    print(json.dumps(told, indent=1))
    return 0 if told.get("whole") else 1


def _list(box: Box, _given: argparse.Namespace) -> int:
    marks = {current_version(box, "previous"): "before", current_version(box): "current"}
    for version in installed(box):
        print(f"{marks.get(version, ''):<8} {version}")
    return 0


VERBS: Mapping[str, Callable[[Box, argparse.Namespace], int]] = {
    "verify": _verify,
    "install": _install,
    "upgrade": lambda box, given: upgrade(box, given.what),
    "stick": lambda box, given: from_stick(box, given.what),
    "rollback": lambda box, given: rollback(box, with_book=given.book),
    "list": _list,
    "status": _status,
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="rinkreel-release", description="Releases of Rinkreel on this box.")
    parser.add_argument("--box", type=Path, default=CONFIG, metavar="FILE", help=f"what this box is like (default: {CONFIG})")
    verbs = parser.add_subparsers(dest="verb", required=True)
    for name in ("verify", "install", "upgrade", "stick"):
        verbs.add_parser(name).add_argument("what", type=Path)
    verbs.add_parser("rollback").add_argument("--book", action="store_true", help="with the book as it was then")
    verbs.add_parser("list")
    verbs.add_parser("status")
    return parser


if __name__ == "__main__":
    sys.exit(main())
