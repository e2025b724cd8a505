"""A fleet of one, from a bare Debian to wiped: `make test-fleet`. Needs root, systemd-nspawn and a mirror of Debian.

A root file system is booted with systemd in a container that knows nobody but this machine, which plays the LAN and the
operator: it provisions the box over SSH with the real playbooks, drops footage over SMB, freezes its programs, upgrades it to a
release that judges the golden session differently, to a good one, takes that back, puts a stick in, and pulls the plug.
"""

from __future__ import annotations

import argparse
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.results import RESULTS, circumstances, table_of, write_section
from bench.rollout_box import (
    HERE,
    NAME,
    NEXT,
    STICK,
    THERE,
    Fleet,
    book_of,
    booted,
    completed,
    current,
    drop,
    inside,
    is_whole,
    mounted,
    play,
    reels,
    run,
    status,
    stick_with,
    wait,
)  # fmt: skip
from bench.rollout_place import make_ansible, make_bare, make_key, make_releases, missing
from requirements.install import ROOT

REEL_LIMIT_S, UP_LIMIT_S, STICK_LIMIT_S = 900, 300, 1800
#: systemd waits for two minutes on a real box; the trial need not.
QUICK_WATCHDOG = "[Service]\nWatchdogSec=30\nTimeoutAbortSec=10\n"
Step = Callable[[Fleet, int], None]


def check_bare(fleet: Fleet, _leader: int) -> None:
    """A check of a bare box fails nowhere and leaves nothing behind."""
    _, told = play(fleet, "site", "--check", "--diff")
    there = [name for name in ("opt/rinkreel", "etc/rinkreel", "srv/rinkreel", "etc/samba") if (fleet.root / name).exists()]
    assert (told["failed"], there) == (0, []), there
    fleet.note("site in check mode on a bare Debian", f"ok={told['ok']} failed=0, nothing is there afterwards")


def provision(fleet: Fleet, _leader: int) -> None:
    """Site, site again, and a check."""
    began = time.monotonic()
    _, first = play(fleet, "site")
    fleet.note("site", f"ok={first['ok']} changed={first['changed']}, {time.monotonic() - began:.0f} s")
    _, second = play(fleet, "site")
    assert second["changed"] == 0, "a second run has to change nothing"
    fleet.note("site a second time", f"ok={second['ok']} changed=0")
    _, check = play(fleet, "site", "--check", "--diff")
    assert (check["changed"], check["failed"]) == (0, 0)
    fleet.note("site in check mode", f"ok={check['ok']} changed=0 failed=0")


def see_systemd(fleet: Fleet, leader: int) -> None:
    """No unit failed, and systemd was told that the appliance is up."""
    failed = inside(leader, "systemctl", "--failed", "--plain", "--no-legend").stdout.strip()
    assert not failed, failed
    shown = inside(leader, "systemctl", "show", "rinkreel", "--property=Type,StatusText,WatchdogUSec,ActiveState").stdout
    assert "ActiveState=active" in shown, shown
    said = next(line.removeprefix("StatusText=") for line in shown.splitlines() if line.startswith("StatusText="))
    fleet.note("systemd in the box", f"no unit failed; the appliance says: {said}")


def make_reel(fleet: Fleet, leader: int) -> None:
    """A clip over SMB comes back as a reel."""
    before = completed(leader)
    drop(fleet, f"GX01000{before + 1}.MP4")
    took_s = wait(lambda: completed(leader) > before, REEL_LIMIT_S, "the reel")
    newest = max(reels(fleet), key=lambda path: path.stat().st_mtime)
    fleet.note("a clip dropped over SMB", f"a reel of {newest.stat().st_size / 1e6:.1f} MB after {took_s:.0f} s")


def find(fleet: Fleet, _leader: int) -> None:
    """The box is found by its name, as phones and laptops ask for it: one question to everybody on the link. Source: RFC 6762."""
    name = b"".join(bytes([len(part)]) + part for part in (b"rinkreel", b"local")) + b"\0"
    question = struct.pack("!6H", 7, 0, 1, 0, 0, 0) + name + struct.pack("!2H", 1, 1)

    def answers() -> bool:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
            line.bind((HERE, 0))
            line.settimeout(2)
            line.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(HERE))
            line.sendto(question, ("224.0.0.251", 5353))
            with suppress(TimeoutError):
                said, (who, _) = line.recvfrom(4096)
                return who == THERE and socket.inet_aton(THERE) in said
        return False

    wait(answers, 30, "an answer to rinkreel.local")
    fleet.note("asked on the LAN for rinkreel.local", f"{THERE}")


def knock(fleet: Fleet, leader: int) -> None:
    """What the firewall lets through, in both directions."""
    asked = ("22", "445", "8080", "9100", "4222", "8222", "139")
    reached = [port for port in asked if _reaches((), THERE, port)]
    assert reached == ["22", "445", "8080", "9100"], reached
    within = ("nsenter", "--target", str(leader), "--all")
    with _listener():
        wait(lambda: _reaches((), HERE, "8099"), 20, "a listener on the LAN")
        assert not _reaches(within, HERE, "8099"), "the box got out"
        # The same try without the rules: that it failed was their doing.
        inside(leader, "nft", "flush", "ruleset")
        assert _reaches(within, HERE, "8099"), "the box cannot get out even without rules, which shows nothing"
        inside(leader, "systemctl", "restart", "nftables")
        assert not _reaches(within, HERE, "8099"), "the box got out"
    fleet.note("firewall, from the LAN", f"{', '.join(reached)} answer; {', '.join(sorted({*asked} - {*reached}))} do not")
    fleet.note("firewall, from the box", "nothing gets out; with the rules taken away it does")


def freeze(fleet: Fleet, leader: int) -> None:
    """What no program of the appliance can see itself: supervisord frozen. systemd starts all of it anew."""
    drop_in = fleet.root / "run-trial.conf"
    drop_in.write_text(QUICK_WATCHDOG)
    inside(leader, "mkdir", "-p", "/run/systemd/system/rinkreel.service.d")
    inside(leader, "cp", "/run-trial.conf", "/run/systemd/system/rinkreel.service.d/trial.conf")
    drop_in.unlink()
    inside(leader, "systemctl", "daemon-reload")
    inside(leader, "systemctl", "restart", "rinkreel")
    wait(lambda: is_whole(leader), UP_LIMIT_S, "the appliance")
    before = _main_pid(leader)
    time.sleep(45)
    assert _main_pid(leader) == before, "it was started anew without need"
    supervisord = inside(leader, "cat", "/srv/rinkreel/run/supervisord.pid").stdout.strip()
    inside(leader, "kill", "-STOP", supervisord)
    took_s = wait(lambda: _main_pid(leader) not in (before, "0") and is_whole(leader), UP_LIMIT_S, "the watchdog")
    inside(leader, "rm", "-r", "/run/systemd/system/rinkreel.service.d")
    inside(leader, "systemctl", "daemon-reload")
    fleet.note("supervisord frozen, watchdog of 30 s", f"all runs anew after {took_s:.0f} s; not touched in 45 s before")


def upgrade(fleet: Fleet, leader: int) -> None:
    """A release that misjudges goes back by itself, a good one stays."""
    first, before = current(leader), book_of(fleet)
    code, _ = play(fleet, "upgrade", "-e", f"appliance_archive={fleet.releases.misjudging}", check=False, limit="rinks")
    [log] = sorted(fleet.folder.glob("play-upgrade-*.log"))[-1:]
    assert (code != 0, NEXT in log.read_text()) == (True, False), "the roll-out has to stop before the next box"
    assert (current(leader), book_of(fleet) == before, is_whole(leader)) == (first, True, True)
    fleet.note(
        "upgrade to a release that misjudges",
        f"taken back by itself to {first}, book as before, all runs; the next box was not begun",
    )
    _, check = play(fleet, "upgrade", "--check", "-e", f"appliance_archive={fleet.releases.second}")
    assert (check["failed"], current(leader)) == (0, first)
    began = time.monotonic()
    play(fleet, "upgrade", "-e", f"appliance_archive={fleet.releases.second}")
    second = current(leader)
    assert (second != first, book_of(fleet) == before, is_whole(leader)) == (True, True, True)
    fleet.note("upgrade to a good release", f"{second} after {time.monotonic() - began:.0f} s, book as before, all runs")
    _, again = play(fleet, "upgrade", "-e", f"appliance_archive={fleet.releases.second}")
    assert again["changed"] == 0
    fleet.note("the same upgrade again", "changed=0")


def roll_back(fleet: Fleet, leader: int) -> None:
    """Back by hand, and forth from a stick."""
    second, before = current(leader), book_of(fleet)
    play(fleet, "rollback")
    first = current(leader)
    assert (first != second, book_of(fleet) == before, is_whole(leader)) == (True, True, True)
    fleet.note("rollback by hand", f"{first}, book as before, all runs")
    # What udev does on a real box when a stick with the label is put in. This stick is a file that the kernel shows as a disk.
    inside(leader, "mkdir", "-p", "/run/systemd/system/rinkreel-stick@.service.d")
    tell = "printf '[Service]\\nDeviceAllow=block-loop r\\n' > /run/systemd/system/rinkreel-stick@.service.d/trial.conf"
    inside(leader, "sh", "-c", f"{tell}; systemctl daemon-reload")
    stick = f"rinkreel-stick@{STICK}.service"
    inside(leader, "systemctl", "start", stick, limit_s=STICK_LIMIT_S)
    assert (current(leader), is_whole(leader)) == (second, True)
    inside(leader, "systemctl", "start", stick)
    said = inside(leader, "journalctl", "--unit", stick, "--output=cat").stdout
    assert f"is not newer than {second}" in said, said
    fleet.note("upgrade from a stick, by its unit", f"{second}, all runs; put in again: not newer, nothing done")


def come_back(fleet: Fleet, leader: int) -> None:
    """After the plug was pulled."""
    wait(lambda: is_whole(leader), UP_LIMIT_S, "the appliance after the plug was pulled")
    fleet.note("plug pulled, booted again", f"all runs, {completed(leader)} completed, {len(reels(fleet))} reel")


def give_up(fleet: Fleet, leader: int) -> None:
    """Ask for what support needs; then remove everything."""
    play(fleet, "support-bundle", "-e", f"support_folder={fleet.folder / 'support'}")
    bundle = fleet.folder / "support" / NAME
    told = sorted(path.name for path in bundle.iterdir() if path.stat().st_size > 2)
    assert {"status.json", "journal.txt", "units.txt", "firewall.txt"} <= {*told}
    fleet.note("support-bundle", f"{len(told)} files, no footage")
    code, _ = play(fleet, "wipe", check=False)
    assert code != 0, "a box that was not named must not be wiped"
    assert reels(fleet)
    play(fleet, "wipe", "-e", f"wipe_confirmed={NAME}")
    left = [name for name in ("opt/rinkreel", "etc/rinkreel") if (fleet.root / name).exists()]
    assert (left, list(fleet.data.iterdir()), status(leader)) == ([], [], {})
    fleet.note("wipe", "refused without the box's name; with it nothing of footage, reels, book and code is left")


BEFORE_THE_PLUG: tuple[Step, ...] = (check_bare, provision, see_systemd, find, make_reel, knock, freeze, upgrade, roll_back)
AFTER_THE_PLUG: tuple[Step, ...] = (come_back, make_reel, give_up)


def trial(fleet: Fleet) -> None:
    """All of it, in order."""
    with mounted(fleet):
        for steps in (BEFORE_THE_PLUG, AFTER_THE_PLUG):
            with booted(fleet) as leader:
                for step in steps:
                    step(fleet, leader)


def _reaches(within: Sequence[str], host: str, port: str) -> bool:
    return run(*within, "timeout", "3", "bash", "-c", f"exec 3<>/dev/tcp/{host}/{port}", check=False).returncode == 0


def _main_pid(leader: int) -> str:
    return inside(leader, "systemctl", "show", "rinkreel", "--property=MainPID", "--value").stdout.strip()


@contextmanager
def _listener() -> Iterator[None]:
    """Somebody on the LAN who would answer the box."""
    command = [sys.executable, "-m", "http.server", "--bind", HERE, "8099"]
    listening = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        listening.kill()
        listening.wait()


def main(argv: Sequence[str] | None = None) -> int:
    """Make what is needed, run the trial, and write down what came out."""
    parser = argparse.ArgumentParser(prog="python -m bench.rollout", description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "fleet", help="where everything is made and kept")
    parser.add_argument("--wheels", type=Path, default=ROOT / "build" / "wheels", help="wheels that were fetched before")
    parser.add_argument("--mirror", default="", help="mirror of Debian (default: the one that debootstrap knows)")
    parser.add_argument("--write", action="store_true", help="write the table into RESULTS.md")
    given = parser.parse_args(argv)
    if lacks := missing():
        print("the trial of a rollout needs, and this machine lacks:", *lacks, sep="\n  ", file=sys.stderr)
        return 3
    folder: Path = given.folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    key = make_key(folder)
    releases = make_releases(folder, key, given.wheels.absolute())
    bare, ansible = make_bare(folder, given.mirror), make_ansible(folder)
    rows: list[tuple[str, str]] = []
    try:
        with stick_with(releases.second, folder) as stick:
            trial(Fleet(folder=folder / "box", bare=bare, releases=releases, ansible=ansible, key=key, stick=stick, rows=rows))
    finally:
        text = f"## One box, from bare to wiped\n\n{table_of(('step', 'came out'), rows)}\n\n{circumstances()}"
        print(text)
    if given.write:
        write_section(RESULTS, "rollout", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
