"""Removes files and folders below one root, and nothing else, whatever a path says."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path

from appliance.adapters.system.whole_files import error_from_os
from appliance.domain.leftover import Leftover

#: The root's own folders stay; only what lies in them can be removed.
_LEAST_DEPTH = 2


class SystemSweeper:
    """Implements `ports.sweeping.FileSweeper`."""

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()

    def entries(self, folder: Path) -> tuple[Leftover, ...]:
        """What lies directly in a folder. Raises Misconfigured or Transient when it cannot be read."""
        try:
            paths = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise error_from_os(error, folder) from error
        return tuple(leftover for path in paths if (leftover := _look_at(path)) is not None)

    def find(self, folder: Path, patterns: Sequence[str]) -> tuple[Leftover, ...]:
        """Whatever below a folder has such a name; what lies within a folder that was found is not listed again."""
        found: list[Leftover] = []
        for parent, folders, names in os.walk(folder):
            matching = [name for name in (*folders, *names) if any(fnmatch(name, pattern) for pattern in patterns)]
            folders[:] = [name for name in folders if name not in matching]
            found.extend(leftover for name in sorted(matching) if (leftover := _look_at(Path(parent, name))) is not None)
        return tuple(found)

    def remove(self, path: Path) -> None:
        """Remove a file or a folder. Raises ValueError for a path that is not deep enough inside the root."""
        path = self._checked(path)
        try:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        except FileNotFoundError:
            return
        except OSError as error:
            raise error_from_os(error, path) from error

    def _checked(self, path: Path) -> Path:
        absolute = path.absolute()
        inside = absolute.is_relative_to(self._root) and ".." not in absolute.parts
        if not inside or len(absolute.relative_to(self._root).parts) < _LEAST_DEPTH:
            raise ValueError(f"only what lies in the folders of {self._root} is removed; asked for {path}")
        parent = absolute.parent
        if not parent.resolve().is_relative_to(self._root.resolve()):
            raise ValueError(f"{path} lies outside {self._root} behind a link")
        return absolute


def _look_at(path: Path) -> Leftover | None:
    """None for what is gone by now."""
    try:
        status = path.lstat()
        is_folder = stat.S_ISDIR(status.st_mode)
        names = frozenset(each.name for each in path.iterdir()) if is_folder else frozenset[str]()
    except OSError:
        return None
    touched_at_s = max((status.st_mtime, *_stamps_below(path)) if is_folder else (status.st_mtime,))
    return Leftover(path=path, touched_at_s=touched_at_s, is_folder=is_folder, names=names)


def _stamps_below(folder: Path) -> Iterator[float]:
    for parent, folders, names in os.walk(folder):
        for name in (*folders, *names):
            try:
                yield Path(parent, name).lstat().st_mtime
            except OSError:
                continue
