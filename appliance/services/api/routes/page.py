"""The small page: plain files of the package, and nothing from elsewhere."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

router = APIRouter(include_in_schema=False)
TYPES = {"app.js": "text/javascript", "style.css": "text/css", "icon.svg": "image/svg+xml"}


@cache
def read_page(name: str) -> str:
    """One of the page's own files."""
    return (files("appliance.services.api") / "page" / name).read_text(encoding="utf-8")


@router.get("/", response_class=HTMLResponse)
def show_page() -> HTMLResponse:
    """The page itself."""
    return HTMLResponse(read_page("index.html"))


@router.get("/page/{name}")
def read_part(name: str) -> Response:
    """What it is made of."""
    kind = TYPES.get(name)
    return Response(read_page(name), media_type=kind) if kind is not None else Response(status_code=404)
