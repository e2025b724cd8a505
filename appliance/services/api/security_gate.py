"""Who is asking, and whether the request really comes from our own page or from a script with a key."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from appliance.domain.account import Role
from appliance.ports.book import BookView
from appliance.services.api.refusals import Refusal
from appliance.services.api.security_keys import key_of
from appliance.services.api.security_sessions import COOKIE, Sessions

TOKEN_HEADER = "x-rinkreel-csrf"  # noqa: S105 - the name of a header
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Somebody who may come in. by: `session`, `key`, or `open` where nobody has to sign in. cookie: of a session."""

    name: str
    role: Role
    by: str
    cookie: str = ""
    temporary: bool = False


class Gate:
    """Recognises visitors. Reads the book, so it is asked in a thread."""

    def __init__(self, book: BookView, sessions: Sessions, *, sign_in: bool) -> None:
        self._book = book
        self._sessions = sessions
        self._sign_in = sign_in

    def visitor(self, request: HTTPConnection) -> Visitor | None:
        """Who is asking; None when they have not said, or cannot prove it. Raises Transient while there is no book."""
        authorization = request.headers.get("authorization", "")
        if authorization:
            key = key_of(authorization, self._book.keys())
            return Visitor(name=f"key {key.name}", role=key.role, by="key") if key is not None else None
        if not self._sign_in:
            return Visitor(name="everybody", role=Role.ADMIN, by="open")
        return self._by_cookie(request.cookies.get(COOKIE, ""))

    def check_origin(self, request: HTTPConnection) -> None:
        """Raise Refusal when a browser says that another site's page sent this."""
        site = request.headers.get("sec-fetch-site", "same-origin")
        origin = request.headers.get("origin")
        if site not in ("same-origin", "none") or (origin is not None and not _is_host(origin, request.headers.get("host", ""))):
            raise Refusal(403, "This request came from another site's page.", remedy="Use the box's own page, or a key.")

    def check_page_token(self, request: HTTPConnection, visitor: Visitor) -> None:
        """Raise Refusal unless a request by cookie carries the token that only our own page knows."""
        if visitor.by != "session":
            return
        said = request.headers.get(TOKEN_HEADER, "").encode(errors="replace")
        if not hmac.compare_digest(said, self._sessions.page_token(visitor.cookie).encode()):
            raise Refusal(403, "This request lacks the page's token.", remedy="Reload the page and try again.")

    def _by_cookie(self, cookie: str) -> Visitor | None:
        claim = self._sessions.read(cookie) if cookie else None
        account = self._book.account(claim.name) if claim is not None else None
        if claim is None or account is None or account.epoch != claim.epoch:
            return None
        return Visitor(name=account.name, role=account.role, by="session", cookie=cookie, temporary=account.temporary)


def _is_host(origin: str, host: str) -> bool:
    try:
        return bool(host) and urlsplit(origin).netloc.lower() == host.lower()
    except ValueError:
        return False
