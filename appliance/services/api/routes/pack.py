"""The coach's pack: clips and lists of a reel's moments, as one archive that is made while it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from appliance.services.api.deps import ERRORS, InHouse, Name, Viewing, item_now
from appliance.services.api.extras import maker_of, opened
from appliance.services.api.house import House
from appliance.services.api.packing import Pack, chapters_in
from appliance.services.api.refusals import Refusal
from appliance.services.api.serving import FRESH, inside
from appliance.services.api.zip_streaming import zipped

#: Packs that are made at the same time.
MOST_AT_ONCE = 2
ZIP = "application/zip"
router = APIRouter(prefix="/api/items/{item_id}", tags=["files"], responses=ERRORS)


@router.get("/pack.zip", response_class=StreamingResponse, responses={200: {"content": {ZIP: {}}}})
def download_pack(house: InHouse, _: Viewing, item_id: Name) -> StreamingResponse:
    """Each moment as an MP4 of its own, a table, an EDL (CMX 3600), an FCPXML project and chapters for video sites."""
    item = item_now(house, item_id)
    if item.reel is None:
        raise Refusal(409, "There is no reel to take apart yet.", remedy="Wait until it is done.")
    seen = opened(house, item)
    pack = Pack(
        item=item,
        recording=seen.recording,
        chapters=chapters_in(seen.cut),
        reel=inside(house.parts.data.reels, house.parts.data.root / item.reel),
        folder=house.parts.data.work,
        maker=maker_of(house),
    )
    if house.packs.busy >= MOST_AT_ONCE:
        raise Refusal(503, "Other packs are being made.", remedy="Ask again in a minute.", headers={"Retry-After": "60"})
    name = f"{pack.name}_pack.zip"
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    said = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    return StreamingResponse(_sent(house, pack), media_type=ZIP, headers={**FRESH, "Content-Disposition": said})


def _sent(house: House, pack: Pack) -> Iterator[bytes]:
    """Counted from its first byte to its last, or until whoever asked has left."""
    house.packs.busy += 1
    try:
        yield from zipped(pack.members(), house.parts.clock.now_s())
    finally:
        house.packs.busy -= 1
