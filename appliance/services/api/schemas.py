"""What the API answers. Times are seconds since 1970, durations seconds, sizes bytes."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from appliance.domain.account import Role
from appliance.domain.health import State

JobStatus = Literal["queued", "processing", "completed", "failed", "partial", "cancelled"]
ItemStatus = Literal["queued", "processing", "completed", "failed", "cancelled"]


class ErrorBody(BaseModel):
    """What happened, and what to do about it."""

    error: str
    remedy: str = ""


class Done(BaseModel):
    """It is in the book, on disk."""

    ok: bool = True


class StageBody(BaseModel):
    """How far one stage is, 0 to 1."""

    stage: str
    share: float


class ItemBody(BaseModel):
    """One recording."""

    item_id: str
    job_id: str
    name: str
    status: ItemStatus
    stage: str = ""
    message: str = ""
    remedy: str = ""
    remarks: list[str] = []
    progress: float
    stages: list[StageBody] = []
    eta_s: float | None = None
    created_at_s: float
    started_at_s: float | None = None
    finished_at_s: float | None = None
    size_bytes: int
    duration_s: float | None = None
    kept_s: float | None = None
    moments: int | None = None
    revision: int
    reel_bytes: int | None = None
    pinned: bool
    has_original: bool
    expires_at_s: float | None = None
    download_url: str | None = None
    poster_url: str | None = None


class StatusBody(BaseModel):
    """One job and a page of its items. counts: items by status, of the whole job."""

    job_id: str
    name: str
    source: Literal["folder", "upload"]
    created_at_s: float
    settled: bool
    status: JobStatus
    counts: dict[str, int]
    total: int
    items: list[ItemBody]


class JobBody(BaseModel):
    """One job in a list."""

    job_id: str
    name: str
    source: Literal["folder", "upload"]
    created_at_s: float
    settled: bool
    status: JobStatus
    progress: float
    counts: dict[str, int]
    total: int
    footage_s: float
    kept_s: float


class JobsBody(BaseModel):
    """Jobs, newest first. next_before: ask with this for older ones; None at the end."""

    jobs: list[JobBody]
    next_before: float | None = None


class ReceiptLineBody(BaseModel):
    """One file of a drop. status, kept_s: of the recording it belongs to."""

    place: str
    size_bytes: int
    sha256: str | None
    fate: str
    status: ItemStatus | None
    kept_s: float | None
    note: str


class ReceiptBody(BaseModel):
    """What became of a drop, and a page of its files. verdict: one line that says whether the card may be formatted."""

    job_id: str
    name: str
    verdict: str
    safe_to_format: bool
    kept_s: float
    cut_s: float
    total: int
    files: list[ReceiptLineBody]


class RulesBody(BaseModel):
    """How a cut was made. parts: how many stretches somebody chose by hand; None when they were detected."""

    threshold: float
    release: float
    min_moving: float
    max_stationary: float
    merge_gap: float
    pad_before: float
    pad_after: float
    budget: float | None
    parts: int | None = None


class RevisionBody(BaseModel):
    """One cut of a recording."""

    number: int
    created_at_s: float
    moments: int
    reel_s: float | None
    rules: RulesBody


class PartBody(BaseModel):
    """One file of a recording."""

    place: str
    size_bytes: int
    sha256: str | None
    fate: str


class ItemDetailBody(BaseModel):
    """One recording with its files and cuts."""

    item: ItemBody
    files: list[PartBody]
    revisions: list[RevisionBody]


class SegmentBody(BaseModel):
    """A stretch in which somebody moves, on the recording's clock."""

    start_s: float
    end_s: float
    score: float
    peak_hps: float
    peak_at_s: float
    reason: str


class CutBody(BaseModel):
    """A stretch that is in the reel, and where it begins there."""

    start_s: float
    end_s: float
    reel_at_s: float
    title: str


class SegmentsBody(BaseModel):
    """A page of segments, and the reel's cuts."""

    item_id: str
    revision: int
    total: int
    segments: list[SegmentBody]
    cuts: list[CutBody]


class SignalBody(BaseModel):
    """Motion over time: in each step the fastest moment and the most people."""

    item_id: str
    revision: int
    threshold_hps: float
    release_hps: float
    times_s: list[float]
    speed_hps: list[float]
    people: list[int]


class ShareBody(BaseModel):
    """A link to one reel for people without an account."""

    share_id: str
    item_id: str
    url: str
    expires_at_s: float
    made_by: str
    qr_svg_url: str


class MeBody(BaseModel):
    """Who is asking. csrf: to be sent as X-Rinkreel-CSRF with everything that changes something."""

    name: str
    role: Role
    csrf: str
    temporary: bool
    sign_in: bool
    box_name: str


class DoorBody(BaseModel):
    """What a page has to know before anybody signed in."""

    box_name: str
    sign_in: bool
    first_run: bool


class AccountBody(BaseModel):
    """One account."""

    name: str
    role: Role
    temporary: bool
    created_at_s: float


class KeyBody(BaseModel):
    """One key. key: the whole text, only in the answer that makes it."""

    key_id: str
    name: str
    role: Role
    created_at_s: float
    key: str | None = None


class UploadedBody(BaseModel):
    """One recording that came in. duplicate_of: the item that holds the same footage already."""

    item_id: str
    name: str
    status: Literal["accepted", "duplicate", "failed"]
    message: str = ""
    remedy: str = ""
    duplicate_of: str | None = None


class UploadBody(BaseModel):
    """What became of an upload."""

    job_id: str
    items: list[UploadedBody]


class DeadLetterBody(BaseModel):
    """An order that was given up although its footage may be fine."""

    order_id: str
    item_id: str
    stage: str
    error: str
    remedy: str
    at_s: float


class NoticeBody(BaseModel):
    """Something about the whole box that people should know."""

    key: str
    error: str
    remedy: str
    at_s: float


class ExpiringBody(BaseModel):
    """A reel that goes soon unless it is pinned."""

    item_id: str
    job_id: str
    name: str
    expires_at_s: float


class LightBody(BaseModel):
    """One of the box's lights: footage, work, reels, disk or models."""

    name: str
    state: State
    why: str
    remedy: str


class ChoicesBody(BaseModel):
    """What the box works with, and why. fell_back: what would be faster and is not used, with the reason."""

    backend: str
    encoder: str
    encoder_why: str
    graphics: list[str]
    fell_back: list[str]


class TemperatureBody(BaseModel):
    """One sensor."""

    name: str
    celsius: float


class BoxBody(BaseModel):
    """The box as a whole. choices: None until they are known. temperatures: empty where nothing tells. watched_s: seconds that
    its workers took to watch the footage, all together."""

    name: str
    now_s: float
    disk_free_bytes: int
    disk_total_bytes: int
    disk_floor_bytes: int
    gpu: bool
    notices: list[NoticeBody]
    items: dict[str, int]
    orders: dict[str, int]
    dead_letters: int
    segments: int
    footage_s: float
    kept_s: float
    watched_s: float = 0.0
    last_reel_at_s: float | None
    expiring: list[ExpiringBody]
    versions: dict[str, str]
    lights: list[LightBody] = []
    choices: ChoicesBody | None = None
    temperatures: list[TemperatureBody] = []


class HealthBody(BaseModel):
    """Whether all is well, and what is not."""

    ok: bool
    reasons: list[str] = []
