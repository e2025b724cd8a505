"""Accounts and keys, for admins."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from fastapi import APIRouter

from appliance.domain.account import Account, ApiKey, Role
from appliance.domain.request import RemoveAccount, RevokeKey, SaveAccount, SaveKey
from appliance.services.api.deps import ERRORS, Administering, InHouse, Name, ask
from appliance.services.api.house import House
from appliance.services.api.refusals import Refusal, not_found
from appliance.services.api.schemas import AccountBody, Done, KeyBody
from appliance.services.api.schemas_asked import AccountAsked, KeyAsked
from appliance.services.api.security_keys import make_key

MOST_ACCOUNTS, MOST_KEYS = 500, 200
router = APIRouter(prefix="/api", tags=["accounts"], responses=ERRORS)


@router.get("/accounts")
def list_accounts(house: InHouse, _: Administering) -> list[AccountBody]:
    """Everybody who may sign in."""
    return [_account_body(account) for account in house.parts.book.accounts()[:MOST_ACCOUNTS]]


@router.post("/accounts")
async def save_account(house: InHouse, who: Administering, asked: AccountAsked) -> AccountBody:
    """Make an account, or give one another role or password; its sessions are over then."""
    present = await asyncio.to_thread(house.parts.book.account, asked.name)
    account = await (_new_account(house, asked) if present is None else _changed(house, present, asked))
    if asked.password is not None:
        account = replace(account, secret=await house.hasher.hash(asked.password), temporary=asked.name != who.name)
    await ask(house, SaveAccount(account=account))
    house.parts.journal.note("account saved", name=account.name, role=account.role.value, by=who.name)
    return _account_body(account)


@router.delete("/accounts/{name}")
async def remove_account(house: InHouse, who: Administering, name: Name) -> Done:
    """Remove an account; not the last admin's."""
    if await asyncio.to_thread(house.parts.book.account, name) is None:
        raise not_found("account")
    await ask(house, RemoveAccount(name=name))
    house.parts.journal.note("account removed", name=name, by=who.name)
    return Done()


@router.get("/keys")
def list_keys(house: InHouse, _: Administering) -> list[KeyBody]:
    """Keys of scripts, without their secret parts."""
    return [_key_body(key) for key in house.parts.book.keys()[:MOST_KEYS]]


@router.post("/keys")
async def make_script_key(house: InHouse, who: Administering, asked: KeyAsked) -> KeyBody:
    """Make a key for a script. Its text is shown this once."""
    if len(await asyncio.to_thread(house.parts.book.keys)) >= MOST_KEYS:
        raise Refusal(409, f"There are {MOST_KEYS} keys already.", remedy="Revoke those that nobody uses.")
    key, text = make_key(asked.name, asked.role, house.parts.clock.now_s())
    await ask(house, SaveKey(key=key))
    house.parts.journal.note("key made", key=key.id, name=key.name, role=key.role.value, by=who.name)
    return _key_body(key).model_copy(update={"key": text})


@router.delete("/keys/{key_id}")
async def revoke_key(house: InHouse, who: Administering, key_id: Name) -> Done:
    """A key is no longer good."""
    if all(key.id != key_id for key in await asyncio.to_thread(house.parts.book.keys)):
        raise not_found("key")
    await ask(house, RevokeKey(key_id=key_id))
    house.parts.journal.note("key revoked", key=key_id, by=who.name)
    return Done()


async def _new_account(house: House, asked: AccountAsked) -> Account:
    """An epoch from the clock, so that sessions of an earlier account of this name stay over."""
    if asked.password is None:
        raise Refusal(422, "A new account needs a password.", remedy="Give it a first one; it can be changed after signing in.")
    if len(await asyncio.to_thread(house.parts.book.accounts)) >= MOST_ACCOUNTS:
        raise Refusal(409, f"There are {MOST_ACCOUNTS} accounts already.", remedy="Remove those that nobody uses.")
    now_s = house.parts.clock.now_s()
    return Account(name=asked.name, role=asked.role, secret="", epoch=int(now_s), created_at_s=now_s)


async def _changed(house: House, account: Account, asked: AccountAsked) -> Account:
    admins = [each.name for each in await asyncio.to_thread(house.parts.book.accounts) if each.role is Role.ADMIN]
    if asked.role is not Role.ADMIN and admins == [account.name]:
        raise Refusal(409, "This is the last admin.", remedy="Make somebody else an admin first.")
    return replace(account, role=asked.role, epoch=account.epoch + 1)


def _account_body(account: Account) -> AccountBody:
    return AccountBody(name=account.name, role=account.role, temporary=account.temporary, created_at_s=account.created_at_s)


def _key_body(key: ApiKey) -> KeyBody:
    return KeyBody(key_id=key.id, name=key.name, role=key.role, created_at_s=key.created_at_s)
