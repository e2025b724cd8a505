"""What routes ask for: the house, a visitor of at least some role, names that are safe, and answers from the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Path, Query, Request, Security
from fastapi.security import APIKeyCookie, HTTPBearer

from appliance.domain.account import Role
from appliance.domain.job import Item
from appliance.domain.request import Answer
from appliance.domain.request import Request as Asked
from appliance.services.api.house import House
from appliance.services.api.refusals import Refusal, not_found
from appliance.services.api.schemas import ErrorBody
from appliance.services.api.security_gate import SAFE_METHODS, Visitor
from appliance.services.api.security_sessions import COOKIE

NAME = r"^[A-Za-z0-9_-]{1,64}$"
Name = Annotated[str, Path(pattern=NAME)]
Limit = Annotated[int, Query(ge=1, le=500, description="Most rows in the answer.")]
Offset = Annotated[int, Query(ge=0, le=1_000_000, description="Rows to pass over.")]

#: Every route may answer so; documented once.
ERRORS: dict[int | str, dict[str, object]] = {
    status: {"model": ErrorBody, "description": text}
    for status, text in {
        400: "The request cannot be understood.",
        401: "Nobody is signed in.",
        403: "This role may not do that, or the request came from elsewhere.",
        404: "There is no such thing.",
        409: "It cannot be done as things are.",
        413: "Too large.",
        422: "A value is missing or out of range.",
        429: "Too many tries.",
        503: "Something is briefly away; ask again.",
    }.items()
}
#: So that the API's description names both ways of signing in. They refuse nobody by themselves.
_cookie = APIKeyCookie(name=COOKIE, auto_error=False, description="A session, from /api/sign-in.")
_bearer = HTTPBearer(auto_error=False, description="A key for scripts, `rk_…`, from /api/keys.")


def house_of(request: Request) -> House:
    """The running server's house."""
    house = request.app.state.house
    assert isinstance(house, House)
    return house


InHouse = Annotated[House, Depends(house_of)]


def needs(role: Role) -> Callable[..., Visitor]:
    """Lets in visitors of at least this role. Runs in a thread, since it reads the book."""

    def visitor(
        request: Request, house: InHouse, _cookie: object = Security(_cookie), _bearer: object = Security(_bearer)
    ) -> Visitor:
        found = house.gate.visitor(request)
        if found is None:
            raise Refusal(401, "Nobody is signed in.", remedy="Sign in, or send a key.", headers={"WWW-Authenticate": "Bearer"})
        if request.method not in SAFE_METHODS and found.by != "key":
            house.gate.check_origin(request)
            house.gate.check_page_token(request, found)
        if not found.role.covers(role):
            raise Refusal(403, f"This needs the role {role}; {found.name} is {found.role}.", remedy="Ask an admin of this box.")
        return found

    return visitor


Viewing = Annotated[Visitor, Depends(needs(Role.VIEWER))]
Operating = Annotated[Visitor, Depends(needs(Role.OPERATOR))]
Administering = Annotated[Visitor, Depends(needs(Role.ADMIN))]


def from_our_own_page(request: Request, house: InHouse) -> None:
    """For what is done before signing in: not from another site's page."""
    house.gate.check_origin(request)


def address_of(request: Request) -> str:
    """Where a request comes from."""
    return request.client.host if request.client is not None else "unknown"


async def ask(house: House, request: Asked) -> Answer:
    """Ask the ledger. Raises Refusal when it says no, Transient when it does not answer."""
    answer = await house.parts.desk.ask(request)
    if not answer.ok:
        raise Refusal(409, answer.why or "It cannot be done as things are.", remedy=answer.remedy)
    return answer


def item_now(house: House, item_id: str) -> Item:
    """One item of the book. Raises Refusal when there is none."""
    item = house.parts.book.item(item_id)
    if item is None:
        raise not_found("recording")
    return item


async def item_soon(house: House, item_id: str) -> Item:
    """The same, without holding up the event loop."""
    return await asyncio.to_thread(item_now, house, item_id)
