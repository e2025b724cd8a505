"""Writing about the box and its people."""

from __future__ import annotations

from appliance.adapters.sqlite.reading import HOUSE_RULES
from appliance.adapters.sqlite.writing import BookWriter
from appliance.algorithms.message_coding import text_from
from appliance.domain.account import Account, ApiKey, Share
from appliance.domain.house_rules import HouseRules
from appliance.domain.job import Notice


class HousePages(BookWriter):
    """`ports.book.HousePages`."""

    def save_notice(self, notice: Notice) -> None:
        """Keep a notice; a later one of the same key replaces it."""
        self._keep("notices", "key", [notice])

    def clear_notice(self, key: str) -> None:
        """It is over."""
        self._do("DELETE FROM notices WHERE key = ?", key)

    def save_house_rules(self, rules: HouseRules) -> None:
        """Keep what the staff chose."""
        self.remember(HOUSE_RULES, text_from(rules))

    def save_account(self, account: Account) -> None:
        """Keep an account; a later one of the same name replaces it."""
        self._keep("accounts", "name", [account])

    def remove_account(self, name: str) -> None:
        """Drop an account."""
        self._do("DELETE FROM accounts WHERE name = ?", name)

    def save_key(self, key: ApiKey) -> None:
        """Keep a script's key."""
        self._keep("keys", "id", [key])

    def revoke_key(self, key_id: str) -> None:
        """Drop a script's key."""
        self._do("DELETE FROM keys WHERE id = ?", key_id)

    def save_share(self, share: Share) -> None:
        """Keep a link."""
        self._keep("shares", "id", [share])

    def revoke_share(self, share_id: str) -> None:
        """Drop a link."""
        self._do("DELETE FROM shares WHERE id = ?", share_id)

    def remembered(self, key: str) -> str:
        """What the ledger noted for itself; empty when nothing."""
        rows = self._rows("SELECT value FROM meta WHERE key = ?", [key])
        return str(rows[0][0]) if rows else ""

    def remember(self, key: str, value: str) -> None:
        """Note something for itself."""
        self._do("INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", key, value)
