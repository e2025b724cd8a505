"""A share as other machines see it: a real smbd with everything that is its own in one folder, on a loopback port."""

from __future__ import annotations

import getpass
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.box import free_ports
from tests.conftest import skip_or_fail

SHARE, PASSWORD, PATIENCE_S = "footage", "drop-it-here", 60.0
#: Debian keeps these in a package of their own; without them Samba serves all the same, only less well to Macs.
_FOR_MACS = """vfs objects = catia fruit streams_xattr
fruit:metadata = stream
fruit:resource = xattr
fruit:veto_appledouble = yes
fruit:delete_empty_adfiles = yes
"""
_SETTINGS = """[global]
server role = standalone server
workgroup = RINK
netbios name = RINKBOX
interfaces = 127.0.0.1/8
bind interfaces only = yes
smb ports = {port}
disable netbios = yes
server min protocol = SMB3
smb2 max write = 65536
passdb backend = tdbsam:{folder}/private/passdb.tdb
private dir = {folder}/private
lock directory = {folder}/lock
state directory = {folder}/state
cache directory = {folder}/cache
pid directory = {folder}/pid
ncalrpc dir = {folder}/ncalrpc
log file = {folder}/log/smbd.log
load printers = no
printing = bsd
printcap name = /dev/null
disable spoolss = yes
usershare max shares = 0
[{share}]
path = {path}
read only = no
strict sync = yes
veto files = /._*/.DS_Store/.Trashes/.TemporaryItems/Thumbs.db/desktop.ini/
delete veto files = yes
{macs}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SambaShare:
    """A share that is being served, and the client that copies into it."""

    settings: Path
    port: int

    def do(self, *commands: str, within: Path | None = None) -> None:
        """Let the client do this, in a local folder."""
        words = self._client(commands)
        done = subprocess.run(words, cwd=within, check=False, capture_output=True, text=True, timeout=PATIENCE_S)
        assert done.returncode == 0, f"{commands}: {done.stdout}{done.stderr}"

    def copy_by_hand(self, place: str) -> subprocess.Popen[bytes]:
        """A client that copies into this file what is written to its standard input."""
        folder, _, name = place.rpartition("/")
        words = self._client([f"cd {folder}", f"put - {name}"])
        return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def _client(self, commands: Sequence[str]) -> list[str]:
        where = [f"//127.0.0.1/{SHARE}", "-p", str(self.port), "-s", str(self.settings)]
        return ["smbclient", *where, "-U", f"{getpass.getuser()}%{PASSWORD}", "-c", "; ".join(commands)]


@contextmanager
def served(path: Path, folder: Path) -> Iterator[SambaShare]:
    """Serve `path`, with all that is smbd's own in `folder`; skips the test by the name `smbd` where its programs are missing."""
    programs = {name: _program(name) for name in ("smbd", "smbclient", "pdbedit")}
    for name in ("private", "lock", "state", "cache", "pid", "ncalrpc", "log"):
        (folder / name).mkdir(parents=True)
    (port,) = free_ports(1)
    settings = folder / "smb.conf"
    macs = _FOR_MACS if _has_modules_for_macs(programs["smbd"]) else ""
    settings.write_text(_SETTINGS.format(port=port, folder=folder, share=SHARE, path=path, macs=macs), encoding="utf-8")
    add = [programs["pdbedit"], "-s", str(settings), "-a", "-t", "-u", getpass.getuser()]
    subprocess.run(add, input=f"{PASSWORD}\n{PASSWORD}\n", check=True, capture_output=True, text=True, timeout=PATIENCE_S)
    words = [programs["smbd"], "--foreground", "-s", str(settings), "-l", str(folder / "log")]
    with (folder / "smbd.out").open("wb") as said:
        server = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
    try:
        _wait_until_it_listens(port, server)
        yield SambaShare(settings=settings, port=port)
    finally:
        server.terminate()
        server.wait(PATIENCE_S)


def _program(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        skip_or_fail("smbd", f"{name} is missing (Debian: samba, smbclient)")
    assert found is not None
    return found


def _has_modules_for_macs(smbd: str) -> bool:
    built = subprocess.run([smbd, "-b", "-s", "/dev/null"], check=False, capture_output=True, text=True, timeout=PATIENCE_S)
    folders = [Path(line.split(":", 1)[1].strip()) for line in built.stdout.splitlines() if "MODULESDIR:" in line]
    return any((folder / "vfs" / "fruit.so").is_file() for folder in folders)


def _wait_until_it_listens(port: int, server: subprocess.Popen[bytes]) -> None:
    until_s = time.monotonic() + PATIENCE_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert server.poll() is None, f"smbd ended with status {server.returncode}"
            assert time.monotonic() < until_s, "smbd does not listen"
            time.sleep(0.05)
        else:
            return
