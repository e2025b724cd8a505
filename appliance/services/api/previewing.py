"""What a re-cut would make, reckoned from the kept signal: nothing is watched, cut or written."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.algorithms.reel_planning import plan_reel
from appliance.algorithms.segmenting import choose_segments
from appliance.domain.errors import Transient
from appliance.domain.job import CutRules, Item, Revision
from appliance.domain.motion import MotionSignal
from appliance.domain.reel import ReelPlan
from appliance.domain.segment import Segment
from appliance.services.api.house import House
from appliance.services.api.recutting import check_parts, rules_from
from appliance.services.api.refusals import Refusal
from appliance.services.api.schemas_asked import RecutAsked
from appliance.services.api.schemas_extras import PreviewBody, PreviewCutBody, TotalsBody
from appliance.services.api.views import bodies_of, rules_body

#: More than this no page draws; the figures count them all.
MOST_SHOWN = 5_000


def seen_cut(house: House, item: Item) -> Revision:
    """The newest cut that holds what was seen: the present one, or one before it while that is being made. Raises Refusal."""
    present = house.parts.book.revision(item.id)
    cuts = [present] if present is not None and _is_seen(present) else reversed(house.parts.book.revisions(item.id))
    for cut in cuts:
        if _is_seen(cut):
            return cut
    raise Refusal(409, "This recording has not been watched yet.", remedy="Wait until it is done.")


def kept_signal(house: House, item_id: str, name: str) -> MotionSignal:
    """The motion signal of a recording. Raises Refusal when it is gone."""
    try:
        return house.parts.looks.signal(item_id, name)
    except Transient as error:
        raise Refusal(
            404, "The motion signal of this recording is gone.", remedy="Delete the recording and add it anew."
        ) from error


def preview(house: House, item: Item, asked: RecutAsked) -> PreviewBody:
    """The cut that was asked for, beside the one that is there. Raises Refusal when it cannot be made."""
    seen = seen_cut(house, item)
    assert seen.recording is not None
    rules = rules_from(seen.rules, asked)
    check_parts(rules, seen.recording)
    signal = kept_signal(house, item.id, seen.signal or "")
    segments = choose_segments(signal, rules.motion, rules.reel, seen.recording.span)
    plan = plan_reel([seen.recording], [segments], rules.reel)
    return _body(segments, plan, rules, totals_of(seen.plan))


def _is_seen(cut: Revision) -> bool:
    return cut.recording is not None and cut.signal is not None


def _body(segments: Sequence[Segment], plan: ReelPlan, rules: CutRules, before: TotalsBody) -> PreviewBody:
    after = totals_of(plan)
    return PreviewBody(
        segments=bodies_of(segments[:MOST_SHOWN]),
        cuts=[
            PreviewCutBody(start_s=float(cut.span.start), end_s=float(cut.span.end), score=cut.score, title=cut.title)
            for cut in plan.cuts[:MOST_SHOWN]
        ],
        reel_s=after.reel_s,
        moments=after.moments,
        thresholds=rules_body(rules),
        before=before,
    )


def totals_of(plan: ReelPlan | None) -> TotalsBody:
    """A plan in two figures; nothing where there is none."""
    if plan is None:
        return TotalsBody(reel_s=0.0, moments=0)
    return TotalsBody(reel_s=float(plan.duration), moments=len(plan.cuts))
