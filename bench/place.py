"""Where benches find footage and leave what they make, and what they say when something is not there."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]


class MissingError(Exception):
    """A bench, or a part of one, cannot run here; the text names what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a run of the benches was given.

    shared: folder with real footage and models, not part of the product. work: where sessions, models and pictures are kept.
    write: whether RESULTS.md is brought up to date. only: names of sessions or files to look at, all when empty.
    seed_step: the peer that looks at every frame looks at every n-th. minutes: lengths of the reference job that are tried.
    """

    shared: Path
    work: Path
    write: bool = False
    only: tuple[str, ...] = ()
    seed_step: int = 1
    minutes: tuple[int, ...] = ()

    def wanted(self, name: str) -> bool:
        """Whether this session or file is to be looked at."""
        return not self.only or name in self.only

    def room(self, *names: str) -> Path:
        """A folder below `work`, made when it is not there."""
        folder = self.work.joinpath(*names)
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def need(self, *names: str) -> Path:
        """A file or folder below `shared`. Raises MissingError."""
        path = self.shared.joinpath(*names)
        if not path.exists():
            raise MissingError(f"{'/'.join(('shared', *names))} is not there")
        return path


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A labelled recording."""

    name: str
    video: Path
    labels: Path


def usual_shared() -> Path:
    """The folder `shared` beside the repository, unless the environment names another."""
    return Path(os.environ.get("RINKREEL_SHARED", REPOSITORY.parent / "shared")).resolve()


def usual_work() -> Path:
    """Outside the repository, so that no clip gets into it by mistake."""
    return Path(tempfile.gettempdir()) / "rinkreel-bench"


def labelled_sessions(place: Place) -> list[Session]:
    """The practice sessions, built where they are not there yet, which takes some minutes. Raises MissingError."""
    recipe = place.need("footage", "sessions.toml")
    names = [name for name in tomllib.loads(recipe.read_text(encoding="utf-8")) if place.wanted(name)]
    return [_built(place, place.room("sessions"), name) for name in names]


def _built(place: Place, folder: Path, name: str) -> Session:
    session = Session(name=name, video=folder / f"{name}.mp4", labels=folder / f"{name}.json")
    if not (session.video.is_file() and session.labels.is_file()):
        _build(place, session)
    return session


def _build(place: Place, session: Session) -> None:
    """Built beside its place and moved there, so that an interrupted build leaves nothing half-made."""
    print(f"building {session.name} …", file=sys.stderr, flush=True)
    script, recipe = place.need("footage", "build_sessions.py"), place.need("footage", "sessions.toml")
    options = ("--only", session.name, "--height", "720")
    with tempfile.TemporaryDirectory(dir=session.video.parent) as unfinished:
        done = subprocess.run([sys.executable, script, recipe, unfinished, *options], check=False, capture_output=True, text=True)
        if done.returncode:
            raise MissingError(f"{session.name} cannot be built: {done.stderr.strip()[-300:]}")
        for path in (session.labels, session.video):
            (Path(unfinished) / path.name).replace(path)
