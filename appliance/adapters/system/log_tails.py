"""The last of what each program said."""

from __future__ import annotations

from pathlib import Path

MOST_FILES = 40
MOST_BYTES = 256 * 1024


def read_tails(folder: Path, most_bytes: int = MOST_BYTES) -> dict[str, str]:
    """The end of each log by its name, from a whole line on; what cannot be read says so."""
    if not folder.is_dir():
        return {}
    paths = sorted(path for path in folder.iterdir() if path.is_file() and not path.is_symlink() and ".log" in path.name)
    return {path.name: _tail_of(path, most_bytes) for path in paths[:MOST_FILES]}


def _tail_of(path: Path, most_bytes: int) -> str:
    try:
        with path.open("rb") as stream:
            size = stream.seek(0, 2)
            stream.seek(max(0, size - most_bytes))
            tail = stream.read(most_bytes)
    except OSError as error:
        return f"{path.name} cannot be read: {error.strerror}\n"
    if size > most_bytes:
        tail = tail.partition(b"\n")[2]
    return tail.decode(errors="replace")
