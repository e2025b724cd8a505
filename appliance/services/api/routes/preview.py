"""What a re-cut would make, before anybody asks for it."""

from __future__ import annotations

from fastapi import APIRouter

from appliance.services.api.deps import ERRORS, InHouse, Name, Operating, item_now
from appliance.services.api.previewing import preview
from appliance.services.api.schemas_asked import RecutAsked
from appliance.services.api.schemas_extras import PreviewBody

router = APIRouter(prefix="/api/items/{item_id}", tags=["recordings"], responses=ERRORS)


@router.post("/preview")
def preview_recut(house: InHouse, _: Operating, item_id: Name, asked: RecutAsked) -> PreviewBody:
    """What `recut` with the same body would make; nothing is written."""
    return preview(house, item_now(house, item_id), asked)
