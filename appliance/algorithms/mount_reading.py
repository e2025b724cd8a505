"""Which file system a folder lies on, from the kernel's list of mounts."""

from __future__ import annotations

from pathlib import PurePosixPath

#: File systems whose changes may be made on another machine, of which this one's kernel hears nothing. Source: inotify(7),
#: "Limitations and caveats".
REMOTE = frozenset(
    {"cifs", "smb3", "smbfs", "nfs", "nfs4", "9p", "afs", "ceph", "glusterfs", "virtiofs", "vboxsf", "ncpfs", "davfs"}
)
_OCTAL_DIGITS = 3


def mount_kind(mounts: str, folder: PurePosixPath) -> str | None:
    """The kind of the file system that an absolute folder lies on, None when the list does not say. mounts: the text of
    /proc/self/mountinfo. Source: proc(5), mountinfo."""
    best: tuple[int, str] | None = None
    for line in mounts.splitlines():
        before, found, after = line.partition(" - ")
        fields = before.split(" ")
        if not found or len(fields) < 5 or not after:
            continue
        point = PurePosixPath(_unescaped(fields[4]))
        # Of two mounts in one place the later lies on top.
        if folder.is_relative_to(point) and (best is None or len(point.parts) >= best[0]):
            best = (len(point.parts), after.split(" ")[0])
    return best[1] if best else None


def is_remote(kind: str | None) -> bool:
    """Whether changes may be made where this machine's kernel does not see them."""
    return kind is not None and (kind in REMOTE or kind.startswith("fuse"))


def _unescaped(name: str) -> str:
    """Blanks and the like stand as octal numbers."""
    parts = name.split("\\")
    rest = (chr(int(part[:_OCTAL_DIGITS], 8)) + part[_OCTAL_DIGITS:] for part in parts[1:])
    return parts[0] + "".join(rest)
