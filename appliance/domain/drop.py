"""What lies in a drop: recordings with their files, and the rest with its reasons."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.domain.footage import SeenFile

#: Reasons in a receipt after which a card may not be formatted, whatever else is well.
VANISHED = "vanished before it was taken"
UNREAD = "could not be read"
#: How the reason of a file begins that lives on under another name.
RENAMED = "renamed to "
#: The reason of the file that says so.
COMPLETE = "says that the drop is complete"
#: How the reasons begin that a card reading gives for files which may still become footage.
EMPTY = "empty"
UNFINISHED = "not copied completely yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingGroup:
    """Files that form one recording. proxies[i]: the low-resolution twin of files[i]. may_grow: its names say that another
    chapter could follow."""

    files: tuple[SeenFile, ...]
    proxies: tuple[SeenFile | None, ...]
    may_grow: bool = False

    @property
    def place(self) -> str:
        """Where its first file lies in the drop."""
        return self.files[0].place

    @property
    def members(self) -> tuple[SeenFile, ...]:
        """All its files, twins last."""
        return (*self.files, *(proxy for proxy in self.proxies if proxy is not None))

    @property
    def size_bytes(self) -> int:
        """Room that all of it takes."""
        return sum(file.stamp.size_bytes for file in self.members)


@dataclass(frozen=True, slots=True, kw_only=True)
class DropReading:
    """Every file of a drop in one place. pending: files that may still become footage, with the reason why they are none yet.
    complete: a marker says that nothing more comes."""

    groups: tuple[RecordingGroup, ...] = ()
    ignored: tuple[tuple[SeenFile, str], ...] = ()
    pending: tuple[tuple[SeenFile, str], ...] = ()
    complete: bool = False
