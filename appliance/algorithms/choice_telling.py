"""Tells what a machine chose to work with, and what it did without although it seems to be there."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.domain.backend import CUDA, Backend
from appliance.domain.health import Choices, ToolTrial

SOFTWARE, HARDWARE = "libx264", "h264_nvenc"


def tell_choices(backend: Backend, trials: Sequence[ToolTrial], wanted: str, graphics: Sequence[str]) -> Choices:
    """trials: of encoders, best first. wanted: the encoder in the settings, or "auto"."""
    encoder = wanted if wanted != "auto" else next((trial.name for trial in trials if trial.works), "")
    return Choices(
        backend=backend.label,
        encoder=encoder or "none",
        encoder_why=_why(encoder, wanted),
        graphics=tuple(graphics),
        fell_back=tuple(_fallbacks(backend, trials, encoder, graphics)),
    )


def _why(encoder: str, wanted: str) -> str:
    if not encoder:
        return "no H.264 encoder works here"
    if wanted != "auto":
        return "as asked for in the settings"
    return "no hardware encoder answers here" if encoder == SOFTWARE else "the best that answered its trial"


def _fallbacks(backend: Backend, trials: Sequence[ToolTrial], encoder: str, graphics: Sequence[str]) -> list[str]:
    """Without a GPU nothing is missed."""
    if not graphics:
        return []
    told = []
    if backend.provider != CUDA:
        told.append(f"footage is watched on the CPU although there is a GPU: {backend.why}")
    if encoder == SOFTWARE:
        why = next((trial.why for trial in trials if trial.name == HARDWARE and not trial.works), "as asked for in the settings")
        told.append(f"reels are encoded on the CPU although there is a GPU: {why}")
    return told
