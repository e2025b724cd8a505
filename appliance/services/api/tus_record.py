"""What is known of one resumable upload, kept beside its bytes."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from appliance.services.api.refusals import Refusal

RECORD, BYTES = "upload.json", "bytes"
UPLOAD_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
CHECKSUMS = ("sha1", "sha256")
MOST_METADATA = 8_192


@dataclass(frozen=True, slots=True, kw_only=True)
class TusUpload:
    """One upload. offset: bytes that are surely on the disk. taken: intake has it; job_id: as what.

    batch, companions: what came together, and the names of the files of one recording among them; none for most.
    """

    id: str
    length: int
    name: str
    expires_at_s: float
    offset: int = 0
    taken: bool = False
    job_id: str = ""
    batch: str = ""
    companions: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether all bytes are there."""
        return self.offset >= self.length


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the bytes of one request must add up to."""

    algorithm: str
    digest: bytes

    def agrees(self, found: bytes) -> bool:
        """Whether they did."""
        return self.digest == found

    def begin(self) -> hashlib._Hash:
        """A running sum."""
        return hashlib.new(self.algorithm, usedforsecurity=False)


def read_checksum(header: str | None) -> Checksum | None:
    """`sha1 <base64>` as a checksum. Raises Refusal for what cannot be read."""
    if header is None:
        return None
    algorithm, _, text = header.partition(" ")
    try:
        digest = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        digest = b""
    if algorithm not in CHECKSUMS or not digest:
        raise Refusal(400, "This checksum cannot be read.", remedy=f"Send one of {', '.join(CHECKSUMS)}, a space, and base64.")
    return Checksum(algorithm, digest)


def read_metadata(header: str | None) -> dict[str, str]:
    """`key base64,key base64` as text. Raises Refusal for what cannot be read."""
    if header is None:
        return {}
    pairs = (pair.strip().partition(" ") for pair in header[:MOST_METADATA].split(",") if pair.strip())
    try:
        return {key: base64.b64decode(value, validate=True).decode(errors="replace") for key, _, value in pairs}
    except (binascii.Error, ValueError) as error:
        raise Refusal(400, "Upload-Metadata cannot be read.", remedy="Send keys with values in base64.") from error


def save_upload(folder: Path, upload: TusUpload) -> None:
    """Write the record whole: it is the old one or the new one, whatever happens meanwhile."""
    own = folder / upload.id
    temporary = own / f".{RECORD}.part"
    with temporary.open("wb") as stream:
        stream.write(json.dumps(asdict(upload)).encode())
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(own / RECORD)
    sync_folder(own)


def find_uploads(folder: Path) -> Iterator[TusUpload]:
    """Every upload that can be gone on with."""
    folder.mkdir(parents=True, exist_ok=True)
    for record in folder.glob(f"*/{RECORD}"):
        with suppress(OSError, ValueError, TypeError):
            written = json.loads(record.read_bytes())
            upload = TusUpload(**{**written, "companions": tuple(written.get("companions", ()))})
            if upload.id == record.parent.name and UPLOAD_ID.fullmatch(upload.id):
                yield upload


def forget_upload(folder: Path, upload_id: str) -> None:
    """Remove an upload and its bytes."""
    shutil.rmtree(folder / upload_id, ignore_errors=True)


def sweep_strangers(folder: Path, before_s: float) -> None:
    """Remove what other requests left behind when the box went down under them."""
    for own in folder.iterdir():
        if UPLOAD_ID.fullmatch(own.name) and own.is_dir() and not (own / RECORD).exists() and _newest_s(own) < before_s:
            shutil.rmtree(own, ignore_errors=True)


def sync_folder(folder: Path) -> None:
    """Let a folder's names survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _newest_s(folder: Path) -> float:
    newest = 0.0
    for path in (folder, *folder.rglob("*")):
        with suppress(OSError):
            newest = max(newest, path.stat().st_mtime)
    return newest
