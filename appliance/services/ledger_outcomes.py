"""Writes down what became of orders: once each, with all that follows from it, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace

from appliance.algorithms.ordering import (
    ANALYSE,
    ASSEMBLE,
    PROBE,
    SELECT,
    WAITING_FOR_ROOM,
    Following,
    cut_of_reel,
    fail,
    fall_back,
    follow_assembling,
    follow_probing,
    follow_selecting,
    follow_watching,
    gather_remarks,
)
from appliance.algorithms.outcome_reading import ASK_FOR_HELP, failure_in, told_in, verdict_on, watched_chunk
from appliance.domain.errors import RinkreelError
from appliance.domain.facts import (
    ChunkPlanned,
    RecordingProbed,
    ReelAssembled,
    SegmentsSelected,
    StageFailed,
)
from appliance.domain.job import DeadLetter, Item, Revision
from appliance.domain.order import Outcome
from appliance.domain.outbox import ChunkRow, OrderRow, OrderState, OutcomeNote
from appliance.services.ledger_pages import LedgerPages, LedgerParts, LedgerRule

BROKEN = "what was found could not be written down: "
#: What can always be done about a cut that failed. A finished recording with a remedy is one whose last cut failed.
CUT_AGAIN = "Cut it anew, with other settings if it fails again."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Matter:
    """An outcome, the order that it is about, and the item as it stands."""

    outcome: Outcome
    row: OrderRow
    item: Item
    revision: Revision


class OutcomeRecorder:
    """Hears outcomes."""

    def __init__(self, parts: LedgerParts, rule: LedgerRule, pages: LedgerPages) -> None:
        self._book, self._journal, self._rule, self._pages = parts.book, parts.journal, rule, pages
        self._following = {PROBE: self._probed, ANALYSE: self._analysed, SELECT: self._selected, ASSEMBLE: self._assembled}

    def record(self, outcome: Outcome) -> str:
        """Write an outcome down; the verdict on it, empty when it was there already.

        Raises:
            DiskFull, Transient: not this time; nothing was written.
        """
        try:
            return self._record(outcome)
        except RinkreelError:
            raise
        except Exception as error:  # noqa: BLE001 - an outcome that cannot be understood must not come back for ever
            self._journal.warn("outcome broke", order=outcome.order_id, why=repr(error))
            broken = StageFailed(stage=outcome.stage, subject=outcome.item_id, why=f"{BROKEN}{error!r}", remedy=ASK_FOR_HELP)
            return self._record(replace(outcome, facts=(broken,), dead=True, setback="", held=False))

    def _record(self, outcome: Outcome) -> str:
        with self._book.writing():
            matter = self._matter_of(outcome)
            verdict = "ignored" if matter is None else verdict_on(outcome)
            if not self._book.note_outcome(self._note_from(outcome, verdict)):
                return ""
            if matter is not None:
                self._follow(matter, verdict)
        return verdict

    def _matter_of(self, outcome: Outcome) -> _Matter | None:
        """None for what no longer matters: orders that are done or void, items that are gone or went another way."""
        row = self._book.order(outcome.order_id)
        if row is None or row.state is OrderState.VOID:
            return None
        item = self._book.item(row.item_id)
        revision = self._book.revision(row.item_id, row.revision)
        if item is None or revision is None or item.state.is_final or item.revision != row.revision:
            return None
        return _Matter(outcome=outcome, row=row, item=item, revision=revision)

    def _note_from(self, outcome: Outcome, verdict: str) -> OutcomeNote:
        return OutcomeNote(
            id=outcome.id,
            at_s=outcome.at_s,
            order_id=outcome.order_id,
            item_id=outcome.item_id,
            stage=outcome.stage,
            verdict=verdict,
            attempt=outcome.attempt,
            took_s=outcome.took_s,
            worker=outcome.worker,
            recorded_at_s=self._pages.now_s,
            why=outcome.setback or next((fact.why for fact in outcome.facts if isinstance(fact, StageFailed)), ""),
        )

    def _follow(self, matter: _Matter, verdict: str) -> None:
        if verdict == "held":
            self._hold(matter)
        elif verdict == "setback":
            self._pages.save(replace(matter.item, message=f"Trying again: {matter.outcome.setback}"))
        else:
            self._book.forget_order(matter.row.id)
            if verdict == "done":
                self._book.count_stage(matter.row.stage, matter.outcome.took_s)
            if matter.outcome.dead:
                self._bury(matter)
            self._following[matter.row.stage](matter)

    def _hold(self, matter: _Matter) -> None:
        """There was no room for it: it is sent anew after a while, once there is."""
        waiting = replace(
            matter.row,
            state=OrderState.WAITING,
            issue=self._book.next_issue(),
            not_before_s=self._pages.now_s + self._rule.held_for_s,
            number=None,
            seen_at_s=None,
        )
        self._book.save_orders([waiting])
        self._pages.save(replace(matter.item, message=f"{WAITING_FOR_ROOM}: {matter.outcome.setback}"))

    def _bury(self, matter: _Matter) -> None:
        failed = failure_in(matter.outcome)
        letter = DeadLetter(
            order_id=matter.row.id,
            item_id=matter.item.id,
            stage=matter.row.stage,
            why=failed.why,
            remedy=failed.remedy,
            at_s=matter.outcome.at_s,
        )
        self._book.save_dead_letter(letter)

    def _probed(self, matter: _Matter) -> None:
        told = told_in(RecordingProbed, matter.outcome)
        planned = [fact.chunk for fact in matter.outcome.facts if isinstance(fact, ChunkPlanned)]
        if told is None or not planned:
            self._give_up(matter, failure_in(matter.outcome))
            return
        chunks = [ChunkRow(chunk=chunk) for chunk in planned]
        self._book.forget_chunks(matter.item.id)
        self._book.save_chunks(matter.item.id, chunks)
        self._apply(follow_probing(matter.item, matter.revision, told, chunks))

    def _analysed(self, matter: _Matter) -> None:
        chunk = self._book.chunk(matter.item.id, matter.row.chunk_index or 0)
        if chunk is None:
            return
        self._book.save_chunks(matter.item.id, [watched_chunk(chunk, matter.outcome)])
        counts = self._book.chunk_counts(matter.item.id)
        following = follow_watching(matter.item, counts)
        if counts.failed == counts.total:
            self._give_up_chunks(matter)
            return
        if following.wanted:
            remarks = gather_remarks(matter.revision.recording, self._book.chunks_of(matter.item.id))
            following = replace(following, item=replace(following.item, remarks=remarks))
        self._apply(following)

    def _give_up_chunks(self, matter: _Matter) -> None:
        chunks = self._book.chunks_of(matter.item.id)
        item = replace(matter.item, chunks_done=len(chunks))
        first = StageFailed(stage=ANALYSE, subject=item.id, why=chunks[0].why, remedy=chunks[0].remedy)
        self._give_up(replace(matter, item=item), first)

    def _selected(self, matter: _Matter) -> None:
        told = told_in(SegmentsSelected, matter.outcome)
        if told is None:
            self._give_up(matter, failure_in(matter.outcome))
            return
        following = follow_selecting(matter.item, matter.revision, told, self._pages.now_s)
        earlier = self._earlier_cut(matter.item)
        if following.is_final and earlier is not None:
            self._save_revision(following)
            message = "Nothing moves enough for these settings; the cut before stays."
            self._pages.close(fall_back(matter.item, earlier, message, self._pages.now_s))
            return
        self._apply(following)

    def _assembled(self, matter: _Matter) -> None:
        told = told_in(ReelAssembled, matter.outcome)
        if told is None:
            self._give_up(matter, failure_in(matter.outcome))
            return
        chunks = self._book.chunks_of(matter.item.id)
        following = follow_assembling(matter.item, matter.revision, told, self._pages.now_s)
        remarks = gather_remarks(matter.revision.recording, chunks, told.reel.remarks)
        self._apply(replace(following, item=replace(following.item, remarks=remarks)))

    def _give_up(self, matter: _Matter, failed: StageFailed) -> None:
        """The item has failed; where a cut was made earlier, that one stays."""
        earlier = self._earlier_cut(matter.item)
        if earlier is not None:
            message = f"The new cut failed, the one before it stays: {failed.why}"
            kept = fall_back(matter.item, earlier, message, self._pages.now_s)
            self._pages.close(replace(kept, remedy=failed.remedy or CUT_AGAIN))
        else:
            self._pages.close(fail(matter.item, failed.why, failed.remedy, self._pages.now_s))

    def _earlier_cut(self, item: Item) -> Revision | None:
        return cut_of_reel(self._book.revisions(item.id), item.reel) if item.reel is not None else None

    def _apply(self, following: Following) -> None:
        self._save_revision(following)
        if following.is_final:
            self._pages.close(following.item)
        else:
            self._pages.order(following.item, following.wanted)
            self._pages.save(following.item)

    def _save_revision(self, following: Following) -> None:
        if following.revision is not None:
            self._book.save_revision(following.revision)
