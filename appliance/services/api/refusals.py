"""Saying no over HTTP: every refusal carries what happened and what to do, and nothing about the inside of the box."""

from __future__ import annotations

from collections.abc import Mapping

from appliance.domain.errors import DiskFull, Misconfigured, RinkreelError, Transient, Unusable

#: What an error of this product means to a client, the most particular kind first.
STATUSES: tuple[tuple[type[RinkreelError], int], ...] = (
    (DiskFull, 507),
    (Transient, 503),
    (Unusable, 415),
    (Misconfigured, 409),
    (RinkreelError, 400),
)
#: Seconds after which a client may ask again when something is briefly away.
ASK_AGAIN_S = "5"


class Refusal(Exception):  # noqa: N818 - named for what it is
    """A request that is not granted."""

    def __init__(self, status: int, why: str, *, remedy: str = "", headers: Mapping[str, str] | None = None) -> None:
        super().__init__(why)
        self.status = status
        self.why = why
        self.remedy = remedy
        self.headers = dict(headers or {})


def refusal_from_error(error: RinkreelError) -> Refusal:
    """What this product's error means to a client."""
    status = next(status for kind, status in STATUSES if isinstance(error, kind))
    headers = {"Retry-After": ASK_AGAIN_S} if status == 503 else {}
    return Refusal(status, error.why, remedy=error.remedy, headers=headers)


def not_found(what: str) -> Refusal:
    """There is no such thing, or no longer."""
    return Refusal(404, f"There is no such {what}.", remedy="It may have been deleted. Look at the list of jobs.")
