"""What the API is asked, in bodies of requests."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from appliance.domain.account import Role
from appliance.domain.rules import MOST_PARTS

AccountName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="Letters, digits, - and _.")]
Password = Annotated[str, Field(max_length=1024)]


class Asked(BaseModel):
    """A request's body; unknown names are refused, so that a typing error is noticed."""

    model_config = ConfigDict(extra="forbid")


Moment = Annotated[float, Field(ge=0, le=1e7, allow_inf_nan=False)]
Stretch = tuple[Moment, Moment]


class CutAsked(Asked):
    """How moments are found and cut. Speeds in body heights per second, the rest in seconds."""

    threshold: float | None = Field(default=None, ge=0.001, le=20)
    min_moving: float | None = Field(default=None, ge=0, le=600)
    max_stationary: float | None = Field(default=None, ge=0, le=600)
    merge_gap: float | None = Field(default=None, ge=0, le=600)
    pad_before: float | None = Field(default=None, ge=0, le=60)
    pad_after: float | None = Field(default=None, ge=0, le=60)


class RecutAsked(CutAsked):
    """What to change; what is not given stays as it is."""

    budget: float | None = Field(default=None, ge=1, le=86_400, description="Longest reel; null keeps every moment.")
    parts: list[Stretch] | None = Field(
        default=None,
        min_length=1,
        max_length=MOST_PARTS,
        description="Stretches chosen by hand, [start, end] each: they are the reel, exactly. Left out: what is detected.",
    )


class PinAsked(Asked):
    """Whether the reel is kept for good."""

    pinned: bool = True


class ShareAsked(Asked):
    """How long a link lasts."""

    hours: float | None = Field(default=None, ge=0.01, le=24 * 366)


class SignInAsked(Asked):
    """Who somebody is, and how they prove it."""

    name: str = Field(min_length=1, max_length=64)
    password: Password


class SignOutAsked(Asked):
    """everywhere: end this account's sessions on all devices."""

    everywhere: bool = False


class FirstRunAsked(Asked):
    """The code that the box printed, and the first admin."""

    code: str = Field(min_length=1, max_length=64)
    name: AccountName
    password: Password


class AccountAsked(Asked):
    """A new account, or a new role or password for one."""

    name: AccountName
    role: Role
    password: Password | None = None


class PasswordAsked(Asked):
    """A change of one's own password."""

    old: Password
    new: Password


class KeyAsked(Asked):
    """A key for a script."""

    name: AccountName
    role: Role = Role.OPERATOR
