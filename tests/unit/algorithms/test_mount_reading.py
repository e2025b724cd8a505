from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from appliance.algorithms.mount_reading import is_remote, mount_kind

MOUNTS = r"""
22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
40 22 0:35 / /srv/rink rw - cifs //nas/rink rw,vers=3.1.1
41 40 0:36 / /srv/rink/my\040share rw shared:5 - fuse.sshfs host:/x rw
42 22 0:37 / /mnt rw - nfs4 nas:/mnt rw
43 22 254:1 / /mnt rw - xfs /dev/vdb rw
no such line
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/home", "ext4"),
        ("/srv/rink", "cifs"),
        ("/srv/rinkside", "ext4"),
        ("/srv/rink/footage/a", "cifs"),
        ("/srv/rink/my share/a", "fuse.sshfs"),
        ("/mnt", "xfs"),
    ],
)
def test_the_deepest_and_latest_mount_counts(folder: str, kind: str) -> None:
    assert mount_kind(MOUNTS, PurePosixPath(folder)) == kind


def test_nothing_is_made_up_where_the_list_is_silent() -> None:
    assert mount_kind("", PurePosixPath("/srv")) is None


def test_what_this_machine_has_mounted_is_found() -> None:
    listing = Path("/proc/self/mountinfo").read_text()
    assert mount_kind(listing, PurePosixPath("/proc/self")) == "proc"


@pytest.mark.parametrize(
    ("kind", "remote"), [("cifs", True), ("nfs4", True), ("fuse.sshfs", True), ("fuseblk", True), ("ext4", False), (None, False)]
)
def test_on_remote_file_systems_events_are_not_to_be_had(kind: str | None, remote: bool) -> None:
    assert is_remote(kind) is remote
