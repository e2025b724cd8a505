"""One picture per session: the motion signal with its thresholds, what is true, what was found. No frame is shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bench.scoring import Spans

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, SPEED, TRAVEL, LIMB, TRUE, FOUND = "#22303c", "#0b6e99", "#7fb7d1", "#e0a458", "#5aa469", "#0b6e99"
#: Strips below the signal, as shares of the axis' height: lower edge and thickness.
TRUE_STRIP, FOUND_STRIP = (-0.08, 0.05), (-0.15, 0.05)
LEAST_TOP_HPS = 0.6


def draw_session(target: Path, title: str, signal: Path, truth: Spans, found: Spans) -> None:
    """Draw into a PNG what `bench.keeping` kept."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(14.0, 3.6), dpi=100, layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    with np.load(signal, allow_pickle=False) as kept:
        top = max(LEAST_TOP_HPS, 1.15 * float(np.percentile(kept["speed_hps"], 99))) if kept["speed_hps"].size else LEAST_TOP_HPS
        for field, colour, width in (("limb_hps", LIMB, 0.8), ("travel_hps", TRAVEL, 0.8), ("speed_hps", SPEED, 1.5)):
            axes.plot(kept["times_s"], kept[field], color=colour, linewidth=width, label=field.removesuffix("_hps"))
        axes.axhline(float(kept["opens_hps"]), color=INK, linewidth=0.9, linestyle=(0, (6, 3)), label="opens")
        axes.axhline(float(kept["closes_hps"]), color=INK, linewidth=0.7, linestyle=(0, (1, 2)), label="closes")
    _draw_strip(axes, truth, (top, *TRUE_STRIP), "true")
    _draw_strip(axes, found, (top, *FOUND_STRIP), "found")
    axes.set_title(title, loc="left", fontsize=10, color=INK)
    axes.set(ylim=(-0.18 * top, top), xlabel="s", ylabel="body heights / s")
    axes.margins(x=0.01)
    axes.legend(loc="upper right", ncols=7, fontsize=8, frameon=False)
    figure.savefig(target)


def _draw_strip(axes: Axes, spans: Spans, place: tuple[float, float, float], label: str) -> None:
    """place: height of the axis, then the strip's lower edge and thickness as shares of it."""
    top, edge, thickness = place
    lengths = [(start, end - start) for start, end in spans]
    if lengths:
        colour = TRUE if label == "true" else FOUND
        axes.broken_barh(lengths, (edge * top, thickness * top), color=colour, linewidth=0, label=label)
