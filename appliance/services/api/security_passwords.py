"""Passwords as salted scrypt hashes. Hashing runs in threads, few at a time: each needs 32 MiB."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Callable
from typing import TypeVar

from appliance.services.api.refusals import ASK_AGAIN_S, Refusal

#: Cost of one hash: about 0.1 s and 32 MiB. Source: OWASP password storage cheat sheet, scrypt.
LOG_N, R, P = 15, 8, 1
MAX_MEMORY_BYTES = 64 * 1024**2
SHORTEST, LONGEST = 8, 256
SALT_BYTES, HASH_BYTES = 16, 32
#: Hashes at once, and how many more may wait.
AT_ONCE, WAITING = 2, 32

Result = TypeVar("Result")


def check_password(password: str) -> None:
    """Raise Refusal unless this may become somebody's password."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Refusal(
            422,
            f"A password has {SHORTEST} to {LONGEST} characters; this one has {len(password)}.",
            remedy="Choose a longer one; three or four words make a good password."
            if len(password) < SHORTEST
            else "Choose a shorter one.",
        )


def hash_now(password: str) -> str:
    """The password as it is kept: kind, cost, salt and hash."""
    salt = secrets.token_bytes(SALT_BYTES)
    return "$".join(("scrypt", str(LOG_N), str(R), str(P), _text(salt), _text(_hash(password, salt, (LOG_N, R, P)))))


def matches_now(password: str, kept: str) -> bool:
    """Whether this password was kept so. What cannot be read matches nothing."""
    try:
        kind, log_n, r, p, salt, wanted = kept.split("$")
        if kind != "scrypt" or int(log_n) > LOG_N + 2:
            return False
        found = _hash(password, base64.b64decode(salt), (int(log_n), int(r), int(p)))
        return hmac.compare_digest(found, base64.b64decode(wanted))
    except ValueError:
        return False


class PasswordHasher:
    """Hashes and compares away from the event loop, a bounded number at a time."""

    def __init__(self) -> None:
        self._room = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        self._nobody: str | None = None

    async def hash(self, password: str) -> str:
        """The password as it is kept. Raises Refusal when it is too short, too long, or too many wait."""
        check_password(password)
        return await self._run(hash_now, password)

    async def matches(self, password: str, kept: str | None) -> bool:
        """Whether this password was kept so; takes as long when there is nothing to compare it with."""
        if kept is None:
            self._nobody = self._nobody or await self._run(hash_now, secrets.token_hex(8))
        if len(password) > LONGEST:
            return False
        return await self._run(matches_now, password, kept or self._nobody or "") and kept is not None

    async def _run(self, work: Callable[..., Result], *given: str) -> Result:
        if self._waiting >= WAITING:
            raise Refusal(503, "Too many people sign in at once.", remedy="Try again.", headers={"Retry-After": ASK_AGAIN_S})
        self._waiting += 1
        try:
            async with self._room:
                return await asyncio.to_thread(work, *given)
        finally:
            self._waiting -= 1


def _hash(password: str, salt: bytes, cost: tuple[int, int, int]) -> bytes:
    log_n, r, p = cost
    plain = unicodedata.normalize("NFKC", password).encode(errors="surrogatepass")
    return hashlib.scrypt(plain, salt=salt, n=2**log_n, r=r, p=p, maxmem=MAX_MEMORY_BYTES, dklen=HASH_BYTES)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
