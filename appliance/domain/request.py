"""What may be asked of the ledger, the only writer of the book. Asking twice for the same is the same as asking once."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.domain.account import Account, ApiKey, Share
from appliance.domain.house_rules import HouseRules
from appliance.domain.job import CutRules, FileRow, Notice, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenJob:
    """A drop or an upload begins."""

    job_id: str
    name: str
    source: Source
    trace_id: str
    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFiles:
    """What is known of a job's files by now; rows replace earlier ones of the same place."""

    job_id: str
    rows: tuple[FileRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddItem:
    """A recording was taken in: its files lie in the originals. parts: recordings and chapters in order, then proxies, whose
    `part` is that of the full file they belong to.

    content_id: sha256 over the sha256 of the full files, in order. refusal: why it is not even tried, with the remedy; such an
    item is failed from the start and has no original. The answer's `value` is the id of an item with the same content that is
    there already, or empty.
    """

    job_id: str
    item_id: str
    name: str
    content_id: str
    parts: tuple[FileRow, ...]
    rules: CutRules
    at_s: float
    refusal: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleJob:
    """Nothing more is expected of this job."""

    job_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryItem:
    """Try a failed or cancelled item again, from the stage that failed."""

    item_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelItem:
    """Stop working on an item; its original stays."""

    item_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteItem:
    """Forget an item; its files are swept afterwards, so that the same content may come again as new."""

    item_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PinItem:
    """Keep an item's reel for good, or no longer."""

    item_id: str
    pinned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecutItem:
    """Cut an item anew from what was seen in it, without watching again."""

    item_id: str
    rules: CutRules


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoCut:
    """Go back to the cut before the present one."""

    item_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetOriginal:
    """An item's original is about to be removed by policy; refused unless its reel is there or it was asked for by name."""

    item_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetReel:
    """An item's reel is about to be removed by policy; refused for pinned ones. The item stays listed."""

    item_id: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseNotice:
    """Something about the whole box that people should know."""

    notice: Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearNotice:
    """It is over."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveAccount:
    """Make or change an account; only_first: refuse when there is any account already."""

    account: Account
    only_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveAccount:
    """Remove an account; refused for the last admin."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveKey:
    """Keep a script's key."""

    key: ApiKey


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeKey:
    """A script's key is no longer good."""

    key_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveShare:
    """Keep a link to a reel."""

    share: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeShare:
    """A link is no longer good."""

    share_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveHouseRules:
    """Keep what the staff chose, in place of what they chose before."""

    rules: HouseRules


@dataclass(frozen=True, slots=True, kw_only=True)
class BackUp:
    """Copy the book now; the answer's `value` is the copy's path relative to the data folder."""


Request = (
    OpenJob
    | AccountFiles
    | AddItem
    | SettleJob
    | RetryItem
    | CancelItem
    | DeleteItem
    | PinItem
    | RecutItem
    | UndoCut
    | ForgetOriginal
    | ForgetReel
    | RaiseNotice
    | ClearNotice
    | SaveAccount
    | RemoveAccount
    | SaveKey
    | RevokeKey
    | SaveShare
    | RevokeShare
    | SaveHouseRules
    | BackUp
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the ledger says. ok: it is in the book, on disk. Otherwise why not, and what to do."""

    ok: bool
    why: str = ""
    remedy: str = ""
    value: str = ""
