"""Links to one reel for people without an account: a signed name of a row in the book, which can expire and be revoked."""

from __future__ import annotations

import hashlib
import re
import secrets

from itsdangerous import BadData, URLSafeSerializer

TOKEN = re.compile(r"[A-Za-z0-9_.-]{8,200}", re.ASCII)


class ShareTokens:
    """Makes and reads the part of a link that nobody can guess."""

    def __init__(self, key: bytes) -> None:
        self._signer = URLSafeSerializer(key, salt="share", signer_kwargs={"digest_method": hashlib.sha256})

    def token_of(self, share_id: str) -> str:
        """What stands in the link."""
        text = self._signer.dumps(share_id)
        return text if isinstance(text, str) else text.decode()

    def share_id_in(self, token: str) -> str | None:
        """Which row a link names; None when we did not make it."""
        if not TOKEN.fullmatch(token):
            return None
        try:
            share_id = self._signer.loads(token)
        except (BadData, ValueError):
            return None
        return share_id if isinstance(share_id, str) else None


def new_share_id() -> str:
    """An id for a new link."""
    return secrets.token_hex(8)
