"""A fleet of one, from a bare Debian to rolled back: `make test-fleet`. Needs root, systemd-nspawn, Ansible and smbclient.

A root file system is booted with systemd in a container that knows nobody but this machine, which plays the LAN and the
operator: it provisions the box over SSH with the real playbooks, drops footage over SMB, upgrades it to a release that judges the
golden session differently, to a good one, takes that back, and pulls the plug.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.results import RESULTS, circumstances, table_of, write_section
from requirements.install import ROOT

NAME = "rinkbox"
HERE, THERE = "10.77.0.1", "10.77.0.2"
BOOT_LIMIT_S, REEL_LIMIT_S, PLAY_LIMIT_S = 120, 900, 2400
PASSWORD = "spins-and-jumps"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """Where the trial lies, and the releases it goes through: the first, one that misjudges, and a good one."""

    folder: Path
    bare: Path
    first: Path
    misjudging: Path
    second: Path
    ansible: Path
    clip: Path
    key: Path
    rows: list[tuple[str, str]] = field(default_factory=list)

    @property
    def root(self) -> Path:
        """The box's file system, over the bare one."""
        return self.folder / "merged"

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


@contextmanager
def mounted(fleet: Fleet) -> Iterator[None]:
    """A fresh box over the bare system, which stays as it is."""
    for name in ("upper", "work", "merged"):
        (fleet.folder / name).mkdir(parents=True, exist_ok=True)
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
def booted(fleet: Fleet) -> Iterator[int]:
    """The box, running; gives the process number of its systemd. Pulls the plug at the end."""
    words = ["--boot", "--register=no", "--keep-unit", "--network-veth", f"--machine={NAME}", "--console=pipe"]
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
        _wait(lambda: run("ssh", *ssh_words(fleet), "true", check=False).returncode == 0, BOOT_LIMIT_S, "SSH")
        yield leader
    finally:
        # Killed with its systemd, the kernel ends all that runs in the box at once, as a power cut does.
        os.kill(leader, signal.SIGKILL)
        process.wait(30)
        _wait(lambda: not Path(f"/proc/{leader}").exists(), 30, "the end of the box")


def _leader(process: subprocess.Popen[bytes]) -> int:
    found: list[int] = []

    def is_up() -> bool:
        children = run("pgrep", "-P", str(process.pid), check=False).stdout.split()
        found[:] = [int(each) for each in children]
        said = inside(found[0], "systemctl", "is-system-running", check=False).stdout.strip() if found else ""
        return said in ("running", "degraded")

    _wait(is_up, BOOT_LIMIT_S, "systemd")
    return found[0]


def inside(leader: int, *command: str, check: bool = True, limit_s: float = 120.0) -> subprocess.CompletedProcess[str]:
    """Run a command in the box."""
    return run("nsenter", "--target", str(leader), "--all", *command, check=check, limit_s=limit_s)


def ssh_words(fleet: Fleet) -> list[str]:
    """How the box is reached over SSH."""
    options = ("StrictHostKeyChecking=no", f"UserKnownHostsFile={os.devnull}", "BatchMode=yes", "ConnectTimeout=5")
    known = [word for option in options for word in ("-o", option)]
    return ["-i", str(fleet.key), *known, f"root@{THERE}"]


def _wait(is_so: Callable[[], bool], limit_s: float, what: str) -> None:
    until = time.monotonic() + limit_s
    while not is_so():
        if time.monotonic() > until:
            raise AssertionError(f"waited {limit_s:.0f} s for {what}")
        time.sleep(1)


def write_inventory(fleet: Fleet) -> Path:
    """The inventory of this trial: what the sample says has to be said."""
    words = {
        "ansible_host": THERE,
        "ansible_user": "root",
        "ansible_become": False,
        "ansible_ssh_private_key_file": str(fleet.key),
        "ansible_ssh_common_args": f"-o StrictHostKeyChecking=no -o UserKnownHostsFile={os.devnull}",
        "appliance_archive": str(fleet.first),
        "appliance_signers": [fleet.key.with_suffix(".pub").read_text().strip()],
        "appliance_drain_s": 120,
        "appliance_settings": {"intake": {"rest": "4s", "scan_every": "2s"}},
        "samba_users": [{"name": "rink", "password": PASSWORD}],
        "storage_least_gb": 5,
    }
    path = fleet.folder / "hosts.json"
    path.write_text(json.dumps({"rinks": {"hosts": {NAME: words}}}))
    return path


def play(fleet: Fleet, book: str, *words: str, check: bool = True) -> tuple[int, dict[str, int]]:
    """Run a playbook; gives its status and its recap. What it said is kept."""
    command: list[str | Path] = [fleet.ansible, "-i", write_inventory(fleet), f"playbooks/{book}.yml", *words]
    ended = subprocess.run(command, cwd=ROOT / "ansible", capture_output=True, text=True, check=False, timeout=PLAY_LIMIT_S)
    (fleet.folder / f"play-{book}-{time.strftime('%H%M%S')}.log").write_text(ended.stdout + ended.stderr)
    if check and ended.returncode:
        raise AssertionError(f"{book} ended with {ended.returncode}:\n{ended.stdout[-6000:]}\n{ended.stderr[-2000:]}")
    recap = re.findall(r"(\w+)=(\d+)", ended.stdout.rsplit("PLAY RECAP", 1)[-1])
    return ended.returncode, {name: int(count) for name, count in recap}


def drop(fleet: Fleet, name: str) -> None:
    """Put the clip into the share, as somebody on the LAN does."""
    put = f"put {fleet.clip} {name}"
    run("smbclient", f"//{THERE}/footage", "-U", f"rink%{PASSWORD}", "-m", "SMB3", "-c", put, limit_s=300)


def status(leader: int) -> dict[str, object]:
    """What the box says of itself."""
    said = inside(leader, "rinkreel-release", "status", check=False).stdout
    told: dict[str, object] = json.loads(said) if said.startswith("{") else {}
    return told


def current(leader: int) -> str:
    """The release that is current."""
    return inside(leader, "readlink", "/opt/rinkreel/current").stdout.strip().rsplit("/", 1)[-1]


def book_of(fleet: Fleet) -> str:
    """The book's items, accounts and reels, as rows; read from a copy, so that nothing is touched."""
    import sqlite3

    folder = fleet.folder / "book"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for path in (fleet.root / "srv/rinkreel").glob("book.db*"):
        shutil.copy(path, folder)
    with sqlite3.connect(folder / "book.db") as book:
        tables = [row[0] for row in book.execute("SELECT name FROM sqlite_master WHERE type='table' ORDER BY name")]
        lasting = [name for name in tables if "item" in name or "reel" in name or "recording" in name]
        return "\n".join(f"{name} {row}" for name in lasting for row in book.execute(f'SELECT * FROM "{name}" ORDER BY 1'))


def reels(fleet: Fleet) -> list[Path]:
    """Finished reels on the box."""
    return sorted((fleet.root / "srv/rinkreel/reels").rglob("*.mp4"))


def completed(leader: int) -> int:
    """How many recordings are through."""
    tallies = status(leader).get("tallies")
    return int(tallies["items"].get("completed", 0)) if isinstance(tallies, dict) else 0


def provision(fleet: Fleet, leader: int) -> None:
    """Site, site again, and what a check says."""
    started = time.monotonic()
    _, first = play(fleet, "site")
    fleet.note("site on a bare Debian", f"ok={first['ok']} changed={first['changed']}, {time.monotonic() - started:.0f} s")
    _, second = play(fleet, "site")
    fleet.note("site a second time", f"ok={second['ok']} changed={second['changed']}")
    assert second["changed"] == 0, "a second run has to change nothing"
    _, check = play(fleet, "site", "--check", "--diff")
    fleet.note("site in check mode", f"failed={check['failed']} changed={check['changed']}")
    assert check["changed"] == 0
    state = inside(leader, "systemctl", "is-system-running", check=False).stdout.strip()
    failed = inside(leader, "systemctl", "--failed", "--plain", "--no-legend").stdout.strip()
    fleet.note("systemd in the box", f"{state}{', failed: ' + failed if failed else ''}")


def make_reel(fleet: Fleet, leader: int, name: str) -> None:
    """A clip over SMB comes back as a reel."""
    before, started = completed(leader), time.monotonic()
    drop(fleet, name)
    _wait(lambda: completed(leader) > before, REEL_LIMIT_S, "the reel")
    [newest] = sorted(reels(fleet), key=lambda path: path.stat().st_mtime)[-1:]
    fleet.note(
        f"{name} dropped over SMB", f"a reel of {newest.stat().st_size / 1e6:.1f} MB after {time.monotonic() - started:.0f} s"
    )


def knock(fleet: Fleet, leader: int) -> None:
    """What the firewall lets through, in both directions."""

    def reaches(*place: str) -> bool:
        return run("timeout", "3", "bash", "-c", f"exec 3<>/dev/tcp/{place[0]}/{place[1]}", check=False).returncode == 0

    open_ports = [port for port in ("22", "445", "8080", "4222", "8222") if reaches(THERE, port)]
    assert open_ports == ["22", "445", "8080"], open_ports
    listener = subprocess.Popen(
        [sys.executable, "-m", "http.server", "--bind", HERE, "8099"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(lambda: reaches(HERE, "8099"), 20, "a listener on the LAN")
        out = inside(leader, "timeout", "3", "bash", "-c", f"exec 3<>/dev/tcp/{HERE}/8099", check=False).returncode
        assert out != 0, "the box got out"
    finally:
        listener.kill()
        listener.wait()
    fleet.note("firewall", f"from the LAN {', '.join(open_ports)} and not 4222 or 8222; from the box nothing")


def upgrade(fleet: Fleet, leader: int) -> None:
    """A release that misjudges goes back by itself, a good one stays, and goes back by hand and comes again from a stick."""
    first, before = current(leader), book_of(fleet)
    code, _ = play(fleet, "upgrade", "-e", f"appliance_archive={fleet.misjudging}", check=False)
    assert code != 0, "the roll-out has to stop"
    assert (current(leader), book_of(fleet) == before, status(leader).get("whole")) == (first, True, True)
    fleet.note("upgrade to a release that misjudges", f"taken back by itself to {first}, book as before, all runs")
    play(fleet, "upgrade", "-e", f"appliance_archive={fleet.second}")
    second = current(leader)
    assert second != first
    assert book_of(fleet) == before
    fleet.note("upgrade to a good release", f"{second}, book as before, all runs")
    _, again = play(fleet, "upgrade", "-e", f"appliance_archive={fleet.second}")
    assert again["changed"] == 0
    play(fleet, "rollback")
    assert current(leader) == first
    fleet.note("rollback by hand", f"{first}, all runs")
    stick = fleet.root / "mnt"
    shutil.copy(fleet.second, stick)
    inside(leader, "rinkreel-release", "stick", "/mnt", limit_s=PLAY_LIMIT_S)
    assert current(leader) == second
    fleet.note("upgrade from a stick", f"{second}")


def trial(fleet: Fleet) -> None:
    """All of it, in order."""
    with mounted(fleet):
        with booted(fleet) as leader:
            provision(fleet, leader)
            make_reel(fleet, leader, "GX010001.MP4")
            knock(fleet, leader)
            upgrade(fleet, leader)
        fleet.note("plug pulled", f"{len(reels(fleet))} reel on the disk")
        with booted(fleet) as leader:
            _wait(lambda: status(leader).get("whole") is True, 300, "the appliance after the plug was pulled")
            fleet.note("booted again", f"all runs, {completed(leader)} completed, {len(reels(fleet))} reel")
            play(fleet, "support-bundle")
            play(fleet, "wipe", "-e", f"wipe_confirmed={NAME}")
            assert not reels(fleet)
            fleet.note("support-bundle, wipe", "gathered; nothing of footage, reels and code is left")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the trial and write down what came out."""
    parser = argparse.ArgumentParser(prog="python -m bench.rollout", description=__doc__)
    for name in ("folder", "bare", "first", "misjudging", "second", "ansible", "clip", "key"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--write", action="store_true", help="write the table into RESULTS.md")
    given = parser.parse_args(argv)
    paths = {name: value.absolute() for name, value in vars(given).items() if isinstance(value, Path)}
    fleet = Fleet(rows=[], **paths)
    try:
        trial(fleet)
    finally:
        text = f"## One box, from bare to rolled back\n\n{table_of(('step', 'came out'), fleet.rows)}\n\n{circumstances()}"
        print(text)
    if given.write:
        write_section(RESULTS, "rollout", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
