"""What the staff may choose, as it goes over the wire. Speeds in body heights per second, the rest in seconds."""

from __future__ import annotations

from pydantic import BaseModel, Field

from appliance.services.api.schemas_asked import CutAsked

YEARS = 20 * 366 * 86_400


class SettingsAsked(CutAsked):
    """Everything that is chosen from now on; what is null or left out is as the box's settings say."""

    budget: float | None = Field(default=None, ge=0, le=86_400, description="Longest reel; 0 keeps every moment.")
    reels_for: float | None = Field(default=None, ge=0, le=YEARS, description="How long reels stay; 0 keeps them for good.")
    server_name: str | None = Field(default=None, min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$")


class ChosenBody(BaseModel):
    """The same, as it was chosen or as it counts. budget, reels_for: 0 is without end."""

    threshold: float | None
    min_moving: float | None
    max_stationary: float | None
    merge_gap: float | None
    pad_before: float | None
    pad_after: float | None
    budget: float | None
    reels_for: float | None
    server_name: str | None


class FixedBody(BaseModel):
    """A setting that is changed elsewhere alone. variable: what sets it in the environment."""

    key: str
    value: str
    variable: str


class SettingsBody(BaseModel):
    """What the staff chose, what counts for new recordings, what counts without a choice; and what is changed elsewhere."""

    chosen: ChosenBody
    in_force: ChosenBody
    defaults: ChosenBody
    fixed: list[FixedBody]
    where: str
