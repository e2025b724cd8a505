"""Files that stay open from one stretch to the next: opening an hour's recording reads a table of all its pictures each time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from av.container import InputContainer

#: Stretches that are read side by side: the one that is watched, and the one that is looked at ahead of it.
MOST_IDLE = 2
Opener = Callable[[Path], AbstractContextManager[InputContainer]]
Identity = tuple[int, int, int, int]


@dataclass(slots=True)
class OpenFiles:
    """Keeps what was opened, of one file at a time, until it is told to close it.

    Whoever borrows has to seek before reading: a file that was read before stands wherever that ended.
    """

    opener: Opener
    _identity: Identity | None = None
    _idle: list[tuple[ExitStack, InputContainer]] = field(default_factory=list)

    @contextmanager
    def borrow(self, path: Path) -> Iterator[InputContainer]:
        """An open file; errors inside the block close it and come out as the opener has them."""
        identity = _identity_of(path)
        if identity is None or identity != self._identity:
            self.close()
            self._identity = identity
        stack, container = self._idle.pop() if self._idle else self._open(path)
        try:
            yield container
        except GeneratorExit:
            self._keep(identity, stack, container)
            raise
        except BaseException:
            with stack:
                raise
        self._keep(identity, stack, container)

    def close(self) -> None:
        """Close what nobody reads."""
        while self._idle:
            self._idle.pop()[0].close()

    def _open(self, path: Path) -> tuple[ExitStack, InputContainer]:
        stack = ExitStack()
        return stack, stack.enter_context(self.opener(path))

    def _keep(self, identity: Identity | None, stack: ExitStack, container: InputContainer) -> None:
        if identity is not None and identity == self._identity and len(self._idle) < MOST_IDLE:
            self._idle.append((stack, container))
        else:
            stack.close()


def _identity_of(path: Path) -> Identity | None:
    """Tells a file from another that took its name; None when it is not there, which opening it will explain."""
    with suppress(OSError):
        seen = path.stat()
        return seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns
    return None
