"""Listens on the LAN until told to stop, and then lets nobody wait."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from appliance.domain.errors import Misconfigured

#: Requests at once, beyond which new ones are told to come again; answers that are under way may end within this time.
MOST_REQUESTS, LEAVE_WITHIN_S = 512, 2
KEEP_ALIVE_S = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """Where people reach the box. certificate, key: for HTTPS."""

    host: str
    port: int
    certificate: Path | None = None
    key: Path | None = None


class _Server(uvicorn.Server):
    """Signals belong to whoever runs the service."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave them alone."""
        yield


async def serve_app(app: FastAPI, listening: Listening, stop: asyncio.Event) -> None:
    """Serve until `stop` is set; live streams end then (`app.state.leave`), and other answers have two seconds left.

    Raises:
        Misconfigured: the port is taken, or may not be used.
    """
    with listening_socket(listening) as listener:
        server = _Server(_config(app, listening))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            app.state.leave()
            server.should_exit = True
            stopping.cancel()
            await serving


def listening_socket(listening: Listening) -> socket.socket:
    """A socket on the address. Raises Misconfigured as `serve_app`."""
    try:
        family = socket.AF_INET6 if ":" in listening.host else socket.AF_INET
        listener = socket.create_server((listening.host, listening.port), family=family, backlog=256)
    except (OSError, OverflowError) as error:
        raise Misconfigured(
            f"The page cannot listen on {listening.host}, port {listening.port}: {getattr(error, 'strerror', None) or error}.",
            remedy="Choose another `server.port`, or end the program that uses it.",
        ) from error
    # Answers go out in two pieces; without this, the second waits 40 ms for a word from the other end.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _config(app: FastAPI, listening: Listening) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        lifespan="on",
        limit_concurrency=MOST_REQUESTS,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=LEAVE_WITHIN_S,
        ssl_certfile=listening.certificate,
        ssl_keyfile=listening.key,
    )
