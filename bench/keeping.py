"""Runs the command in this process and keeps the motion signal that it throws away: python -m bench.keeping SIGNAL.npz VERB …

What is run is the command itself, door and all; only what it found is copied on the way.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from unittest import mock

import numpy as np

from appliance.cli import footage, main
from appliance.cli.footage import Findings, NameTarget

FIELDS = ("times_s", "speed_hps", "travel_hps", "limb_hps", "people", "camera")


def run(argv: Sequence[str]) -> int:
    """Run `argv[1:]` as the command and keep the first recording's signal in `argv[0]`."""
    target, look_through = Path(argv[0]), footage.look_through

    def look(args: argparse.Namespace, name_target: NameTarget | None, *, apart: bool = False) -> Findings:
        findings = look_through(args, name_target, apart=apart)
        keep_signal(findings, target)
        return findings

    with mock.patch.object(footage, "look_through", look):
        return main(argv[1:])


def keep_signal(findings: Findings, target: Path) -> None:
    """Write the first signal and the thresholds that it was held against."""
    signals = [signal for outcome in findings.replayed.outcomes for signal in outcome.signals]
    if signals:
        rule = findings.settings.motion.rule()
        arrays = {field: np.asarray(getattr(signals[0], field)) for field in FIELDS}
        levels = {"opens_hps": np.array(rule.movement_threshold_hps), "closes_hps": np.array(rule.release_hps)}
        np.savez(target, allow_pickle=False, **arrays, **levels)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
