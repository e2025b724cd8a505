"""The box's own secrets, made before it first starts: the key that signs, and the code that lets the first admin in."""

from __future__ import annotations

import contextlib
import errno
import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from appliance.domain.errors import DiskFull, Misconfigured
from appliance.domain.place import DataFolder

KEY_BYTES = 32
_FULL = (errno.ENOSPC, errno.EDQUOT)
#: Letters and digits that are not mistaken for each other when read aloud.
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
CODE_GROUPS, CODE_GROUP = 3, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningSecrets:
    """The key that signs. It stays out of logs."""

    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedSecrets:
    """What the box needs to start. first_run_code: None once there is an account."""

    signing: SigningSecrets
    first_run_code: str | None = field(default=None, repr=False)


def prepare_secrets(data: DataFolder, *, has_accounts: bool) -> PreparedSecrets:
    """Make what is missing, and read it. The code stays the same until the first admin is made.

    Raises:
        Misconfigured: the folder cannot be written, or what lies there is not a key.
    """
    try:
        data.secrets.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = bytes.fromhex(_kept(data.secrets / "signing-key", secrets.token_hex(KEY_BYTES)))
        if has_accounts:
            forget_first_run_code(data)
        code = None if has_accounts else _kept(data.secrets / "first-run", _new_code())
    except ValueError as error:
        raise _unreadable(data.secrets / "signing-key") from error
    except OSError as error:
        kind = DiskFull if error.errno in _FULL else Misconfigured
        raise kind(
            f"The box's secrets could not be written to {data.secrets}: {error.strerror or error}.",
            remedy="Let the user that runs the box own this folder, and see that its disk has room.",
        ) from error
    if len(key) < KEY_BYTES:
        raise _unreadable(data.secrets / "signing-key")
    return PreparedSecrets(signing=SigningSecrets(key=key), first_run_code=code)


def is_first_run_code(data: DataFolder, code: str) -> bool:
    """Whether this is the code that the box printed. Dashes, spaces and capitals do not matter."""
    try:
        kept = (data.secrets / "first-run").read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return False
    return bool(kept.strip()) and hmac.compare_digest(_plain(kept).encode(), _plain(code).encode(errors="replace"))


def forget_first_run_code(data: DataFolder) -> None:
    """There is an account now."""
    with contextlib.suppress(FileNotFoundError):
        (data.secrets / "first-run").unlink()


def _kept(path: Path, fresh: str) -> str:
    """What the file says; where there is none, it appears whole, readable by this user alone."""
    with contextlib.suppress(FileNotFoundError):
        return path.read_text(encoding="ascii").strip()
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as stream:
            stream.write(fresh + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        # Whoever comes second keeps what the first one wrote.
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    return path.read_text(encoding="ascii").strip()


def _new_code() -> str:
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(CODE_GROUP)) for _ in range(CODE_GROUPS))


def _plain(code: str) -> str:
    return "".join(letter for letter in code.casefold() if letter.isalnum())


def _unreadable(path: Path) -> Misconfigured:
    return Misconfigured(
        f"{path} is not a key that this box made.",
        remedy="Move the file away; a new key is made, and everybody signs in again.",
    )
