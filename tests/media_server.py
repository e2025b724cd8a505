"""A head's media address on loopback: ranges, versions, a credential, and lines that break when they are told to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

CREDENTIAL = "a-long-secret"


@dataclass
class MediaServer:
    """files: content by path below /media/. breaks: bytes after which the next answers break off. statuses: what the next
    answers say in place of what was asked for. asked: (method, path, Range) of every request."""

    files: dict[str, bytes] = field(default_factory=dict)
    breaks: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    version: str = '"1"'
    ranges: bool = True
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    url: str = ""
    pause: threading.Event | None = None

    @contextmanager
    def open(self) -> Iterator[MediaServer]:
        """Serve until the block ends."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        self.url = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield self
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    head: MediaServer

    def do_GET(self) -> None:
        path = self._note()
        if self._refused():
            return
        if path not in self.head.files:
            self._say(404)
            return
        content = self.head.files[path]
        start = self._start(len(content))
        if start is None:
            self._say(416)
            return
        self._send(content, start)

    def do_PUT(self) -> None:
        path = self._note()
        content = self.rfile.read(int(self.headers["Content-Length"]))
        if not self._refused():
            self.head.files[path] = content
            self._say(204)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def _note(self) -> str:
        path = unquote(self.path).removeprefix("/media/")
        self.head.asked.append((self.command, path, self.headers.get("Range", "")))
        return path

    def _refused(self) -> bool:
        if self.headers.get("Authorization") != f"Bearer {CREDENTIAL}":
            self._say(401)
            return True
        if self.head.statuses:
            self._say(self.head.statuses.pop(0))
            return True
        return False

    def _start(self, size: int) -> int | None:
        """Where the answer begins; None for a range that is not there."""
        asked = self.headers.get("Range")
        if not self.head.ranges or asked is None or self.headers.get("If-Range") not in (None, self.head.version):
            return 0
        start = int(asked.removeprefix("bytes=").removesuffix("-"))
        return start if start < size else None

    def _send(self, content: bytes, start: int) -> None:
        partial = self.headers.get("Range") is not None and start > 0
        self.send_response(206 if partial else 200)
        self.send_header("Content-Length", str(len(content) - start))
        if self.head.version:
            self.send_header("ETag", self.head.version)
        if partial:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        body = content[start:]
        if self.head.breaks:
            self.wfile.write(body[: self.head.breaks.pop(0)])
            self.close_connection = True
            return
        if self.head.pause is not None:
            self.head.pause.wait(20)
        self.wfile.write(body)

    def _say(self, status: int) -> None:
        self.send_response(status)
        if status not in (204, 304):
            self.send_header("Content-Length", "0")
        self.end_headers()


def _handler_of(head: MediaServer) -> type[_Answering]:
    return type("Answering", (_Answering,), {"head": head})
