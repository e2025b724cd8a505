"""A release is one tar: a manifest with the hash of every file, the manifest's signature, then the files.

Standard library and OpenSSH's ssh-keygen alone, because a box reads releases with this before anything of Rinkreel is installed.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path, PurePosixPath

MANIFEST, SIGNATURE = "manifest.json", "manifest.json.sig"
#: What the signature is good for, and who may give it. Source: ssh-keygen(1), namespaces and allowed signers.
NAMESPACE, SIGNER = "rinkreel-release", "release"
MOST_MANIFEST_BYTES, MOST_FILES, PIECE_BYTES = 4 << 20, 5000, 1 << 20
KEYGEN_LIMIT_S = 30
VERSION = re.compile(r"[0-9]+(\.[0-9]+){1,3}([.+-]?[a-z0-9]{1,16})?")


class SealError(Exception):
    """A release that is not what its maker signed, in plain words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a release says of itself. files: path → sha256; epoch_s: the time that stands in every file of it."""

    version: str
    platform: str
    python: str
    source: str
    epoch_s: int
    files: Mapping[str, str]

    @property
    def name(self) -> str:
        """What its archive is called."""
        return f"rinkreel-{self.version}-{self.platform}-py{self.python.replace('.', '')}.tar"

    def written(self) -> bytes:
        """As it lies in the archive."""
        return (json.dumps(asdict(self), indent=1, sort_keys=True) + "\n").encode()


def hash_files(folder: Path) -> dict[str, str]:
    """Every file below a folder with its sha256, in the order of the archive."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hash_file(path) for path in paths}


def hash_file(path: Path) -> str:
    """Its sha256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def seal(folder: Path, manifest: Manifest, key: Path, target: Path) -> None:
    """Write the archive: the same files, manifest and key give the same bytes. It appears only when it is whole.

    Raises:
        SealError: it could not be signed.
    """
    written = manifest.written()
    unfinished = target.with_name(f".{target.name}.part")
    with tarfile.open(unfinished, "w", format=tarfile.PAX_FORMAT) as archive:
        _add(archive, MANIFEST, written, manifest.epoch_s)
        _add(archive, SIGNATURE, sign(written, key), manifest.epoch_s)
        for name in sorted(manifest.files):
            info = _plain(name, (folder / name).stat().st_size, manifest.epoch_s)
            with (folder / name).open("rb") as file:
                archive.addfile(info, file)
    unfinished.replace(target)


def sign(text: bytes, key: Path) -> bytes:
    """A signature by an SSH key; of Ed25519, which always signs alike. Raises SealError."""
    command = ["ssh-keygen", "-q", "-Y", "sign", "-f", str(key), "-n", NAMESPACE]
    ended = subprocess.run(command, input=text, capture_output=True, check=False, timeout=KEYGEN_LIMIT_S)
    if ended.returncode:
        raise SealError(f"the release could not be signed with {key}: {ended.stderr.decode(errors='replace').strip()}")
    return ended.stdout


def require_signature(text: bytes, signature: bytes, signers: Path) -> None:
    """Raises SealError unless one of the signers that this box trusts signed exactly this text."""
    with tempfile.NamedTemporaryFile(prefix="rinkreel-", suffix=".sig") as file:
        file.write(signature)
        file.flush()
        command = ["ssh-keygen", "-q", "-Y", "verify", "-f", str(signers), "-I", SIGNER, "-n", NAMESPACE, "-s", file.name]
        ended = subprocess.run(command, input=text, capture_output=True, check=False, timeout=KEYGEN_LIMIT_S)
    if ended.returncode:
        said = (ended.stderr or ended.stdout).decode(errors="replace").strip()
        raise SealError(f"the release is not signed by anybody named in {signers}: {said}")


def unseal(archive: Path, signers: Path, into: Path | None = None) -> Manifest:
    """Read an archive once from front to end: the signature first, then every file against its hash.

    Args:
        archive: the release.
        signers: whom this box trusts, in OpenSSH's form of allowed signers.
        into: an empty folder for the files; None only examines.

    Raises:
        SealError: anything is missing, too much, or different from what was signed.
    """
    try:
        with tarfile.open(archive, "r:") as opened:
            members = iter(opened)
            manifest = _signed_manifest(opened, members, signers)
            missing = dict(manifest.files)
            for member in members:
                wanted = missing.pop(member.name, None)
                if wanted is None or not member.isreg():
                    raise SealError(f"{member.name} does not belong to the release")
                if _take(opened, member, into) != wanted:
                    raise SealError(f"{member.name} is not what was signed")
    except (tarfile.TarError, OSError, EOFError) as error:
        raise SealError(f"{archive} cannot be read: {error}") from error
    if missing:
        raise SealError(f"{min(missing)} is missing; the archive is not whole")
    return manifest


def read_manifest(text: bytes) -> Manifest:
    """A manifest out of its text. Raises SealError where it says something that nobody may say."""
    try:
        manifest = Manifest(**{each.name: json.loads(text)[each.name] for each in fields(Manifest)})
        sound = VERSION.fullmatch(manifest.version) and len(manifest.files) <= MOST_FILES
        sound = sound and all(_is_inside(name) and len(digest) == 64 for name, digest in manifest.files.items())
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SealError(f"the manifest cannot be read: {error!r}") from error
    if not sound:
        raise SealError("the manifest names what cannot be in a release")
    return manifest


def _signed_manifest(opened: tarfile.TarFile, members: Iterator[tarfile.TarInfo], signers: Path) -> Manifest:
    texts = {}
    for name in (MANIFEST, SIGNATURE):
        member = next(members, None)
        if member is None or member.name != name or not member.isreg() or member.size > MOST_MANIFEST_BYTES:
            raise SealError(f"the archive does not begin with {MANIFEST} and {SIGNATURE}")
        file = opened.extractfile(member)
        texts[name] = file.read() if file else b""
    require_signature(texts[MANIFEST], texts[SIGNATURE], signers)
    return read_manifest(texts[MANIFEST])


def _take(opened: tarfile.TarFile, member: tarfile.TarInfo, into: Path | None) -> str:
    """Hash a member, and write it into the folder on the way."""
    digest, source = hashlib.sha256(), opened.extractfile(member)
    if source is None:
        raise SealError(f"{member.name} holds nothing")
    target = into / member.name if into else Path("/dev/null")
    if into:
        target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        while piece := source.read(PIECE_BYTES):
            digest.update(piece)
            file.write(piece)
    if into and member.mode & 0o100:
        target.chmod(0o755)
    return digest.hexdigest()


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(name) and not path.is_absolute() and ".." not in path.parts and path.as_posix() == name


def _add(archive: tarfile.TarFile, name: str, content: bytes, epoch_s: int) -> None:
    archive.addfile(_plain(name, len(content), epoch_s), io.BytesIO(content))


def _plain(name: str, size: int, epoch_s: int) -> tarfile.TarInfo:
    """A member without anything of the machine that made it."""
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.mode = size, epoch_s, 0o755 if name.endswith(".sh") else 0o644
    return info
