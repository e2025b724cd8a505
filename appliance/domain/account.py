"""Who may do what, and how they prove who they are. Secrets are kept as salted hashes, never as they were typed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """viewer: watch and download. operator: also upload, cut, retry, share. admin: also accounts, keys, deletion, settings."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"

    @property
    def rank(self) -> int:
        """Each role may do what those below it may."""
        return tuple(Role).index(self)

    def covers(self, other: Role) -> bool:
        """Whether somebody of this role may do what `other` may."""
        return self.rank >= other.rank


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person's account. epoch: sessions made before it changed are over. temporary: the first run's code, to be replaced."""

    name: str
    role: Role
    secret: str
    epoch: int = 0
    temporary: bool = False
    created_at_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A script's key. digest: sha256 of the key's random part, which is long enough to need no salt."""

    id: str
    name: str
    role: Role
    digest: str
    created_at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A link to one reel for people without an account."""

    id: str
    item_id: str
    made_by: str
    created_at_s: float
    expires_at_s: float
