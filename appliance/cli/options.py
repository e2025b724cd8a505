"""Options that several verbs share, and how they become settings."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from appliance.algorithms.duration_reading import seconds_from_text

#: Option → the setting that it sets.
SETTING_OF = {
    "backend": "watching.backend",
    "workers": "watching.workers",
    "target_fps": "watching.target_fps",
    "target_height": "watching.target_height",
    "threshold": "motion.threshold",
    "min_motion": "motion.min_moving",
    "max_stationary": "motion.max_stationary",
    "merge_gap": "motion.merge_gap",
    "budget": "reel.budget",
    "pad_before": "reel.pad_before",
    "pad_after": "reel.pad_after",
    "encoder": "reel.encoder",
    "exact": "reel.cutting",
}

#: The same for the verbs that concern the appliance.
APPLIANCE_SETTING_OF = {"data": "storage.data", "port": "server.port"}


def add_common_options(parser: argparse.ArgumentParser) -> None:
    """--config and --quiet."""
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings file (docs/configuration.md)")
    parser.add_argument("--quiet", "-q", action="store_true", help="no progress and no notes, only results and errors")


def add_watching_options(parser: argparse.ArgumentParser) -> None:
    """How footage is looked at and when motion counts."""
    group = parser.add_argument_group("what counts as motion")
    group.add_argument(
        "--threshold", type=number, metavar="HPS", help="speed that counts, in body heights per second over the ice"
    )
    group.add_argument("--min-motion", type=duration, metavar="TIME", help="pass over motion that is shorter")
    group.add_argument("--max-stationary", type=duration, metavar="TIME", help="stillness that ends a moment")
    group.add_argument("--merge-gap", type=duration, metavar="TIME", help="moments closer than this become one")
    group = parser.add_argument_group("how footage is looked at")
    group.add_argument("--backend", choices=("auto", "mediapipe", "onnx"), help="what finds people")
    group.add_argument("--target-fps", type=number, metavar="HZ", help="frames looked at per second of footage")
    group.add_argument("--target-height", type=int, metavar="PX", help="picture height that motion is measured at")
    group.add_argument("--workers", metavar="N", help="processes that watch (default: one per core, at most 8)")


def add_reel_options(parser: argparse.ArgumentParser) -> None:
    """What the reel is made of."""
    group = parser.add_argument_group("what the reel is made of")
    group.add_argument("--budget", type=duration, metavar="TIME", help="at most this long, best moments first, e.g. 3m")
    group.add_argument("--pad-before", type=duration, metavar="TIME", help="kept before each moment (default: 2s)")
    group.add_argument("--pad-after", type=duration, metavar="TIME", help="kept after each moment (default: 3s)")
    group.add_argument("--encoder", metavar="NAME", help="auto, or ffmpeg's name of an H.264 encoder (see rinkreel doctor)")
    group.add_argument(
        "--exact", action="store_const", const="exact", help="cut where planned, even if that means to encode every picture again"
    )


def add_appliance_options(parser: argparse.ArgumentParser) -> None:
    """Which appliance is meant."""
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="the appliance's one folder (default: see docs/configuration.md)"
    )
    parser.add_argument("--port", type=int, metavar="N", help="port of the page (default: 8080)")


def flags_from(args: argparse.Namespace) -> dict[str, object]:
    """The settings that were given on the command line."""
    return {key: getattr(args, option, None) for option, key in (SETTING_OF | APPLIANCE_SETTING_OF).items()}


def duration(text: str) -> Fraction:
    """An option's value as seconds."""
    return _or_usage_error(seconds_from_text, text)


def number(text: str) -> Fraction:
    """An option's value as an exact number above zero."""
    value = _or_usage_error(Fraction, text)
    if value <= 0:
        raise argparse.ArgumentTypeError(f"a number above zero is wanted; found {text!r}")
    return value


def _or_usage_error(read: Callable[[str], Fraction], text: str) -> Fraction:
    try:
        return read(text)
    except (ValueError, ZeroDivisionError) as error:
        raise argparse.ArgumentTypeError(str(error)) from error
