"""What the staff may choose, for recordings that come from now on and for how long reels stay."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter

from appliance.domain.request import SaveHouseRules
from appliance.services.api.deps import ERRORS, Administering, InHouse, ask
from appliance.services.api.housekeeping import rules_asked, settings_body
from appliance.services.api.refusals import Refusal
from appliance.services.api.schemas_settings import SettingsAsked, SettingsBody

#: A reel that is seen by nobody within a day was made for nobody.
SHORTEST_S = 86_400.0
router = APIRouter(prefix="/api/settings", tags=["the box"], responses=ERRORS)


@router.get("")
def read_settings(house: InHouse, _: Administering) -> SettingsBody:
    """What was chosen, what counts, and where everything else is changed."""
    return settings_body(house.parts)


@router.put("")
async def save_settings(house: InHouse, who: Administering, asked: SettingsAsked) -> SettingsBody:
    """Choose anew; all at once. Recordings that are here stay as they are."""
    if asked.reels_for is not None and 0 < asked.reels_for < SHORTEST_S:
        raise Refusal(422, "reels_for: reels stay for a day at least.", remedy="Give 86400 or more, or 0 to keep them for good.")
    await ask(house, SaveHouseRules(rules=rules_asked(asked)))
    house.parts.journal.note("settings chosen", by=who.name, **asked.model_dump(exclude_none=True))
    return await asyncio.to_thread(settings_body, house.parts)
