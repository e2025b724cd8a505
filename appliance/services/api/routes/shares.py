"""Links to one reel for people without an account: made by operators, opened by anybody who has one, until it ends."""

from __future__ import annotations

import asyncio
import html
import io
from dataclasses import dataclass
from string import Template
from typing import Annotated

import segno
from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import FileResponse, HTMLResponse

from appliance.algorithms.file_naming import reel_name
from appliance.domain.account import Share
from appliance.domain.job import Item
from appliance.domain.request import RevokeShare, SaveShare
from appliance.services.api.deps import ERRORS, InHouse, Name, Operating, ask, item_soon
from appliance.services.api.house import House
from appliance.services.api.housekeeping import box_name
from appliance.services.api.refusals import Refusal, not_found
from appliance.services.api.routes.page import read_page
from appliance.services.api.schemas import Done, ShareBody
from appliance.services.api.schemas_asked import ShareAsked
from appliance.services.api.security_shares import new_share_id
from appliance.services.api.serving import file_response, inside

MOST_SHARES = 100
router = APIRouter(tags=["links"], responses=ERRORS)
Token = Annotated[str, Path(max_length=256)]


@router.get("/api/items/{item_id}/shares")
async def list_shares(request: Request, house: InHouse, _: Operating, item_id: Name) -> list[ShareBody]:
    """Links to a recording's reel that are still good."""
    await item_soon(house, item_id)
    now_s = house.parts.clock.now_s()
    shares = await asyncio.to_thread(house.parts.book.shares_of, item_id)
    return [_body(request, house, share) for share in shares[:MOST_SHARES] if share.expires_at_s > now_s]


@router.post("/api/items/{item_id}/share")
async def share_reel(request: Request, house: InHouse, who: Operating, item_id: Name, asked: ShareAsked) -> ShareBody:
    """Make a link to a reel."""
    item = await item_soon(house, item_id)
    if item.reel is None:
        raise Refusal(409, "There is no reel to share yet.", remedy="Wait until it is done.")
    now_s = house.parts.clock.now_s()
    shares = await asyncio.to_thread(house.parts.book.shares_of, item_id)
    if sum(share.expires_at_s > now_s for share in shares) >= MOST_SHARES:
        raise Refusal(409, f"There are {MOST_SHARES} links to this reel already.", remedy="Revoke those that nobody needs.")
    lasts_s = house.parts.rule.share_for_s if asked.hours is None else asked.hours * 3600
    share = Share(id=new_share_id(), item_id=item_id, made_by=who.name, created_at_s=now_s, expires_at_s=now_s + lasts_s)
    await ask(house, SaveShare(share=share))
    house.parts.journal.note("reel shared", item=item_id, share=share.id, by=who.name, until_s=share.expires_at_s)
    return _body(request, house, share)


@router.get("/api/shares/{share_id}/qr.svg", response_class=Response, responses={200: {"content": {"image/svg+xml": {}}}})
def draw_code(request: Request, house: InHouse, _: Operating, share_id: Name) -> Response:
    """The link as a QR code."""
    share = house.parts.book.share(share_id)
    if share is None:
        raise not_found("link")
    picture = io.BytesIO()
    segno.make(_url(request, house, share), micro=False).save(picture, kind="svg", scale=8, border=3, light="#fff")
    return Response(picture.getvalue(), media_type="image/svg+xml")


@router.delete("/api/shares/{share_id}")
async def revoke_share(house: InHouse, who: Operating, share_id: Name) -> Done:
    """A link is no longer good."""
    if await asyncio.to_thread(house.parts.book.share, share_id) is None:
        raise not_found("link")
    await ask(house, RevokeShare(share_id=share_id))
    house.parts.journal.note("link revoked", share=share_id, by=who.name)
    return Done()


@router.get("/s/{token}", response_class=HTMLResponse, include_in_schema=False)
def show_shared(house: InHouse, token: Token) -> HTMLResponse:
    """A page with a player, for whoever has the link."""
    shared = _shared(house, token)
    if shared is None:
        return HTMLResponse(read_page("share-over.html"), status_code=404)
    said = {"title": shared.item.name, "token": token, "box": box_name(house.parts)}
    return HTMLResponse(Template(read_page("share.html")).substitute({name: html.escape(text) for name, text in said.items()}))


@router.get("/s/{token}/reel.mp4", response_class=FileResponse, include_in_schema=False)
@router.head("/s/{token}/reel.mp4", response_class=FileResponse, include_in_schema=False)
def play_shared(house: InHouse, token: Token, save: bool = False) -> FileResponse:
    """The reel behind a link; ranges are served."""
    shared = _shared_or_refuse(house, token)
    path = inside(house.parts.data.reels, house.parts.data.root / str(shared.item.reel))
    return file_response(path, media_type="video/mp4", name=reel_name(shared.item.name), inline=not save)


@router.get("/s/{token}/poster.jpg", response_class=FileResponse, include_in_schema=False)
def show_shared_poster(house: InHouse, token: Token) -> FileResponse:
    """The poster behind a link."""
    shared = _shared_or_refuse(house, token)
    if shared.item.poster is None:
        raise not_found("poster")
    path = inside(house.parts.data.reels, house.parts.data.root / shared.item.poster)
    return file_response(path, media_type="image/jpeg", inline=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shared:
    """A link that is good, and what it leads to."""

    share: Share
    item: Item


def _shared(house: House, token: str) -> _Shared | None:
    """What a link leads to; None when it was not made here, has ended, or its reel is gone."""
    share_id = house.shares.share_id_in(token)
    share = house.parts.book.share(share_id) if share_id is not None else None
    if share is None or share.expires_at_s <= house.parts.clock.now_s():
        return None
    item = house.parts.book.item(share.item_id)
    return _Shared(share=share, item=item) if item is not None and item.reel is not None else None


def _shared_or_refuse(house: House, token: str) -> _Shared:
    shared = _shared(house, token)
    if shared is None:
        raise Refusal(404, "This link has ended.", remedy="Ask whoever gave it to you for a new one.")
    return shared


def _url(request: Request, house: House, share: Share) -> str:
    address = house.parts.rule.address or request.url.netloc
    if "://" not in address:
        address = f"{'https' if house.parts.rule.secure else request.url.scheme}://{address}"
    return f"{address.rstrip('/')}/s/{house.shares.token_of(share.id)}"


def _body(request: Request, house: House, share: Share) -> ShareBody:
    return ShareBody(
        share_id=share.id,
        item_id=share.item_id,
        url=_url(request, house, share),
        expires_at_s=share.expires_at_s,
        made_by=share.made_by,
        qr_svg_url=f"/api/shares/{share.id}/qr.svg",
    )
