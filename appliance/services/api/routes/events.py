"""Live news as server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from appliance.domain.errors import RinkreelError
from appliance.services.api.deps import ERRORS, InHouse, Viewing
from appliance.services.api.house import House

router = APIRouter(prefix="/api", tags=["live"], responses=ERRORS)
#: A session that ended ends its stream within this time.
LOOK_AGAIN_S = 30.0


@router.get(
    "/events",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def hear_events(request: Request, house: InHouse, _: Viewing) -> StreamingResponse:
    """`progress` and `changed` events until the page leaves. What was missed is not repeated: read the status anew."""
    house.newsroom.check_room()
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(while_welcome(request, house), media_type="text/event-stream", headers=headers)


async def while_welcome(request: Request, house: House) -> AsyncGenerator[str, None]:
    """The news, for as long as the visitor's session or key is good."""
    loop = asyncio.get_running_loop()
    looked_at = loop.time()
    news = house.newsroom.listen()
    try:
        async for text in news:
            yield text
            if loop.time() - looked_at > LOOK_AGAIN_S:
                looked_at = loop.time()
                if not await _is_welcome(request, house):
                    return
    finally:
        await news.aclose()


async def _is_welcome(request: Request, house: House) -> bool:
    try:
        return await asyncio.to_thread(house.gate.visitor, request) is not None
    except RinkreelError:
        return True
