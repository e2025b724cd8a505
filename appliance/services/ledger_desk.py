"""Where the ledger is asked: every request is answered, within one transaction, whatever is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from appliance.domain import request as ask
from appliance.domain.errors import RinkreelError
from appliance.domain.request import Answer, BackUp, Request
from appliance.services.ledger_arrivals import ArrivalDesk
from appliance.services.ledger_house import HouseDesk
from appliance.services.ledger_items import ItemDesk
from appliance.services.ledger_pages import LedgerPages, LedgerParts, refused


class LedgerDesk:
    """Hands each request to the desk that knows about it."""

    def __init__(self, parts: LedgerParts, pages: LedgerPages) -> None:
        self._parts = parts
        arrivals, items, house = ArrivalDesk(parts, pages), ItemDesk(parts, pages), HouseDesk(parts, pages)
        self._desks: dict[type, Callable[[Any], Answer]] = {
            ask.OpenJob: arrivals.open_job,
            ask.AccountFiles: arrivals.account_files,
            ask.AddItem: arrivals.add_item,
            ask.SettleJob: arrivals.settle_job,
            ask.RetryItem: items.retry_item,
            ask.CancelItem: items.cancel_item,
            ask.DeleteItem: items.delete_item,
            ask.PinItem: items.pin_item,
            ask.RecutItem: items.recut_item,
            ask.UndoCut: items.undo_cut,
            ask.ForgetOriginal: items.forget_original,
            ask.ForgetReel: items.forget_reel,
            ask.RaiseNotice: house.raise_notice,
            ask.ClearNotice: house.clear_notice,
            ask.SaveAccount: house.save_account,
            ask.RemoveAccount: house.remove_account,
            ask.SaveKey: house.save_key,
            ask.RevokeKey: house.revoke_key,
            ask.SaveShare: house.save_share,
            ask.RevokeShare: house.revoke_share,
            ask.SaveHouseRules: house.save_house_rules,
        }

    @property
    def known(self) -> frozenset[type]:
        """Requests that are answered with more than a refusal."""
        return frozenset({*self._desks, BackUp})

    async def answer(self, request: Request) -> Answer:
        """The answer, once it is on disk; a refusal when it could not be done."""
        try:
            return await self._back_up() if isinstance(request, BackUp) else self._write(request)
        except RinkreelError as error:
            self._parts.journal.warn("request not answered", request=type(request).__name__, why=error.why)
            return refused(error.why, error.remedy)
        except Exception as error:  # noqa: BLE001 - whoever asked has to hear something
            self._parts.journal.warn("request broke", request=type(request).__name__, why=repr(error))
            return refused(f"the ledger stopped at an error of its own: {error!r}", "Send the log to whoever looks after it.")

    def _write(self, request: Request) -> Answer:
        with self._parts.book.writing():
            answer = self._desks[type(request)](request)
        if not answer.ok:
            self._parts.journal.note("request refused", request=type(request).__name__, why=answer.why)
        return answer

    async def _back_up(self) -> Answer:
        path = await asyncio.to_thread(self._parts.book.back_up)
        self._parts.journal.note("book backed up", path=str(path))
        return Answer(ok=True, value=self._parts.data.relative(path).as_posix())
