"""What the ledger is asked about one recording: to try it again, stop, forget, keep or cut it anew."""

from __future__ import annotations

from dataclasses import replace

from appliance.algorithms.ordering import DONE as CUT_DONE
from appliance.algorithms.ordering import PROBE, SELECT, cut_of_reel, fall_back, show_cut
from appliance.domain.job import CutRules, Item, ItemState, Revision
from appliance.domain.order import BookChanged
from appliance.domain.outbox import ChunkRow, ChunkState
from appliance.domain.request import (
    Answer,
    CancelItem,
    DeleteItem,
    ForgetOriginal,
    ForgetReel,
    PinItem,
    RecutItem,
    RetryItem,
    UndoCut,
)
from appliance.services.ledger_features import FeatureShelf
from appliance.services.ledger_pages import DONE, NO_ITEM, LedgerPages, LedgerParts, refused

BUSY = refused("this recording is being worked on", "Wait until it is finished, or cancel it.")
NO_ORIGINAL = refused("the original of this recording is not here", "Drop the footage again.")
NOT_SEEN = refused(
    "what was seen in this recording is not there, or not complete",
    "Retry it if it failed; otherwise delete it and drop the footage again.",
)
OUTSIDE = refused("none of the chosen stretches lies inside this recording", "Choose stretches inside it.")


class ItemDesk:
    """Answers within `writing()`."""

    def __init__(self, parts: LedgerParts, pages: LedgerPages) -> None:
        self._book, self._pages, self._shelf = parts.book, pages, FeatureShelf(parts.data)

    def retry_item(self, request: RetryItem) -> Answer:
        """Try a failed or cancelled item again, from the stage that failed."""
        item = self._book.item(request.item_id)
        if item is None:
            return NO_ITEM
        if not item.state.is_final:
            return DONE
        if item.state is ItemState.COMPLETED:
            return refused("this recording is finished already", "Cut it anew, with other settings.")
        if not item.has_original:
            return NO_ORIGINAL
        self._pages.queue(item, item.stage or PROBE)
        return DONE

    def cancel_item(self, request: CancelItem) -> Answer:
        """Stop working on an item. A new cut that is cancelled leaves the one before it."""
        item = self._book.item(request.item_id)
        if item is None:
            return NO_ITEM
        if item.state is ItemState.CANCELLED:
            return DONE
        if item.state.is_final:
            return refused("this recording is finished already")
        earlier = cut_of_reel(self._book.revisions(item.id), item.reel)
        if earlier is not None:
            message = "The new cut was cancelled; the one before it stays."
            self._pages.close(fall_back(item, earlier, message, self._pages.now_s))
        else:
            cancelled = replace(item, state=ItemState.CANCELLED, message="Cancelled", finished_at_s=self._pages.now_s)
            self._pages.close(cancelled)
        return DONE

    def delete_item(self, request: DeleteItem) -> Answer:
        """Forget an item; its files are swept afterwards."""
        item = self._book.item(request.item_id)
        if item is None:
            return DONE if self._book.is_deleted(request.item_id) else NO_ITEM
        self._book.delete_item(item.id, self._pages.now_s)
        self._pages.tell(BookChanged(job_id=item.job_id, item_id=item.id, what="item"))
        return DONE

    def pin_item(self, request: PinItem) -> Answer:
        """Keep an item's reel for good, or no longer."""
        item = self._book.item(request.item_id)
        if item is None:
            return NO_ITEM
        if item.pinned != request.pinned:
            self._pages.save(replace(item, pinned=request.pinned))
        return DONE

    def recut_item(self, request: RecutItem) -> Answer:
        """Cut an item anew from what was seen in it. It is watched in the way it was."""
        item, present = self._book.item(request.item_id), self._book.revision(request.item_id)
        if item is None or present is None:
            return NO_ITEM
        rules = replace(request.rules, watching=present.rules.watching)
        answer = self._why_not_recut(item, present, rules)
        return answer if answer is not None else self._recut(item, present, rules)

    def _why_not_recut(self, item: Item, present: Revision, rules: CutRules) -> Answer | None:
        is_same = rules == present.rules
        if not item.state.is_final:
            return DONE if is_same else BUSY
        if is_same and item.state is ItemState.COMPLETED and item.reel is not None:
            return DONE
        if not item.has_original:
            return NO_ORIGINAL
        if _ends_early(present, rules):
            return OUTSIDE
        return None if self._is_seen(item, present, self._book.chunks_of(item.id)) else NOT_SEEN

    def _is_seen(self, item: Item, present: Revision, chunks: tuple[ChunkRow, ...]) -> bool:
        states = {row.state for row in chunks}
        whole = ChunkState.WATCHED in states and ChunkState.WAITING not in states
        return present.recording is not None and whole and not self._shelf.missing(item.id, chunks)

    def _recut(self, item: Item, present: Revision, rules: CutRules) -> Answer:
        number = max(each.number for each in self._book.revisions(item.id)) + 1
        cut = Revision(
            item_id=item.id,
            number=number,
            rules=rules,
            created_at_s=self._pages.now_s,
            recording=present.recording,
        )
        self._book.save_revision(cut)
        self._pages.queue(replace(item, revision=number), SELECT)
        return Answer(ok=True, value=str(number))

    def undo_cut(self, request: UndoCut) -> Answer:
        """Go back to the cut before the present one. Asked again, it stays there: one step can be undone."""
        item = self._book.item(request.item_id)
        if item is None:
            return NO_ITEM
        if not item.state.is_final:
            return BUSY
        cuts = [each for each in self._book.revisions(item.id) if self._shelf.holds_reel(each)]
        if cuts and item.revision < cuts[-1].number:
            return Answer(ok=True, value=str(item.revision))
        earlier = [each for each in cuts if each.number < item.revision]
        if not earlier:
            return refused("there is no cut before this one")
        back = replace(show_cut(item, earlier[-1]), state=ItemState.COMPLETED, message=CUT_DONE, remedy="")
        self._pages.close(back)
        return Answer(ok=True, value=str(back.revision))

    def forget_original(self, request: ForgetOriginal) -> Answer:
        """An item's original is about to be removed."""
        item = self._book.item(request.item_id)
        if item is None:
            return NO_ITEM
        if not item.has_original:
            return DONE
        if item.state is not ItemState.COMPLETED:
            return refused("this recording is not finished, so its original stays", "Retry or delete it.")
        self._book.forget_original(item.id)
        self._pages.save(replace(item, has_original=False))
        return DONE

    def forget_reel(self, request: ForgetReel) -> Answer:
        """An item's reels are about to be removed; the item says why."""
        item = self._book.item(request.item_id)
        if item is None:
            return NO_ITEM
        if item.reel is None and item.state.is_final:
            return DONE
        if item.pinned:
            return refused("this reel is kept for good", "Unpin it first.")
        if not item.state.is_final:
            return BUSY
        for cut in self._book.revisions(item.id):
            if cut.reel is not None:
                self._book.save_revision(replace(cut, reel=None))
        self._pages.save(replace(item, reel=None, poster=None, reel_bytes=None, message=request.why, remedy=""))
        return DONE


def _ends_early(present: Revision, rules: CutRules) -> bool:
    """Whether nothing would be left of what was chosen by hand."""
    parts, recording = rules.reel.parts, present.recording
    return parts is not None and recording is not None and parts[0].start >= recording.duration
