"""Sessions as signed cookies: nothing is kept on the box, and a new epoch of the account ends all of them."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import OrderedDict
from dataclasses import dataclass

from itsdangerous import BadData, URLSafeSerializer

from appliance.domain.account import Account
from appliance.ports.surroundings import Clock

COOKIE = "rinkreel_session"
LONGEST_COOKIE = 1024
#: Sessions that were signed out before they ran out; older ones are forgotten first.
MOST_ENDED = 10_000
#: A clock that was set back a little ends no session.
CLOCK_SLACK_S = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionClaim:
    """What a cookie says, once its signature was found good."""

    id: str
    name: str
    epoch: int
    issued_at_s: float


class Sessions:
    """Makes and reads session cookies, and the tokens that prove that a request came from our own page."""

    def __init__(self, key: bytes, clock: Clock, lasts_s: float) -> None:
        self._signer = URLSafeSerializer(key, salt="session", signer_kwargs={"digest_method": hashlib.sha256})
        self._page_key = hmac.new(key, b"page token", hashlib.sha256).digest()
        self._clock = clock
        self._lasts_s = lasts_s
        self._ended: OrderedDict[str, None] = OrderedDict()

    @property
    def lasts_s(self) -> float:
        """How long a session lasts."""
        return self._lasts_s

    def issue(self, account: Account) -> str:
        """A cookie for somebody who proved who they are."""
        claim = {"i": secrets.token_urlsafe(9), "n": account.name, "e": account.epoch, "t": round(self._clock.now_s())}
        text = self._signer.dumps(claim)
        return text if isinstance(text, str) else text.decode()

    def read(self, cookie: str) -> SessionClaim | None:
        """What a cookie says; None when it is not ours, too old, or signed out."""
        if len(cookie) > LONGEST_COOKIE:
            return None
        try:
            said = self._signer.loads(cookie)
            claim = SessionClaim(id=said["i"], name=said["n"], epoch=said["e"], issued_at_s=said["t"])
        except (BadData, KeyError, TypeError, ValueError):
            return None
        age_s = self._clock.now_s() - claim.issued_at_s
        return claim if -CLOCK_SLACK_S <= age_s < self._lasts_s and claim.id not in self._ended else None

    def end(self, cookie: str) -> None:
        """Let this one session be over."""
        if (claim := self.read(cookie)) is not None:
            self._ended[claim.id] = None
            if len(self._ended) > MOST_ENDED:
                self._ended.popitem(last=False)

    def page_token(self, cookie: str) -> str:
        """What our own page sends along with this cookie, and no other page can know."""
        return hmac.new(self._page_key, cookie.encode(errors="replace"), hashlib.sha256).hexdigest()
