"""What intake needs from outside: the share that people drop into, and the store that keeps originals."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from appliance.domain.footage import FileStamp, Fingerprint, ShareListing

#: Asked between two blocks of a long piece of work; it ends with Transient once the answer is yes.
Halted = Callable[[], bool]


class OriginalStore(Protocol):
    """Keeps recordings that were taken in, one folder an item. Links are never followed, and no file is opened for writing.

    Every method may raise Transient, Misconfigured or DiskFull, as the file system has it.
    """

    def look(self, path: Path) -> FileStamp | None:
        """What a look at a file shows; None when it is not there. Raises Unusable for links and what is no regular file."""

    def has_writer(self, path: Path) -> bool:
        """Whether some program of this machine has it open for writing; False where the file system cannot tell."""

    def fingerprint(self, path: Path, halted: Halted) -> Fingerprint:
        """Read all of a file. Raises Transient when it changed meanwhile, or when halted; Unusable as `look` does."""

    def claim(self, item_id: str) -> AbstractContextManager[bool]:
        """Work on an item's folder alone, until the block or the process ends; False when somebody else does."""

    def write_note(self, item_id: str, text: str) -> None:
        """Write down what is about to be done; on disk when this returns."""

    def read_note(self, item_id: str) -> str | None:
        """What was to be done; None when it was done, or never begun."""

    def pending(self) -> tuple[str, ...]:
        """Items whose note says that something is still to be done."""

    def mark_told(self, item_id: str) -> None:
        """All is done; the note stays for people to read."""

    def withdraw(self, item_id: str) -> None:
        """Nothing is to be done after all; a folder with nothing else in it goes."""

    def move(self, source: Path, target: Path, expected: Fingerprint, halted: Halted) -> None:
        """Move a file, across file systems by a verified copy. Done twice is done once.

        Raises:
            Unusable: neither place holds what was expected; nothing was changed.
        """

    def put_back(self, stored: Path, source: Path, halted: Halted) -> Path | None:
        """Move a file back to where it came from, beside what lies there by now; returns its place, None if it is not there."""

    def discard(self, path: Path) -> None:
        """Remove a file, for good; one that is not there is fine."""


class FolderLister(Protocol):
    """Looks through the share."""

    def list_share(self, top: Path) -> ShareListing:
        """Everything in it, links not followed, bounded. Raises Transient when the share itself cannot be read."""

    def stamp_of(self, path: Path) -> FileStamp | None:
        """A look at one regular file; None for anything else."""

    def has_writer(self, path: Path) -> bool:
        """As an original store has it."""

    def device_of(self, folder: Path) -> int:
        """The file system that a folder lies on."""

    def remove_empty(self, folder: Path) -> None:
        """Remove a folder and those inside it as far as they are empty; what holds anything stays."""


class FolderWatch(Protocol):
    """Hears that something in a folder has changed. A hint: changes may be missed, and may be heard of late."""

    async def changed(self) -> None:
        """Come back once something has changed since the last call; perhaps never."""

    def renew(self) -> None:
        """Watch the folder that lies there now."""

    def close(self) -> None:
        """Watch no longer."""
