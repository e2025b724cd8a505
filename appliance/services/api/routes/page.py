"""The page: the built one where there is a build, else the small one of the package. Nothing comes from elsewhere."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Annotated

from fastapi import APIRouter, Header, Response
from fastapi.responses import HTMLResponse

from appliance.services.api.built_page import INDEX, page_response
from appliance.services.api.deps import InHouse
from appliance.services.api.refusals import not_found

router = APIRouter(include_in_schema=False)
TYPES = {"app.js": "text/javascript", "style.css": "text/css", "icon.svg": "image/svg+xml"}
#: Places of the page's own, which the browser may ask for when it is loaded anew there.
PLACES = ("/recordings/{place:path}", "/cards", "/cards/{place:path}", "/box", "/tv")
Accepted = Annotated[str, Header(alias="accept-encoding", max_length=1024)]


@cache
def read_page(name: str) -> str:
    """One of the small page's own files."""
    return (files("appliance.services.api") / "page" / name).read_text(encoding="utf-8")


@router.get("/")
def show_page(house: InHouse, accept_encoding: Accepted = "") -> Response:
    """The page itself."""
    if house.parts.page is None:
        return HTMLResponse(read_page("index.html"))
    return page_response(house.parts.page, INDEX, accept_encoding)


def show_place(house: InHouse, accept_encoding: Accepted = "") -> Response:
    """The same page; it reads the address itself. The small one has no places."""
    if house.parts.page is None:
        return Response(status_code=303, headers={"Location": "/"})
    return page_response(house.parts.page, INDEX, accept_encoding)


for _place in PLACES:
    router.add_api_route(_place, show_place, response_class=HTMLResponse)


@router.get("/assets/{name}")
def read_asset(house: InHouse, name: str, accept_encoding: Accepted = "") -> Response:
    """A part of the built page with a hash of what it holds in its name: kept for good."""
    if house.parts.page is None:
        raise not_found("page")
    return page_response(house.parts.page, f"assets/{name}", accept_encoding, for_good=True)


@router.get("/icon.svg")
def read_icon(house: InHouse, accept_encoding: Accepted = "") -> Response:
    """The page's sign."""
    if house.parts.page is None:
        return Response(read_page("icon.svg"), media_type=TYPES["icon.svg"])
    return page_response(house.parts.page, "icon.svg", accept_encoding)


@router.get("/page/{name}")
def read_part(name: str) -> Response:
    """What the small page is made of."""
    kind = TYPES.get(name)
    return Response(read_page(name), media_type=kind) if kind is not None else Response(status_code=404)
