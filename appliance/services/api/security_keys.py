"""Keys for scripts: `rk_<id>_<secret>`. Only a digest of the secret is kept; it is long enough to need no salt."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable

from appliance.domain.account import ApiKey, Role

KEY = re.compile(r"rk_([0-9a-f]{12})_([0-9a-f]{64})", re.ASCII)


def make_key(name: str, role: Role, now_s: float) -> tuple[ApiKey, str]:
    """A new key, and the one text that opens with it, which is shown once."""
    key_id, secret = secrets.token_hex(6), secrets.token_hex(32)
    return ApiKey(id=key_id, name=name, role=role, digest=digest_of(secret), created_at_s=now_s), f"rk_{key_id}_{secret}"


def key_of(authorization: str, keys: Iterable[ApiKey]) -> ApiKey | None:
    """The key that an Authorization header carries, if it is good."""
    scheme, _, text = authorization.partition(" ")
    match = KEY.fullmatch(text.strip())
    if scheme.lower() != "bearer" or match is None:
        return None
    found = digest_of(match[2])
    return next((key for key in keys if key.id == match[1] and hmac.compare_digest(key.digest, found)), None)


def is_credential(authorization: str, credential: str) -> bool:
    """Whether an Authorization header carries exactly this credential."""
    scheme, _, text = authorization.partition(" ")
    same = hmac.compare_digest(text.strip().encode(errors="replace"), credential.encode())
    return scheme.lower() == "bearer" and same


def digest_of(secret: str) -> str:
    """What is kept of a key's secret part."""
    return hashlib.sha256(secret.encode()).hexdigest()
