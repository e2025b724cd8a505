"""Puts the front door together: routes, the frame around them, and the tasks that run beside them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

import appliance
from appliance.domain.errors import RinkreelError
from appliance.services.api.deps import house_of
from appliance.services.api.house import House, build_house
from appliance.services.api.parts import ApiParts
from appliance.services.api.refusals import Refusal, refusal_from_error
from appliance.services.api.routes import (
    accounts,
    box,
    events,
    extras,
    files,
    health,
    items,
    jobs,
    media,
    pack,
    page,
    preview,
    settings,
    shares,
    sign_in,
    support,
    tus,
    uploads,
)
from appliance.services.api.security_headers import Doorframe

ROUTES = (
    *(jobs, items, preview, extras, pack, files, uploads, tus, shares),
    *(box, settings, support, events, sign_in, accounts, health, media, page),
)
REMEDIES = {404: "Look at /api/openapi.json for what is here.", 405: "Use another method."}

#: What is served, for those who pass it on without knowing what it is made with.
App = FastAPI


def create_app(parts: ApiParts) -> FastAPI:
    """The whole front door."""
    app = FastAPI(
        title="Rinkreel",
        version=appliance.__version__,
        description="Footage in, highlight reels out. Every error says what happened and what to do.",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_live,
    )
    app.state.house = build_house(parts)
    app.state.leave = partial(_leave, app)
    for module in ROUTES:
        app.include_router(module.router)
    _answer_errors(app)
    app.add_middleware(Doorframe)
    return app


def _leave(app: FastAPI) -> None:
    """Live streams end."""
    app.state.house.newsroom.close()


@asynccontextmanager
async def _live(app: FastAPI) -> AsyncGenerator[None, None]:
    """What runs beside the routes."""
    house: House = app.state.house
    tasks = [asyncio.create_task(work) for work in (house.newsroom.run(), house.tus.run())]
    try:
        yield
    finally:
        house.newsroom.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await house.maker.close()


def _answer_errors(app: FastAPI) -> None:
    @app.exception_handler(Refusal)
    async def refuse(_: Request, refusal: Refusal) -> JSONResponse:
        return _told(refusal)

    @app.exception_handler(RinkreelError)
    async def translate(request: Request, error: RinkreelError) -> JSONResponse:
        parts = house_of(request).parts
        parts.journal.warn("request not served", path=request.url.path, why=error.why)
        return _told(refusal_from_error(error), hidden=f"{parts.data.root}/")

    @app.exception_handler(RequestValidationError)
    async def explain(_: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"][1:]) or "the body"
        return _told(Refusal(422, f"{place}: {first['msg']}.", remedy="Look at /api/openapi.json for what is asked for."))

    @app.exception_handler(HTTPException)
    async def reword(_: Request, error: HTTPException) -> JSONResponse:
        remedy = REMEDIES.get(error.status_code, "")
        return _told(Refusal(error.status_code, f"{error.detail}.", remedy=remedy, headers=error.headers))

    @app.exception_handler(Exception)
    async def confess(request: Request, error: Exception) -> JSONResponse:
        house_of(request).parts.journal.warn("request failed", path=request.url.path, error=f"{type(error).__name__}: {error}")
        return _told(Refusal(500, "Something went wrong inside the box.", remedy="Try again; the box's log says more."))


def _told(refusal: Refusal, *, hidden: str = "\0") -> JSONResponse:
    """hidden: where things lie on this machine, which is nobody else's business."""
    why, remedy = (_sayable(text).replace(hidden, "") for text in (refusal.why, refusal.remedy))
    body = {"error": why, "remedy": remedy}
    return JSONResponse(body, status_code=refusal.status, headers=refusal.headers)


def _sayable(text: str) -> str:
    """Text that can go over the wire, whatever it quotes."""
    return text.encode(errors="replace").decode()
