"""Coming in and going out: signing in, the first admin, who one is, one's own password."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Request, Response

from appliance.domain.account import Account, Role
from appliance.domain.request import SaveAccount
from appliance.services.api.deps import ERRORS, InHouse, Viewing, address_of, ask, from_our_own_page
from appliance.services.api.first_run import forget_first_run_code, is_first_run_code
from appliance.services.api.house import House
from appliance.services.api.housekeeping import box_name
from appliance.services.api.refusals import Refusal
from appliance.services.api.schemas import Done, DoorBody, MeBody
from appliance.services.api.schemas_asked import FirstRunAsked, PasswordAsked, SignInAsked, SignOutAsked
from appliance.services.api.security_gate import Visitor
from appliance.services.api.security_sessions import COOKIE

router = APIRouter(prefix="/api", tags=["signing in"], responses=ERRORS)
OwnPage = Depends(from_our_own_page)


@router.get("/door")
def read_door(house: InHouse) -> DoorBody:
    """What a page has to know before anybody signed in."""
    rule = house.parts.rule
    first_run = rule.sign_in and not house.parts.book.accounts()
    return DoorBody(box_name=box_name(house.parts), sign_in=rule.sign_in, first_run=first_run)


@router.post("/sign-in", dependencies=[OwnPage])
async def sign_in(request: Request, response: Response, house: InHouse, asked: SignInAsked) -> MeBody:
    """Sign in; the session comes as a cookie."""
    house.attempts.begin(address_of(request), asked.name)
    account = await asyncio.to_thread(house.parts.book.account, asked.name)
    if not await house.hasher.matches(asked.password, account.secret if account is not None else None) or account is None:
        house.parts.journal.warn("sign-in refused", name=asked.name, address=address_of(request))
        raise Refusal(401, "Name or password is wrong.", remedy="Try again, or ask an admin for a new password.")
    house.attempts.passed(address_of(request), asked.name)
    house.parts.journal.note("signed in", name=account.name, address=address_of(request))
    return await _welcome(house, request, response, account)


@router.post("/first-run", dependencies=[OwnPage])
async def make_first_admin(request: Request, response: Response, house: InHouse, asked: FirstRunAsked) -> MeBody:
    """Make the first admin, with the code that the box printed when it started."""
    house.attempts.begin(address_of(request), "first run")
    if await asyncio.to_thread(house.parts.book.accounts):
        raise Refusal(409, "This box has an admin already.", remedy="Sign in.")
    if not await asyncio.to_thread(is_first_run_code, house.parts.data, asked.code):
        raise Refusal(401, "This is not the code that the box printed.", remedy="`rinkreel up` prints it until it was used.")
    secret = await house.hasher.hash(asked.password)
    now_s = house.parts.clock.now_s()
    account = Account(name=asked.name, role=Role.ADMIN, secret=secret, epoch=int(now_s), created_at_s=now_s)
    await ask(house, SaveAccount(account=account, only_first=True))
    await asyncio.to_thread(forget_first_run_code, house.parts.data)
    house.attempts.passed(address_of(request), "first run")
    house.parts.journal.note("first admin made", name=account.name, address=address_of(request))
    return await _welcome(house, request, response, account)


@router.post("/sign-out")
async def sign_out(
    response: Response, house: InHouse, who: Viewing, asked: Annotated[SignOutAsked | None, Body()] = None
) -> Done:
    """End this session, or all sessions of this account."""
    if who.by == "session":
        house.sessions.end(who.cookie)
        if asked is not None and asked.everywhere:
            account = await _own_account(house, who)
            await ask(house, SaveAccount(account=replace(account, epoch=account.epoch + 1)))
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict", secure=house.parts.rule.secure)
    return Done()


@router.get("/me")
def read_me(house: InHouse, who: Viewing) -> MeBody:
    """Who is asking, and the token that a page sends along."""
    return _me(house, who)


@router.post("/me/password")
async def change_password(request: Request, response: Response, house: InHouse, who: Viewing, asked: PasswordAsked) -> MeBody:
    """Change one's own password; all other sessions are over."""
    account = await _own_account(house, who)
    house.attempts.begin(address_of(request), account.name)
    if not await house.hasher.matches(asked.old, account.secret):
        raise Refusal(403, "The old password is wrong.", remedy="Try again, or ask an admin for a new one.")
    house.attempts.passed(address_of(request), account.name)
    changed = replace(account, secret=await house.hasher.hash(asked.new), epoch=account.epoch + 1, temporary=False)
    await ask(house, SaveAccount(account=changed))
    house.parts.journal.note("password changed", name=account.name)
    return await _welcome(house, request, response, changed)


async def _own_account(house: House, who: Visitor) -> Account:
    account = await asyncio.to_thread(house.parts.book.account, who.name) if who.by == "session" else None
    if account is None:
        raise Refusal(409, "Only somebody who signed in has a password.", remedy="Sign in first.")
    return account


async def _welcome(house: House, request: Request, response: Response, account: Account) -> MeBody:
    cookie = house.sessions.issue(account)
    response.set_cookie(
        COOKIE,
        cookie,
        max_age=int(house.sessions.lasts_s),
        path="/",
        httponly=True,
        samesite="strict",
        secure=house.parts.rule.secure or request.url.scheme == "https",
    )
    visitor = Visitor(name=account.name, role=account.role, by="session", cookie=cookie, temporary=account.temporary)
    return await asyncio.to_thread(_me, house, visitor)


def _me(house: House, who: Visitor) -> MeBody:
    token = house.sessions.page_token(who.cookie) if who.by == "session" else ""
    return MeBody(
        name=who.name,
        role=who.role,
        csrf=token,
        temporary=who.temporary,
        sign_in=house.parts.rule.sign_in,
        box_name=box_name(house.parts),
    )
