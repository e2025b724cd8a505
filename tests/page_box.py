"""A whole appliance with drawn footage beside it, for the page's tests in a browser.

    python -m tests.page_box FOLDER [--recordings N]

Says in one line of JSON where it is, does what it is told on standard input (a word a line), and ends with it.
`restart-api` kills the program that serves the page; it is started anew by its keeper. With recordings, the book is full of as
many, and nobody has to sign in.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path

import psutil

from appliance.adapters.sqlite.book import SqliteBook
from bench.box import Box, running_box
from bench.crash import draw_footage, role_of
from bench.listing import write_full_book

#: Quick to notice, one process to watch with, and passwords asked for.
TABLES: Mapping[str, Mapping[str, object]] = {
    "security": {"sign_in": True},
    "workers": {"cpu": 1, "pose": 1, "most_attempts": 50},
}
OPEN: Mapping[str, Mapping[str, object]] = {**TABLES, "security": {"sign_in": False}}


def main() -> None:
    """Start it, say where, obey until told no more."""
    parser = argparse.ArgumentParser(prog="python -m tests.page_box")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--recordings", type=int, default=0)
    asked = parser.parse_args()
    footage = asked.folder / "drawn"
    if asked.recordings:
        fill(asked.folder / "box" / "data", asked.recordings)
    elif not footage.is_dir():
        draw_footage(footage, count=3, repeat=1)
    with running_box(asked.folder / "box", OPEN if asked.recordings else TABLES) as box:
        code = box.data / "secrets" / "first-run"
        said = {
            "page": box.page,
            "footage": str(footage),
            "share": str(box.footage),
            "code": code.read_text(encoding="ascii").strip() if code.exists() else "",
        }
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()
        for line in sys.stdin:
            obey(box, line.strip())


def fill(data: Path, recordings: int) -> None:
    """Write finished recordings into a book that nobody has opened yet."""
    for folder in (data, data / "backups"):
        folder.mkdir(parents=True, exist_ok=True)
    with contextlib.closing(SqliteBook(data / "book.db", data / "backups")) as book:
        write_full_book(book, recordings)


def obey(box: Box, word: str) -> None:
    """Do one thing, and say so."""
    if word == "restart-api":
        for one in box.programs():
            with contextlib.suppress(psutil.Error):
                if role_of(one) == "api":
                    one.kill()
    sys.stdout.write(json.dumps({"done": word}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
