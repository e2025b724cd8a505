"""What the API answers about what could be, or is made on demand: previews of cuts, sheets of pictures, fast films."""

from __future__ import annotations

from pydantic import BaseModel

from appliance.services.api.schemas import RulesBody, SegmentBody


class PreviewCutBody(BaseModel):
    """A stretch that would be in the reel."""

    start_s: float
    end_s: float
    score: float
    title: str


class TotalsBody(BaseModel):
    """A reel in two figures."""

    reel_s: float
    moments: int


class PreviewBody(BaseModel):
    """What a re-cut would make. thresholds: the rules it would follow. before: the reel as it is."""

    segments: list[SegmentBody]
    cuts: list[PreviewCutBody]
    reel_s: float
    moments: int
    thresholds: RulesBody
    before: TotalsBody


class MakingBody(BaseModel):
    """What was asked for is being made."""

    making: bool = True


class ThumbnailsBody(BaseModel):
    """A sheet of small pictures. times_s: what each shows, row by row."""

    item_id: str
    url: str
    columns: int
    rows: int
    width_px: int
    height_px: int
    times_s: list[float]


class RestPieceBody(BaseModel):
    """A stretch that the reel left out, and where the fast film shows it."""

    start_s: float
    end_s: float
    film_at_s: float


class RestBody(BaseModel):
    """What a reel left out. url: of the fast film; None when nothing was left out."""

    item_id: str
    url: str | None
    speed: float
    rest_s: float
    film_s: float
    pieces: list[RestPieceBody]
