from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from appliance.domain.account import Account, ApiKey, Role, Share
from appliance.domain.house_rules import HouseRules
from appliance.domain.job import Notice
from appliance.domain.request import (
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
from tests.book_examples import AT_S
from tests.ledger_examples import Rink, play

ANN = Account(name="Ann", role=Role.ADMIN, secret="salted", created_at_s=AT_S)
BOB = Account(name="Bob", role=Role.ADMIN, secret="peppered", created_at_s=AT_S)


def test_a_notice_stays_as_it_first_was_until_it_is_over(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        notice = Notice(key="clock", why="it is wrong", remedy="set it", at_s=AT_S)
        assert (await rink.ask(RaiseNotice(notice=notice))).ok
        assert (await rink.ask(RaiseNotice(notice=replace(notice, at_s=AT_S + 60)))).ok
        assert rink.book.notices() == (notice,)
        worse = replace(notice, why="it is very wrong", at_s=AT_S + 90)
        assert (await rink.ask(RaiseNotice(notice=worse))).ok
        assert rink.book.notices() == (worse,)
        for _ in range(2):
            assert (await rink.ask(ClearNotice(key="clock"))).ok
        assert rink.book.notices() == ()

    play(tmp_path, scene)


def test_only_the_first_account_is_made_without_an_admin(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        for _ in range(2):
            assert (await rink.ask(SaveAccount(account=ANN, only_first=True))).ok
        answer = await rink.ask(SaveAccount(account=BOB, only_first=True))
        assert not answer.ok
        assert rink.book.accounts() == (ANN,)
        changed = replace(ANN, secret="new", epoch=1)
        assert (await rink.ask(SaveAccount(account=changed))).ok
        assert rink.book.accounts() == (changed,)

    play(tmp_path, scene)


def test_somebody_stays_an_admin(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await rink.ask(SaveAccount(account=ANN))
        await rink.ask(SaveAccount(account=replace(BOB, role=Role.VIEWER)))
        assert not (await rink.ask(RemoveAccount(name="Ann"))).ok
        assert not (await rink.ask(SaveAccount(account=replace(ANN, role=Role.OPERATOR)))).ok
        assert rink.book.account("Ann") == ANN
        await rink.ask(SaveAccount(account=BOB))
        for _ in range(2):
            assert (await rink.ask(RemoveAccount(name="Ann"))).ok
        assert rink.book.accounts() == (BOB,)
        assert not (await rink.ask(RemoveAccount(name="Bob"))).ok

    play(tmp_path, scene)


def test_keys_and_links_are_kept_until_they_are_revoked(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await rink.add()
        key = ApiKey(id="k", name="script", role=Role.VIEWER, digest="d", created_at_s=AT_S)
        share = Share(id="s", item_id="item-1", made_by="Ann", created_at_s=AT_S, expires_at_s=AT_S + 9)
        for _ in range(2):
            assert (await rink.ask(SaveKey(key=key))).ok
            assert (await rink.ask(SaveShare(share=share))).ok
        assert not (await rink.ask(SaveShare(share=replace(share, id="t", item_id="nothing")))).ok
        assert (rink.book.keys(), rink.book.shares_of("item-1")) == ((key,), (share,))
        for _ in range(2):
            assert (await rink.ask(RevokeKey(key_id="k"))).ok
            assert (await rink.ask(RevokeShare(share_id="s"))).ok
        assert rink.book.keys() == ()
        assert rink.book.shares_of("item-1") == ()

    play(tmp_path, scene)


def test_what_the_staff_chose_counts_from_then_on(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        chosen = HouseRules(threshold_hps=0.2, server_name="Rink 7")
        for _ in range(2):
            assert (await rink.ask(SaveHouseRules(rules=chosen))).ok
        assert rink.book.house_rules() == chosen
        assert (await rink.ask(SaveHouseRules(rules=HouseRules()))).ok
        assert rink.book.house_rules() == HouseRules()

    play(tmp_path, scene)
