"""Hands out files of the data folder, with ranges; never one that lies elsewhere."""

from __future__ import annotations

from pathlib import Path

from fastapi.responses import FileResponse

from appliance.services.api.refusals import Refusal

#: Private to whoever asked, and asked for anew each time.
FRESH = {"Cache-Control": "private, no-cache"}


def inside(folder: Path, path: Path) -> Path:
    """The path, when it is a regular file below the folder and not by way of a link out of it. Raises Refusal otherwise."""
    try:
        real = path.resolve(strict=True)
        if real.is_relative_to(folder.resolve()) and real.is_file():
            return real
    except (OSError, ValueError, RuntimeError):
        pass
    raise Refusal(404, "This file is not there any more.", remedy="Reload the page; it may have been removed or cut anew.")


def file_response(path: Path, *, media_type: str, name: str | None = None, inline: bool = False) -> FileResponse:
    """A file, whole or in ranges. name: what it is saved as."""
    return FileResponse(
        path,
        media_type=media_type,
        filename=name,
        stat_result=path.stat(),
        content_disposition_type="inline" if inline else "attachment",
        headers=FRESH,
    )


def media_type_of(path: Path) -> str:
    """What a camera's file is, by its name; browsers are told not to guess."""
    return _TYPES.get(path.suffix.lower(), "application/octet-stream")


_TYPES = {
    **dict.fromkeys((".mp4", ".m4v"), "video/mp4"),
    ".mov": "video/quicktime",
    ".mkv": "video/x-matroska",
    ".webm": "video/webm",
    ".avi": "video/x-msvideo",
    **dict.fromkeys((".mts", ".m2ts", ".ts"), "video/mp2t"),
}
