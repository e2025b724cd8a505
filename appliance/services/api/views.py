"""From the book's rows to what goes over the wire."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from appliance.domain.job import CutRules, Item, ItemState, Job, Revision
from appliance.domain.motion import MotionSignal
from appliance.domain.receipt import CardReceipt
from appliance.domain.segment import Segment
from appliance.services.api.house import House
from appliance.services.api.schemas import (
    CutBody,
    ItemBody,
    JobBody,
    JobStatus,
    ReceiptBody,
    ReceiptLineBody,
    RevisionBody,
    RulesBody,
    SegmentBody,
    StageBody,
    StatusBody,
)


def job_status(states: Sequence[ItemState], *, settled: bool) -> JobStatus:
    """A job's status from those of its items; some that failed beside some that did not are a partial failure."""
    kinds = set(states)
    if not kinds:
        return "completed" if settled else "queued"
    if not all(state.is_final for state in kinds):
        return "queued" if kinds == {ItemState.QUEUED} else "processing"
    if not settled:
        return "processing"
    return _FINAL[next(iter(kinds))] if len(kinds) == 1 else "partial"


_FINAL: dict[ItemState, JobStatus] = {
    ItemState.COMPLETED: "completed",
    ItemState.FAILED: "failed",
    ItemState.CANCELLED: "cancelled",
}


def item_body(house: House, item: Item) -> ItemBody:
    """One recording, with how far it is by now."""
    now_s = house.parts.clock.now_s()
    standing = house.newsroom.live.standing(item, now_s)
    has_reel = item.reel is not None
    return ItemBody(
        item_id=item.id,
        job_id=item.job_id,
        name=item.name,
        status=item.state.value,
        stage=item.stage,
        message=item.message,
        remedy=item.remedy,
        remarks=list(item.remarks),
        progress=round(standing.share, 4),
        stages=[StageBody(stage=each.stage, share=each.share) for each in standing.stages],
        eta_s=standing.eta_s,
        created_at_s=item.created_at_s,
        started_at_s=item.started_at_s,
        finished_at_s=item.finished_at_s,
        size_bytes=item.size_bytes,
        duration_s=item.duration_s,
        kept_s=item.kept_s,
        moments=item.moments,
        revision=item.revision,
        reel_bytes=item.reel_bytes,
        pinned=item.pinned,
        has_original=item.has_original,
        expires_at_s=house.parts.looks.expires_at_s(item, now_s) if has_reel else None,
        download_url=f"/api/download/{item.job_id}/{item.id}" if has_reel else None,
        poster_url=f"/api/items/{item.id}/poster" if item.poster is not None else None,
    )


def status_body(house: House, job: Job, items: Sequence[Item], page: slice) -> StatusBody:
    """One job and some of its items."""
    return StatusBody(
        job_id=job.id,
        name=job.name,
        source=job.source.value,
        created_at_s=job.created_at_s,
        settled=job.settled,
        status=job_status([item.state for item in items], settled=job.settled),
        counts=_counts(items),
        total=len(items),
        items=[item_body(house, item) for item in items[page]],
    )


def job_body(house: House, job: Job, items: Sequence[Item]) -> JobBody:
    """One job in a list."""
    now_s = house.parts.clock.now_s()
    shares = [1.0 if item.state.is_final else house.newsroom.live.standing(item, now_s).share for item in items]
    return JobBody(
        job_id=job.id,
        name=job.name,
        source=job.source.value,
        created_at_s=job.created_at_s,
        settled=job.settled,
        status=job_status([item.state for item in items], settled=job.settled),
        progress=round(sum(shares) / len(shares), 4) if shares else float(job.settled),
        counts=_counts(items),
        total=len(items),
        footage_s=round(sum(item.duration_s or 0.0 for item in items), 3),
        kept_s=round(sum(item.kept_s or 0.0 for item in items), 3),
    )


def revision_body(revision: Revision) -> RevisionBody:
    """One cut."""
    return RevisionBody(
        number=revision.number,
        created_at_s=revision.created_at_s,
        moments=len(revision.segments),
        reel_s=float(revision.reel.duration) if revision.reel is not None else None,
        rules=rules_body(revision.rules),
    )


def rules_body(rules: CutRules) -> RulesBody:
    """How a cut is made, in seconds and body heights per second."""
    motion, reel = rules.motion, rules.reel
    return RulesBody(
        threshold=motion.movement_threshold_hps,
        release=motion.release_hps,
        min_moving=float(motion.min_moving),
        max_stationary=float(motion.max_stationary),
        merge_gap=float(motion.merge_gap),
        pad_before=float(reel.pad_before),
        pad_after=float(reel.pad_after),
        budget=None if reel.budget is None else float(reel.budget),
        parts=None if reel.parts is None else len(reel.parts),
    )


def segment_bodies(revision: Revision, page: slice) -> list[SegmentBody]:
    """Some of the stretches in which somebody moves."""
    return bodies_of(revision.segments[page])


def bodies_of(segments: Sequence[Segment]) -> list[SegmentBody]:
    """Stretches in which somebody moves."""
    return [
        SegmentBody(
            start_s=float(segment.span.start),
            end_s=float(segment.span.end),
            score=_finite(segment.score),
            peak_hps=_finite(segment.peak_hps),
            peak_at_s=float(segment.peak_at),
            reason=segment.reason,
        )
        for segment in segments
    ]


def cut_bodies(revision: Revision) -> list[CutBody]:
    """What is in the reel, in the order it plays; where there is one, as it really came into it."""
    if revision.reel is not None and revision.reel.chapters:
        return [
            CutBody(
                start_s=float(chapter.source.start),
                end_s=float(chapter.source.end),
                reel_at_s=float(chapter.played.start),
                title=chapter.title,
            )
            for chapter in revision.reel.chapters
        ]
    reel_at, bodies = Fraction(0), []
    for cut in revision.plan.cuts if revision.plan is not None else ():
        start_s, end_s = float(cut.span.start), float(cut.span.end)
        bodies.append(CutBody(start_s=start_s, end_s=end_s, reel_at_s=float(reel_at), title=cut.title))
        reel_at += cut.span.length
    return bodies


def thinned(signal: MotionSignal, points: int) -> tuple[list[float], list[float], list[int]]:
    """Times, fastest speeds and most people of at most `points` steps of equal numbers of samples."""
    count = len(signal.times_s)
    if count == 0:
        return [], [], []
    starts = np.unique(np.linspace(0, count, num=min(points, count), endpoint=False).astype(np.int64))
    speeds = np.maximum.reduceat(np.nan_to_num(signal.speed_hps, nan=0.0, posinf=0.0, neginf=0.0), starts)
    people = np.maximum.reduceat(signal.people, starts)
    return (
        [round(float(time), 3) for time in signal.times_s[starts]],
        [round(float(speed), 4) for speed in speeds],
        [int(number) for number in people],
    )


def receipt_body(receipt: CardReceipt, page: slice) -> ReceiptBody:
    """What became of a drop, and of some of its files."""
    return ReceiptBody(
        job_id=receipt.job.id,
        name=receipt.job.name,
        verdict=receipt.verdict,
        safe_to_format=receipt.safe_to_format,
        kept_s=round(receipt.kept_s, 3),
        cut_s=round(receipt.cut_s, 3),
        total=len(receipt.lines),
        files=[
            ReceiptLineBody(
                place=line.file.place,
                size_bytes=line.file.size_bytes,
                sha256=line.file.sha256,
                fate=line.file.fate.value,
                status=line.state.value if line.state is not None else None,
                kept_s=line.kept_s,
                note=line.note,
            )
            for line in receipt.lines[page]
        ],
    )


def receipt_text(receipt: CardReceipt) -> str:
    """The same as plain text, a line a file."""
    head = [receipt.job.name, receipt.verdict, f"{receipt.kept_s:.0f} s kept, {receipt.cut_s:.0f} s cut", ""]
    lines = (
        "  ".join(
            part
            for part in (
                f"{line.file.fate.value:<10}",
                f"{line.file.size_bytes:>15,}",
                (line.file.sha256 or "-")[:16].ljust(16),
                line.file.place,
                line.note,
            )
            if part
        )
        for line in receipt.lines
    )
    return "\n".join((*head, *lines)) + "\n"


def _counts(items: Sequence[Item]) -> dict[str, int]:
    return dict(Counter(item.state.value for item in items))


def _finite(value: float) -> float:
    return float(value) if np.isfinite(value) else 0.0
