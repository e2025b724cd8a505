"""What people follow on the page: a job is one drop, upload or batch; an item is one recording of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from appliance.domain.media import Recording
from appliance.domain.reel import Reel, ReelPlan
from appliance.domain.rules import MotionRule, ReelRule, WatchingRule
from appliance.domain.segment import Segment


class Source(StrEnum):
    """How footage came in."""

    FOLDER = "folder"
    UPLOAD = "upload"


class ItemState(StrEnum):
    """Where an item stands. A recording in which nobody moves is completed, without a reel and with a message that says so."""

    QUEUED = "queued"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether nothing more happens by itself."""
        return self in (ItemState.COMPLETED, ItemState.FAILED, ItemState.CANCELLED)


class Fate(StrEnum):
    """What became of a file of a drop."""

    WAITING = "waiting"
    RECORDING = "recording"
    CHAPTER = "chapter"
    PROXY = "proxy"
    DUPLICATE = "duplicate"
    IGNORED = "ignored"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class CutRules:
    """Everything that decides how a recording becomes a reel."""

    watching: WatchingRule = field(default_factory=WatchingRule)
    motion: MotionRule = field(default_factory=MotionRule)
    reel: ReelRule = field(default_factory=ReelRule)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """One file of a drop, as its receipt lists it.

    place: path within the drop, with forward slashes. stored: where its bytes lie now, relative to the data folder; None while
    it still lies in the share or when it was not taken. part: 0 for a recording's first file, 1 for its second chapter and so on.
    """

    place: str
    size_bytes: int
    modified_s: float
    fate: Fate
    reason: str = ""
    sha256: str | None = None
    item_id: str | None = None
    part: int = 0
    stored: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One drop, upload or batch. settled: every file of it is accounted for, nothing more is expected."""

    id: str
    name: str
    source: Source
    created_at_s: float
    trace_id: str
    settled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One recording. reel, poster: relative to the data folder. kept_s: seconds of footage that are in the reel."""

    id: str
    job_id: str
    name: str
    content_id: str
    trace_id: str
    state: ItemState
    revision: int
    created_at_s: float
    stage: str = ""
    message: str = ""
    remedy: str = ""
    remarks: tuple[str, ...] = ()
    started_at_s: float | None = None
    finished_at_s: float | None = None
    size_bytes: int = 0
    duration_s: float | None = None
    kept_s: float | None = None
    moments: int | None = None
    chunks_total: int = 0
    chunks_done: int = 0
    reel: str | None = None
    poster: str | None = None
    reel_bytes: int | None = None
    pinned: bool = False
    has_original: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One way of cutting an item. signal: name of the artefact that holds the motion signal. reel: paths relative to the data
    folder; None until it is assembled, and where nothing moves."""

    item_id: str
    number: int
    rules: CutRules
    created_at_s: float
    recording: Recording | None = None
    segments: tuple[Segment, ...] = ()
    plan: ReelPlan | None = None
    signal: str | None = None
    reel: Reel | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """An order that was given up although its footage may be fine: shown, and retryable."""

    order_id: str
    item_id: str
    stage: str
    why: str
    remedy: str
    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something about the whole box that people should know, by key: intake is paused, the clock is wrong."""

    key: str
    why: str
    remedy: str
    at_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tallies:
    """Figures about the whole box, for its page and its metrics.

    items: by state. orders: waiting, published and held ones by lane. stage_s: seconds spent and orders done, by stage.
    oldest_open_at_s: since when the recording or re-cut that waits longest has been wanted; None when nothing waits.
    """

    items: dict[str, int] = field(default_factory=dict)
    orders: dict[str, int] = field(default_factory=dict)
    stage_s: dict[str, tuple[float, int]] = field(default_factory=dict)
    segments: int = 0
    footage_s: float = 0.0
    kept_s: float = 0.0
    dead_letters: int = 0
    last_reel_at_s: float | None = None
    oldest_open_at_s: float | None = None
