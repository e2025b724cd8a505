"""Build the page out of web/ into web/dist; `make setup` calls it. Standard library alone, so that nothing has to be there first.

The machine's own node does the work where it is new enough; otherwise node comes from the package index, held to its hash in the
lock. Where npm's registry is not reached, the box shows its small built-in page instead: that is said, and set-up goes on.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from requirements.install import LOCKED, ROOT, VENV, VENV_PYTHON, machine_uv, own_uv, pip_settings, succeeds, uv_settings

WEB = ROOT / "web"
#: What the page's tools ask for. Source: `engines` of Vite 8.
OLDEST_NODE = (20, 19)
#: The page is made of these; when none of them changed, neither did the page.
SOURCES = (
    "package.json",
    "package-lock.json",
    "index.html",
    "vite.config.ts",
    "svelte.config.js",
    "tsconfig.json",
    "src",
    "public",
)
#: npm asks a silent registry again and again; once more is enough to know that it is not there. Nothing that the page is built
#: with has to run anything when it is installed.
FETCH = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-retries=1", "--fetch-timeout=60000")
NPM_LIMIT_S = 600
#: Built beside the page that is there, and renamed: a build that breaks off leaves the page of before.
BESIDE = ".dist-new"


def main(web: Path = WEB) -> int:
    """Build what is not built yet; 0 also where the page could not be built, because everything else works without it."""
    if not (web / "package.json").is_file():
        return 0
    wanted, stamp = sources_hash(web), web / "dist" / ".built-from"
    if stamp.is_file() and stamp.read_text(encoding="ascii") == wanted:
        return 0
    node = node_folder()
    if node is None:
        return give_up("there is no node here, and none could be fetched", is_there=stamp.is_file())
    environ = {**os.environ, "PATH": f"{node}{os.pathsep}{os.environ.get('PATH', '')}"}
    beside = web / BESIDE
    shutil.rmtree(beside, ignore_errors=True)
    for words in (FETCH, ("run", "--silent", "build", "--", "--outDir", BESIDE)):
        if not ran([node / "npm", *words], web, environ):
            shutil.rmtree(beside, ignore_errors=True)
            return give_up(f"`npm {words[0]}` did not get through", is_there=stamp.is_file())
    (beside / stamp.name).write_text(wanted, encoding="ascii")
    shutil.rmtree(stamp.parent, ignore_errors=True)
    beside.rename(stamp.parent)
    return 0


def sources_hash(web: Path) -> str:
    """What the page is made of, in one hash."""
    digest = hashlib.sha256()
    for path in sorted(files_of(web)):
        digest.update(path.relative_to(web).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def files_of(web: Path) -> Iterator[Path]:
    """Every file that the page is made of."""
    for name in SOURCES:
        place = web / name
        yield from (path for path in ([place] if place.is_file() else place.rglob("*")) if path.is_file())


def node_folder() -> Path | None:
    """The folder with node and npm in it: the machine's own, or fetched into the environment."""
    for folder in (machine_node(), VENV / "bin"):
        if folder is not None and (folder / "npm").exists() and is_new_enough(folder / "node"):
            return folder
    print("fetching node from the package index, to build the page", flush=True)
    lock = ("--requirement", ROOT / "requirements" / "node.txt")
    uv = machine_uv() or own_uv()
    environ = {**os.environ, **uv_settings(pip_settings(), os.environ)}
    fetched = uv is not None and succeeds([uv, "pip", "install", "--python", VENV_PYTHON, *LOCKED, *lock], environ)
    pip: Sequence[str | Path] = [VENV_PYTHON, "-m", "pip", "--disable-pip-version-check", "install", *LOCKED, *lock]
    fetched = fetched or succeeds(pip, os.environ)
    return VENV / "bin" if fetched and is_new_enough(VENV / "bin" / "node") else None


def machine_node() -> Path | None:
    """Where the machine keeps its node."""
    found = shutil.which("node")
    return Path(found).parent if found else None


def is_new_enough(node: Path) -> bool:
    """Whether this node starts and builds the page."""
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True, timeout=60).stdout
    except (OSError, subprocess.SubprocessError):
        return False
    version = re.match(r"v(\d+)\.(\d+)", said)
    return version is not None and (int(version[1]), int(version[2])) >= OLDEST_NODE


def ran(command: Sequence[str | Path], folder: Path, environ: dict[str, str]) -> bool:
    """Run a command in a folder and say whether it worked."""
    try:
        return subprocess.run(command, cwd=folder, env=environ, check=False, timeout=NPM_LIMIT_S).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def give_up(why: str, *, is_there: bool = False) -> int:
    """Say which page is shown instead, and how to get the new one."""
    shown = "The page of the last build is shown" if is_there else "The small built-in page is shown"
    print(f"the page was not built: {why}. {shown}; `make page` tries again.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
