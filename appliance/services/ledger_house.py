"""What the ledger is asked about the box and its people: notices, accounts, keys and links."""

from __future__ import annotations

from appliance.domain.account import Account, Role
from appliance.domain.order import BookChanged
from appliance.domain.request import (
    Answer,
    ClearNotice,
    RaiseNotice,
    RemoveAccount,
    RevokeKey,
    RevokeShare,
    SaveAccount,
    SaveHouseRules,
    SaveKey,
    SaveShare,
)
from appliance.services.ledger_pages import DONE, NO_ITEM, LedgerPages, LedgerParts, refused

LAST_ADMIN = refused("this is the last admin", "Make another account an admin first.")


class HouseDesk:
    """Answers within `writing()`."""

    def __init__(self, parts: LedgerParts, pages: LedgerPages) -> None:
        self._book, self._pages = parts.book, pages

    def raise_notice(self, request: RaiseNotice) -> Answer:
        """Something that people should know. What is known already is no news."""
        said = {notice.key: (notice.why, notice.remedy) for notice in self._book.notices()}
        notice = request.notice
        if said.get(notice.key) != (notice.why, notice.remedy):
            self._book.save_notice(notice)
            self._pages.tell(BookChanged(what="notices"))
        return DONE

    def clear_notice(self, request: ClearNotice) -> Answer:
        """It is over."""
        if any(notice.key == request.key for notice in self._book.notices()):
            self._book.clear_notice(request.key)
            self._pages.tell(BookChanged(what="notices"))
        return DONE

    def save_house_rules(self, request: SaveHouseRules) -> Answer:
        """Keep what the staff chose; it counts for recordings that come from now on."""
        if self._book.house_rules() != request.rules:
            self._book.save_house_rules(request.rules)
            self._pages.tell(BookChanged(what="settings"))
        return DONE

    def save_account(self, request: SaveAccount) -> Answer:
        """Make or change an account; somebody has to stay an admin."""
        account = request.account
        if self._book.account(account.name) == account:
            return DONE
        if request.only_first and self._book.accounts():
            return refused("there are accounts already", "Sign in, or ask an admin.")
        if account.role is not Role.ADMIN and self._is_last_admin(account.name):
            return LAST_ADMIN
        self._book.save_account(account)
        self._pages.tell(BookChanged(what="accounts"))
        return DONE

    def remove_account(self, request: RemoveAccount) -> Answer:
        """Remove an account."""
        if self._is_last_admin(request.name):
            return LAST_ADMIN
        self._book.remove_account(request.name)
        self._pages.tell(BookChanged(what="accounts"))
        return DONE

    def _is_last_admin(self, name: str) -> bool:
        return _admins(self._book.accounts()) == {name}

    def save_key(self, request: SaveKey) -> Answer:
        """Keep a script's key."""
        self._book.save_key(request.key)
        self._pages.tell(BookChanged(what="keys"))
        return DONE

    def revoke_key(self, request: RevokeKey) -> Answer:
        """A script's key is no longer good."""
        self._book.revoke_key(request.key_id)
        self._pages.tell(BookChanged(what="keys"))
        return DONE

    def save_share(self, request: SaveShare) -> Answer:
        """Keep a link to a reel."""
        if self._book.item(request.share.item_id) is None:
            return NO_ITEM
        self._book.save_share(request.share)
        self._pages.tell(BookChanged(item_id=request.share.item_id, what="shares"))
        return DONE

    def revoke_share(self, request: RevokeShare) -> Answer:
        """A link is no longer good."""
        self._book.revoke_share(request.share_id)
        self._pages.tell(BookChanged(what="shares"))
        return DONE


def _admins(accounts: tuple[Account, ...]) -> set[str]:
    return {account.name for account in accounts if account.role is Role.ADMIN}
