"""What the trial of a rollout needs: a bare Debian, Ansible, a key, three releases. Made once and kept for the next time."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from requirements.install import ROOT

SUITE = "bookworm"
ANSIBLE = "ansible-core==2.19.*"
#: In the bare system, as an installer leaves it: systemd, a network, SSH, and the Python that Ansible asks for.
INSTALLED = ("systemd", "systemd-sysv", "dbus", "iproute2", "procps", "python3", "openssh-server", "udev", "ca-certificates")
#: Beside it as files, since the box has no mirror within reach: what the roles install.
CARRIED = (
    *("python3-apt", "openssh-client", "logrotate", "avahi-daemon", "libnss-mdns", "chrony", "tzdata", "nftables"),
    *("samba", "samba-vfs-modules", "smbclient", "wsdd", "prometheus-node-exporter"),
)
#: Program → the Debian package that has it.
PROGRAMS = {
    "systemd-nspawn": "systemd-container",
    "debootstrap": "debootstrap",
    "smbclient": "smbclient",
    "ssh": "openssh-client",
    "ssh-keygen": "openssh-client",
    "ip": "iproute2",
    "nsenter": "util-linux",
    "losetup": "mount",
    "mkfs.ext4": "e2fsprogs",
    "git": "git",
}
MAKE_LIMIT_S = 1800


@dataclass(frozen=True, slots=True, kw_only=True)
class Releases:
    """Three of them, each newer than the one before: this code, one that finds fewer moments, and this code again."""

    first: Path
    misjudging: Path
    second: Path
    clip: Path


def missing() -> list[str]:
    """What this machine lacks, by name; empty where the trial can be run."""
    lacks = [] if os.geteuid() == 0 else ["root: the trial mounts, boots and makes a network"]
    lacks += [f"{name} (Debian: {package})" for name, package in PROGRAMS.items() if shutil.which(name) is None]
    if "overlay" not in Path("/proc/filesystems").read_text(encoding="ascii"):
        lacks.append("overlay, a file system of the kernel")
    if not (ROOT / "web" / "dist" / "index.html").is_file():
        lacks.append("the built page (make page)")
    return lacks


def make_bare(folder: Path, mirror: str) -> Path:
    """A bare Debian, and the packages of the roles as files in its own cache. mirror: empty for the one debootstrap knows."""
    root, whole = folder / "rootfs", folder / "rootfs.whole"
    wanted = " ".join((*INSTALLED, *CARRIED))
    if whole.is_file() and whole.read_text(encoding="ascii") == wanted:
        return root
    shutil.rmtree(root, ignore_errors=True)
    _run("debootstrap", "--variant=minbase", f"--include={','.join(INSTALLED)}", SUITE, root, *filter(None, [mirror]))
    shutil.copyfile("/etc/resolv.conf", root / "etc/resolv.conf")
    apt: list[str | Path] = ["chroot", root, "apt-get", "--quiet", "--yes", "--no-install-recommends"]
    _run(*apt, "update")
    _run(*apt, "--download-only", "install", *CARRIED)
    (root / "etc/resolv.conf").unlink()
    whole.write_text(wanted, encoding="ascii")
    return root


def make_ansible(folder: Path) -> Path:
    """Ansible in an environment of its own."""
    play = folder / "tools/bin/ansible-playbook"
    if not play.is_file():
        _run(sys.executable, "-m", "venv", "--clear", folder / "tools")
        _run(folder / "tools/bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", ANSIBLE)
    return play


def make_key(folder: Path) -> Path:
    """The key that signs releases and opens the box; of this trial alone."""
    key = folder / "key"
    if not key.is_file():
        _run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "trial", "-f", key)
    return key


def make_releases(folder: Path, key: Path, wheels: Path) -> Releases:
    """The three releases of this code as it is now; those of before are kept where it did not change."""
    state, mark = _state_of_sources(key), folder / "releases.json"
    if mark.is_file() and (kept := json.loads(mark.read_bytes()))["state"] == state:
        paths = {name: Path(path) for name, path in kept["paths"].items()}
        if all(path.is_file() for path in paths.values()):
            return Releases(**paths)
    shutil.rmtree(folder / "dist", ignore_errors=True)
    builder = _Builder(folder=folder, key=key, wheels=wheels)
    version = _version()
    first = builder.build(version, golden=None)
    golden = _taken_out(first, "golden/", folder / "first")
    # Only what moves six times as fast counts: it finds the fall and misses the skating.
    strict = {"movement_threshold_hps": "1.6", "release_hps": "1.2"}
    made = Releases(
        first=first,
        misjudging=builder.build(_after(version, 1), golden=golden, rules=strict),
        second=builder.build(_after(version, 2), golden=golden),
        clip=golden / "session.mp4",
    )
    mark.write_text(json.dumps({"state": state, "paths": {name: str(getattr(made, name)) for name in Releases.__slots__}}))
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class _Builder:
    """Builds releases of this code under other versions, each from a copy of its own."""

    folder: Path
    key: Path
    wheels: Path

    def build(self, version: str, *, golden: Path | None, rules: Mapping[str, str] | None = None) -> Path:
        """One release. rules: defaults of the motion rule that are other in it."""
        source = self.folder / "source" / version
        shutil.rmtree(source, ignore_errors=True)
        for path in _sources():
            (source / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / path, source / path)
        _rewrite(source / "pyproject.toml", r'(?m)^version = ".*"$', f'version = "{version}"')
        _rewrite(source / "appliance/__init__.py", r'(?m)^__version__ = ".*"$', f'__version__ = "{version}"')
        for name, value in (rules or {}).items():
            _rewrite(source / "appliance/domain/rules.py", rf"(?m)^(    {name}: float) = .*$", rf"\1 = {value}")
        words: list[str | Path] = ["--key", self.key, "--source", source, "--out", self.folder / "dist", "--wheels", self.wheels]
        words += ["--golden", golden] if golden else []
        epoch = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=True)
        environ = {**os.environ, "SOURCE_DATE_EPOCH": epoch.stdout.strip()}
        _run(sys.executable, "-m", "requirements.build_release", *words, environ=environ)
        shutil.rmtree(source)
        [archive] = (self.folder / "dist").glob(f"rinkreel-{version}-*.tar")
        return archive


def _sources() -> Iterator[Path]:
    """Files that a release is made of, relative to the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "-c", "-o", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True
    )
    names = {Path(os.fsdecode(name)) for name in listed.stdout.split(b"\0") if name}
    names |= {path.relative_to(ROOT) for path in (ROOT / "web" / "dist").rglob("*") if path.is_file()}
    yield from sorted(name for name in names if (ROOT / name).is_file())


def _state_of_sources(key: Path) -> str:
    """A hash over what a release does, and over who signs it. Units and the release tool reach a box by the playbooks."""
    digest = hashlib.sha256(key.with_suffix(".pub").read_bytes())
    for path in _sources():
        if path.parts[0] in ("appliance", "web", "models", "pyproject.toml") or path.match("requirements/*.txt"):
            digest.update(f"{path}\0".encode() + hashlib.sha256((ROOT / path).read_bytes()).digest())
    return digest.hexdigest()


def _taken_out(archive: Path, below: str, folder: Path) -> Path:
    """A folder of an archive, taken out of it."""
    shutil.rmtree(folder, ignore_errors=True)
    with tarfile.open(archive) as opened:
        members = [member for member in opened if member.name.startswith(below)]
        opened.extractall(folder, members, filter="data")
    return folder / below.rstrip("/")


def _version() -> str:
    found = re.search(r'(?m)^version = "(.*)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert found is not None
    return found.group(1)


def _after(version: str, steps: int) -> str:
    *front, last = version.split(".")
    return ".".join([*front, str(int(last) + steps)])


def _rewrite(path: Path, what: str, by: str) -> None:
    text, count = re.subn(what, by, path.read_text(encoding="utf-8"))
    assert count == 1, f"{what} is {count} times in {path}"
    path.write_text(text, encoding="utf-8")


def _run(*command: str | Path, environ: Mapping[str, str] | None = None) -> None:
    words: Sequence[str | Path] = command
    print(f"$ {' '.join(str(word) for word in words[:6])} …", flush=True)
    ended = subprocess.run(words, cwd=ROOT, env=environ, capture_output=True, text=True, check=False, timeout=MAKE_LIMIT_S)
    if ended.returncode:
        raise SystemExit(f"{words[0]} ended with {ended.returncode}:\n{ended.stdout[-2000:]}\n{ended.stderr[-2000:]}")
