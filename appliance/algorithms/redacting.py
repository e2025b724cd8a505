"""Takes secrets out of texts that are given away: keys, passwords, sessions, links."""

from __future__ import annotations

import re
from collections.abc import Collection

HIDDEN = "[hidden]"
#: A secret that was named this short would turn up everywhere.
SHORTEST = 6
#: What gives a secret away by its shape, or by what stands before it; the group stays.
SHAPES = (
    re.compile(r"\brk_[A-Za-z0-9_.-]+()"),
    re.compile(r"\$scrypt\$\S+()|\$argon2\S+()"),
    re.compile(r"(?i)(authorization['\"]?\s*[:=]\s*['\"]?(?:bearer|basic)\s+)[^\s'\",]+"),
    re.compile(r"(?i)(\bbearer\s+)[A-Za-z0-9._~+/=-]{8,}"),
    re.compile(r"(rinkreel_session=)[^\s;,'\"]+"),
    re.compile(r"(/s/)[A-Za-z0-9._~-]{16,}"),
    re.compile(r"([a-z][a-z0-9+.-]*://)[^/\s@'\"]+@"),
    re.compile(
        r"(?i)(\b[\w-]*(?:password|passphrase|secret|csrf|token|credential|api[_-]?key)['\"]?\s*[:=]\s*)(?:\"[^\"]*\"|'[^']*'|[^\s,;}\]]+)"
    ),
)


def redact(text: str, secrets: Collection[str] = ()) -> str:
    """The text without anything that looks like a secret, and without those that are known."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= SHORTEST:
            text = text.replace(secret, HIDDEN)
    for shape in SHAPES:
        text = shape.sub(lambda found: f"{found.group(1) or ''}{HIDDEN}", text)
    return text
