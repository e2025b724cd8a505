"""What every answer carries, and what no request may exceed. Plain ASGI, so that streams pass through untouched."""

from __future__ import annotations

import json
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from appliance.services.api.refusals import Refusal

POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
ALWAYS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
MOST_BODY_BYTES, MOST_HOST, MOST_TARGET = 1024**2, 255, 8_192
#: Routes that count for themselves what they take.
STREAMED = ("/api/upload", "/api/tus/", "/media/")


class Doorframe:
    """Adds the headers, and turns away what is too large before anything looks at it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]
        dressed = _dressing(path, send)
        why = _why_not(scope)
        if why is not None:
            await _turn_away(dressed, *why)
            return
        await self._app(scope, receive if path.startswith(STREAMED) else _counted(receive), dressed)


def _dressing(path: str, send: Send) -> Send:
    async def dressed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in ALWAYS.items():
                headers.setdefault(name, value)
            headers.setdefault("cache-control", "no-store" if path.startswith("/api/") else "no-cache")
        await send(message)

    return dressed


def _why_not(scope: Scope) -> tuple[int, str, str] | None:
    headers = Headers(scope=scope)
    if len(headers.get("host", "")) > MOST_HOST or len(scope.get("raw_path") or b"") + len(scope["query_string"]) > MOST_TARGET:
        return 400, "The address of this request is too long.", "Use the address that the box printed."
    length = headers.get("content-length", "0")
    if not length.isascii() or not length.isdigit():
        return 400, "Content-Length is no number.", "Send the number of bytes."
    if int(length[:20]) > MOST_BODY_BYTES and not scope["path"].startswith(STREAMED):
        return 413, "This request is larger than 1 MiB.", "Recordings go to /api/upload."
    return None


def _counted(receive: Receive) -> Receive:
    taken = 0

    async def counted() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > MOST_BODY_BYTES:
            raise Refusal(413, "This request is larger than 1 MiB.", remedy="Recordings go to /api/upload.")
        return message

    return counted


async def _turn_away(send: Send, status: int, why: str, remedy: str) -> None:
    body = json.dumps({"error": why, "remedy": remedy}).encode()
    headers: Mapping[bytes, bytes] = {b"content-type": b"application/json", b"content-length": str(len(body)).encode()}
    await send({"type": "http.response.start", "status": status, "headers": list(headers.items())})
    await send({"type": "http.response.body", "body": body})
