"""The short form of `make crash-test`: real processes, killed at random while footage is worked on."""

from __future__ import annotations

import random
import sys
from pathlib import Path

from appliance.adapters.model_shelf import ModelShelf
from bench.box import Box
from bench.crash import Ordeal, draw_footage, text_of, torment


def test_nothing_is_lost_when_processes_are_killed_the_streams_are_wiped_and_the_power_is_cut(
    tmp_path: Path, pose_weights: ModelShelf
) -> None:
    seed = random.SystemRandom().randrange(10**6)
    sys.stdout.write(f"seed {seed}\n")
    ordeal = Ordeal(recordings=4, kills=10, seed=seed, repeat=1, settle_s=400)
    hashes = draw_footage(tmp_path / "footage", count=ordeal.recordings, repeat=ordeal.repeat)
    box = Box(root=tmp_path / "box", environment={"RINKREEL_STORAGE_MODELS": str(pose_weights.root)})
    try:
        account = torment(box, tmp_path / "footage", hashes, ordeal)
    finally:
        box.stop()
    assert account.is_clean, text_of(account)
    assert (account.reels, account.reasons) == (ordeal.recordings - 1, 1)
