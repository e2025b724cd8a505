"""The motion signal as a picture: people look rather than read."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from appliance.algorithms.duration_reading import clock_from_seconds
from appliance.domain.facts import SegmentsSelected
from appliance.domain.media import Recording
from appliance.domain.motion import MotionSignal
from appliance.domain.reel import Cut
from appliance.domain.rules import MotionRule
from appliance.domain.segment import Segment

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, SPEED, TRAVEL, LIMB, FOUND, KEPT = "#22303c", "#0b6e99", "#7fb7d1", "#e0a458", "#0b6e99", "#cfe8d5"
WIDTH_IN, ROW_IN, MARGIN_IN, DPI = 14.0, 2.6, 1.0, 110
#: A picture with more rows than this is no picture any more; the rest is said in words.
MOST_ROWS = 12
#: The axis reaches at least so far, so that stillness looks still.
LEAST_TOP_HPS = 1.0

#: What was chosen, and the signal of each of its recordings.
Found = tuple[SegmentsSelected, Sequence[MotionSignal]]
Row = tuple[Recording, MotionSignal, Sequence[Segment], Sequence[Cut]]


def plot_motion(found: Sequence[Found], rule: MotionRule) -> bytes:
    """A PNG with one row per recording: signal, its parts, thresholds, raw segments, and what was kept."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rows = [row for selected, signals in found for row in _rows_of(selected, signals)]
    shown = rows[:MOST_ROWS]
    height_in = MARGIN_IN + ROW_IN * max(1, len(shown))
    figure = Figure(figsize=(WIDTH_IN, height_in), dpi=DPI, layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    all_axes = figure.subplots(max(1, len(shown)), 1, squeeze=False)[:, 0]
    for axes, row in zip(all_axes, shown, strict=False):
        _draw_row(axes, row, rule)
    if shown:
        entries = {label: handle for axes in all_axes for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)}
        figure.legend(entries.values(), entries.keys(), loc="outside upper center", ncols=len(entries), frameon=False, fontsize=9)
    if len(rows) > len(shown):
        all_axes[-1].set_xlabel(f"{len(rows) - len(shown)} more recordings are not drawn")
    picture = io.BytesIO()
    figure.savefig(picture, format="png")
    return picture.getvalue()


def _rows_of(selected: SegmentsSelected, signals: Sequence[MotionSignal]) -> list[Row]:
    return [
        (recording, signal, segments, [cut for cut in selected.plan.cuts if cut.recording_id == recording.id])
        for recording, segments, signal in zip(selected.recordings, selected.segments, signals, strict=True)
    ]


def _draw_row(axes: Axes, row: Row, rule: MotionRule) -> None:
    recording, signal, segments, cuts = row
    top = max(LEAST_TOP_HPS, 1.2 * _usual_most(signal), 1.5 * rule.movement_threshold_hps)
    _draw_spans(axes, segments, cuts, top)
    axes.plot(signal.times_s, signal.limb_hps, color=LIMB, linewidth=0.8, label="limbs")
    axes.plot(signal.times_s, signal.travel_hps, color=TRAVEL, linewidth=0.8, label="travel")
    axes.plot(signal.times_s, signal.speed_hps, color=SPEED, linewidth=1.6, label="motion")
    axes.axhline(rule.movement_threshold_hps, color=INK, linewidth=0.9, linestyle=(0, (6, 3)), label="opens")
    axes.axhline(rule.release_hps, color=INK, linewidth=0.7, linestyle=(0, (1, 2)), label="closes")
    axes.set_title(_title_of(row), loc="left", fontsize=10, color=INK)
    axes.set(xlim=(0.0, max(float(recording.duration), 1e-3)), ylim=(-0.06 * top, top), ylabel="body heights / s")
    _tidy(axes)


def _usual_most(signal: MotionSignal) -> float:
    """The speed that all but a hundredth of the samples stay below: one spike does not flatten everything else."""
    return float(np.percentile(signal.speed_hps, 99)) if signal.speed_hps.size else 0.0


def _title_of(row: Row) -> str:
    recording, _, segments, cuts = row
    kept_s = sum(float(cut.span.length) for cut in cuts)
    moments = "1 moment" if len(segments) == 1 else f"{len(segments)} moments"
    share = f"{clock_from_seconds(kept_s)} of {clock_from_seconds(float(recording.duration))}"
    return f"{recording.name}   {share} kept, {moments} in motion"


def _draw_spans(axes: Axes, segments: Sequence[Segment], cuts: Sequence[Cut], top: float) -> None:
    """Kept cuts as wide bands behind everything, raw segments as a strip along the bottom."""
    for index, cut in enumerate(cuts):
        label = "kept (padded)" if index == 0 else "_"
        axes.axvspan(float(cut.span.start), float(cut.span.end), color=KEPT, linewidth=0, zorder=0, label=label)
    strip: list[tuple[float, float]] = [(float(one.span.start), float(one.span.length)) for one in segments]
    if strip:
        axes.broken_barh(strip, (-0.055 * top, 0.035 * top), color=FOUND, linewidth=0, label="in motion")


def _tidy(axes: Axes) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    def label(value: float, _position: Any) -> str:
        return clock_from_seconds(value)

    axes.xaxis.set_major_formatter(FuncFormatter(label))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=14, integer=True, steps=[1, 1.5, 2, 3, 6, 10]))
    axes.grid(axis="y", color="#e3e8ec", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(labelsize=8, colors=INK)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
