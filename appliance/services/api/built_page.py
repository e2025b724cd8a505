"""Hands out the built page: names with a hash in them for good, everything else to be asked for anew."""

from __future__ import annotations

import re
from pathlib import Path

from fastapi import Response
from fastapi.responses import FileResponse

from appliance.services.api.refusals import not_found
from appliance.services.api.serving import inside

INDEX = "index.html"
FOR_GOOD = "public, max-age=31536000, immutable"
ANEW = "no-cache"
TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".ico": "image/x-icon",
    ".js": "text/javascript",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}")


def is_built(folder: Path | None) -> bool:
    """Whether there is a page in this folder."""
    return folder is not None and (folder / INDEX).is_file()


def page_response(folder: Path, place: str, accepted: str, *, for_good: bool = False) -> Response:
    """One file of the page, packed where the browser takes that and the build has left it so. Raises Refusal when there is none.

    accepted: the request's Accept-Encoding.
    """
    parts = place.split("/")
    kind = TYPES.get(Path(place).suffix)
    if kind is None or not all(_NAME.fullmatch(part) for part in parts):
        raise not_found("page")
    path = inside(folder, folder.joinpath(*parts))
    headers = {"Cache-Control": FOR_GOOD if for_good else ANEW, "Vary": "Accept-Encoding"}
    packed = path.with_name(f"{path.name}.gz")
    if "gzip" in accepted and packed.is_file():
        path, headers["Content-Encoding"] = packed, "gzip"
    return FileResponse(path, media_type=kind, headers=headers)
