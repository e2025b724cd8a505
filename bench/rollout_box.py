"""The box of the rollout's trial: a Debian that is booted with systemd in a container which knows nobody but this machine."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sqlite3
import struct
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.rollout_place import Releases
from requirements.install import ROOT

NAME, NEXT = "rinkbox", "rinknext"
HERE, THERE, NOBODY = "10.77.0.1", "10.77.0.2", "10.77.0.99"
BOOT_LIMIT_S, PLAY_LIMIT_S = 120, 2400
PASSWORD = "spins-and-jumps"
#: Tables of the book that no upgrade may change. Orders, outcomes and notices come and go.
LASTING = ("jobs", "files", "items", "parts", "aliases", "revisions", "chunks", "accounts", "keys", "shares")
#: A disk that the box sees as a USB stick's first partition.
STICK = "sdz1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """Where the trial lies, what it works with, and what came out so far."""

    folder: Path
    bare: Path
    releases: Releases
    ansible: Path
    key: Path
    stick: str
    rows: list[tuple[str, str]] = field(default_factory=list)

    @property
    def root(self) -> Path:
        """The box's file system, over the bare one."""
        return self.folder / "merged"

    @property
    def data(self) -> Path:
        """What the appliance keeps on it."""
        return self.root / "srv/rinkreel"

    def note(self, what: str, came_out: str) -> None:
        """One line of the result."""
        print(f"{time.strftime('%H:%M:%S')}  {what}: {came_out}", flush=True)
        self.rows.append((what, came_out))


def run(*command: str | Path, check: bool = True, limit_s: float = 120.0) -> subprocess.CompletedProcess[str]:
    """Run a command and give what it said."""
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=limit_s, stdin=subprocess.DEVNULL)
    if check and ended.returncode:
        raise AssertionError(f"{command} ended with {ended.returncode}:\n{ended.stdout[-3000:]}\n{ended.stderr[-3000:]}")
    return ended


def wait(is_so: Callable[[], bool], limit_s: float, what: str) -> float:
    """Until it is so; how long that took."""
    began = time.monotonic()
    while not is_so():
        if time.monotonic() - began > limit_s:
            raise AssertionError(f"waited {limit_s:.0f} s for {what}")
        time.sleep(1)
    return time.monotonic() - began


@contextmanager
def mounted(fleet: Fleet) -> Iterator[None]:
    """A fresh box over the bare system, which stays as it is."""
    for name in ("upper", "work", "merged"):
        shutil.rmtree(fleet.folder / name, ignore_errors=True)
        (fleet.folder / name).mkdir(parents=True)
    layers = f"lowerdir={fleet.bare},upperdir={fleet.folder / 'upper'},workdir={fleet.folder / 'work'}"
    run("mount", "-t", "overlay", NAME, "-o", layers, fleet.root)
    try:
        keys = fleet.root / "root" / ".ssh"
        keys.mkdir(mode=0o700, exist_ok=True)
        (keys / "authorized_keys").write_text(fleet.key.with_suffix(".pub").read_text())
        yield
    finally:
        run("umount", fleet.root, check=False)


@contextmanager
def stick_with(archive: Path, folder: Path) -> Iterator[str]:
    """A disk with a release on it and the label that the box looks for; gives its device."""
    content, image = folder / "stick", folder / "stick.img"
    content.mkdir(parents=True, exist_ok=True)
    shutil.copy(archive, content)
    image.unlink(missing_ok=True)
    with image.open("wb") as file:
        file.truncate(int(archive.stat().st_size * 1.2) + 2**25)
    run("mkfs.ext4", "-q", "-L", "RINKREEL", "-d", content, image, limit_s=300)
    shutil.rmtree(content)
    device = run("losetup", "--find", "--show", image).stdout.strip()
    try:
        yield device
    finally:
        run("losetup", "--detach", device, check=False)
        image.unlink()


@contextmanager
def booted(fleet: Fleet) -> Iterator[int]:
    """The box, running; gives the process number of its systemd. Pulls the plug at the end."""
    words = ["--boot", "--register=no", "--keep-unit", "--network-veth", f"--machine={NAME}", "--console=pipe"]
    words += [f"--bind={fleet.stick}:/dev/{STICK}"]
    with (fleet.folder / "console.log").open("ab") as console:
        process = subprocess.Popen(
            ["systemd-nspawn", "--directory", fleet.root, *words], stdin=subprocess.DEVNULL, stdout=console, stderr=console
        )
    leader = _leader(process)
    try:
        run("ip", "addr", "replace", f"{HERE}/24", "dev", f"ve-{NAME}")
        run("ip", "link", "set", f"ve-{NAME}", "up")
        for words in (["addr", "replace", f"{THERE}/24", "dev", "host0"], ["link", "set", "host0", "up"]):
            inside(leader, "ip", *words)
        wait(lambda: run("ssh", *ssh_words(fleet), "true", check=False).returncode == 0, BOOT_LIMIT_S, "SSH")
        yield leader
    finally:
        # Killed with its systemd, the kernel ends all that runs in the box at once, as a power cut does.
        os.kill(leader, signal.SIGKILL)
        process.wait(30)
        wait(lambda: not Path(f"/proc/{leader}").exists(), 30, "the end of the box")


def _leader(process: subprocess.Popen[bytes]) -> int:
    found: list[int] = []

    def is_up() -> bool:
        assert process.poll() is None, "systemd-nspawn ended; see console.log"
        children = run("pgrep", "-P", str(process.pid), check=False).stdout.split()
        found[:] = [int(each) for each in children]
        said = inside(found[0], "systemctl", "is-system-running", check=False).stdout.strip() if found else ""
        return said in ("running", "degraded")

    wait(is_up, BOOT_LIMIT_S, "systemd")
    return found[0]


def inside(leader: int, *command: str, check: bool = True, limit_s: float = 120.0) -> subprocess.CompletedProcess[str]:
    """Run a command in the box."""
    return run("nsenter", "--target", str(leader), "--all", *command, check=check, limit_s=limit_s)


def ssh_words(fleet: Fleet) -> list[str]:
    """How the box is reached over SSH."""
    options = ("StrictHostKeyChecking=no", f"UserKnownHostsFile={os.devnull}", "BatchMode=yes", "ConnectTimeout=5")
    known = [word for option in options for word in ("-o", option)]
    return ["-i", str(fleet.key), *known, f"root@{THERE}"]


def write_inventory(fleet: Fleet) -> Path:
    """The inventory of this trial: what the sample says has to be said, short waits, and a second box, which is never on."""
    words = {
        "ansible_host": THERE,
        "ansible_user": "root",
        "ansible_become": False,
        "ansible_ssh_private_key_file": str(fleet.key),
        "ansible_ssh_common_args": f"-o StrictHostKeyChecking=no -o UserKnownHostsFile={os.devnull}",
        "appliance_archive": str(fleet.releases.first),
        "appliance_signers": [fleet.key.with_suffix(".pub").read_text().strip()],
        "appliance_drain_s": 120,
        "appliance_settings": {"intake": {"rest": "4s", "scan_every": "2s"}},
        "samba_users": [{"name": "rink", "password": PASSWORD}],
        "storage_least_gb": 5,
        "host_mirror": False,
        "monitoring_asked_from": [HERE],
    }
    path = fleet.folder / "hosts.json"
    path.write_text(json.dumps({"rinks": {"hosts": {NAME: words, NEXT: words | {"ansible_host": NOBODY}}}}))
    return path


def play(fleet: Fleet, book: str, *words: str, check: bool = True, limit: str = NAME) -> tuple[int, dict[str, int]]:
    """Run a playbook on the box, or on all; gives its status and its recap. What it said is kept."""
    inventory = write_inventory(fleet)
    command: list[str | Path] = [fleet.ansible, "-i", inventory, "--limit", limit, f"playbooks/{book}.yml", *words]
    log = fleet.folder / f"play-{book}-{time.strftime('%H%M%S')}.log"
    with log.open("w") as said:
        ended = subprocess.run(
            command, cwd=ROOT / "ansible", stdin=subprocess.DEVNULL, stdout=said, stderr=said, check=False, timeout=PLAY_LIMIT_S
        )
    told = log.read_text()
    if check and ended.returncode:
        raise AssertionError(f"{book} ended with {ended.returncode}:\n{told[-6000:]}")
    recap = re.findall(r"(\w+)=(\d+)", told.rsplit("PLAY RECAP", 1)[-1])
    return ended.returncode, {name: int(count) for name, count in recap}


def drop(fleet: Fleet, name: str) -> None:
    """Put the clip into the share, as somebody on the LAN does; another one each time, since the same again is passed over."""
    clip = fleet.folder / "clip.mp4"
    # A box of MP4 that players pass over, with the time in it.
    clip.write_bytes(fleet.releases.clip.read_bytes() + struct.pack("!I4sQ", 16, b"free", time.time_ns()))
    put = f"put {clip} {name}"
    run("smbclient", f"//{THERE}/footage", "-U", f"rink%{PASSWORD}", "-m", "SMB3", "-c", put, limit_s=300)


def status(leader: int) -> dict[str, object]:
    """What the box says of itself."""
    said = inside(leader, "rinkreel-release", "status", check=False).stdout
    told: dict[str, object] = json.loads(said) if said.startswith("{") else {}
    return told


def is_whole(leader: int) -> bool:
    """Whether all of the appliance runs."""
    return status(leader).get("whole") is True


def current(leader: int) -> str:
    """The release that is current."""
    return inside(leader, "readlink", "/opt/rinkreel/current").stdout.strip().rsplit("/", 1)[-1]


def completed(leader: int) -> int:
    """How many recordings are through."""
    tallies = status(leader).get("tallies")
    return int(tallies["items"].get("completed", 0)) if isinstance(tallies, dict) else 0


def reels(fleet: Fleet) -> list[Path]:
    """Finished reels on the box."""
    return sorted((fleet.data / "reels").rglob("*.mp4"))


def book_of(fleet: Fleet) -> str:
    """All that lasts in the book, as rows; read from a copy, so that nothing is touched."""
    folder = fleet.folder / "book"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for path in fleet.data.glob("book.db*"):
        shutil.copy(path, folder)
    with closing(sqlite3.connect(folder / "book.db")) as book:
        return "\n".join(f"{name} {row}" for name in LASTING for row in book.execute(f'SELECT * FROM "{name}" ORDER BY 1, 2'))
