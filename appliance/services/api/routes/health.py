"""For whoever watches the box: is it alive, is it ready, and its figures."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Awaitable

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from appliance.domain.errors import RinkreelError
from appliance.services.api.deps import ERRORS, InHouse, address_of
from appliance.services.api.house import House
from appliance.services.api.metrics import figures
from appliance.services.api.refusals import Refusal
from appliance.services.api.schemas import HealthBody

router = APIRouter(tags=["health"])
PROBE_WITHIN_S = 3.0


@router.get("/healthz")
async def is_alive() -> HealthBody:
    """The process answers."""
    return HealthBody(ok=True)


@router.get("/readyz", responses={503: {"model": HealthBody, "description": "Something is away; the reasons say what."}})
async def is_ready(house: InHouse) -> JSONResponse:
    """The book can be read, the ledger and the bus answer, and there is room on the disk."""
    reasons = [reason for reason in await asyncio.gather(*_probes(house)) if reason is not None]
    body = HealthBody(ok=not reasons, reasons=reasons)
    return JSONResponse(body.model_dump(), status_code=200 if body.ok else 503)


@router.get("/metrics", response_class=Response, responses={**ERRORS, 200: {"content": {"text/plain": {}}}})
def read_metrics(request: Request, house: InHouse) -> Response:
    """Figures for Prometheus; from this machine, or for whoever signed in."""
    if not _is_on_this_machine(request) and house.gate.visitor(request) is None:
        raise Refusal(401, "Nobody is signed in.", remedy="Ask from this machine, or send a key.")
    return Response(figures(house.parts), media_type=CONTENT_TYPE_LATEST)


def _probes(house: House) -> list[Awaitable[str | None]]:
    named = {"book": _look_at_book, "disk": _look_at_disk}
    return [
        *(_within(name, look(house)) for name, look in named.items()),
        *(_within(name, probe()) for name, probe in house.parts.looks.probes.items()),
    ]


async def _within(name: str, look: Awaitable[str | None]) -> str | None:
    try:
        async with asyncio.timeout(PROBE_WITHIN_S):
            reason = await look
    except TimeoutError:
        return f"{name}: no answer within {PROBE_WITHIN_S:g} s"
    except RinkreelError as error:
        return f"{name}: {error.why}"
    return None if reason is None else f"{name}: {reason}"


async def _look_at_book(house: House) -> str | None:
    await asyncio.to_thread(house.parts.book.notices)
    return None


async def _look_at_disk(house: House) -> str | None:
    free = await asyncio.to_thread(house.parts.disk.free_bytes, house.parts.data.root)
    return "too little room" if free < house.parts.rule.min_free_bytes else None


def _is_on_this_machine(request: Request) -> bool:
    """Not when it came by way of a proxy on this machine."""
    try:
        local = ipaddress.ip_address(address_of(request)).is_loopback
    except ValueError:
        return False
    return local and not {"x-forwarded-for", "forwarded", "via"} & set(request.headers)
