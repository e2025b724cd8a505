"""The whole appliance, with every process and tool for real: footage dropped into the share, reels out."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from appliance.adapters.ffmpeg.binary import find_ffmpeg
from appliance.adapters.model_shelf import ModelShelf
from appliance.adapters.pyav.prober import PyavProber
from bench.box import Box, running_box
from bench.crash import hash_of

#: Generous, as the machine may be slow and busy; nothing here asserts speed.
LIMIT_S = 300.0


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory, pose_weights: ModelShelf) -> Iterator[Box]:
    """An appliance with nothing in it."""
    root = tmp_path_factory.mktemp("box")
    with running_box(root, environment={"RINKREEL_STORAGE_MODELS": str(pose_weights.root)}) as running:
        yield running


def items_of(box: Box, *names: str) -> dict[str, dict[str, Any]]:
    """Items by name, as soon as all of these have ended."""
    found: dict[str, dict[str, Any]] = {}

    def all_ended() -> bool:
        found.clear()
        found.update({str(item["name"]): item for item in box.items()})
        return all(found.get(name, {}).get("status") in {"completed", "failed", "cancelled"} for name in names)

    box.wait_for(all_ended, LIMIT_S, f"{', '.join(names)} have ended")
    return found


@pytest.fixture(scope="module")
def dropped(box: Box, drawn_footage: Path) -> dict[str, dict[str, Any]]:
    """What became of a card with a good recording, its copy under another name, and a broken one."""
    card = box.footage / "Tuesday" / "DCIM" / "100CANON"
    card.mkdir(parents=True)
    shutil.copyfile(drawn_footage / "MVI_0000.MP4", card / "MVI_0000.MP4")
    shutil.copyfile(drawn_footage / "MVI_0001.MP4", card / "MVI_0001.MP4")
    shutil.copyfile(drawn_footage / "MVI_0000.MP4", card / "MVI_0007.MP4")
    shutil.copyfile(drawn_footage / "MVI_0002.MP4", card / "MVI_0002.MP4")
    (card / "._MVI_0000.MP4").write_bytes(b"mac")
    return items_of(box, "MVI_0000", "MVI_0001", "MVI_0002")


def test_two_reels_and_one_clear_reason_come_of_three_recordings_and_a_copy(
    box: Box, drawn_footage: Path, dropped: dict[str, dict[str, Any]]
) -> None:
    assert {name: item["status"] for name, item in dropped.items()} == {
        "MVI_0000": "completed",
        "MVI_0001": "completed",
        "MVI_0002": "failed",
    }
    assert dropped["MVI_0002"]["message"]
    assert dropped["MVI_0002"]["remedy"]
    for name in ("MVI_0000", "MVI_0001"):
        (reel,) = (box.data / "reels" / dropped[name]["item_id"]).rglob("*.mp4")
        assert reel.name == f"highlight_{name}.mp4"
        assert PyavProber().probe(reel).duration > 3
    originals = {hash_of(path) for path in (box.data / "originals").rglob("*.MP4")}
    assert originals == {hash_of(drawn_footage / f"MVI_000{index}.MP4") for index in range(3)}


def test_the_receipt_accounts_for_every_file_of_the_card(box: Box, dropped: dict[str, dict[str, Any]]) -> None:
    job = box.get("/api/jobs")["jobs"][0]
    box.wait_for(lambda: box.get("/api/jobs")["jobs"][0]["settled"], 60, "nothing more is expected")
    receipt = box.get(f"/api/jobs/{job['job_id']}/receipt")
    fates = {Path(row["place"]).name: row["fate"] for row in receipt["files"]}
    assert sorted(fates) == ["._MVI_0000.MP4", "MVI_0000.MP4", "MVI_0001.MP4", "MVI_0002.MP4", "MVI_0007.MP4"]
    assert sorted(fate for name, fate in fates.items() if name in ("MVI_0000.MP4", "MVI_0007.MP4")) == ["duplicate", "recording"]
    assert fates["._MVI_0000.MP4"] == "ignored"
    # One does not open; perhaps the card holds it whole.
    assert receipt["verdict"].startswith("Do not format yet: 1 file could not be opened")
    assert "MVI_0002.MP4" in receipt["verdict"]


def item_of(box: Box, item_id: str) -> dict[str, Any]:
    item: dict[str, Any] = box.get(f"/api/items/{item_id}")["item"]
    return item


def test_a_reel_is_cut_anew_in_other_words_without_watching_again(box: Box, dropped: dict[str, dict[str, Any]]) -> None:
    item_id = dropped["MVI_0000"]["item_id"]
    before = item_of(box, item_id)
    box.call("POST", f"/api/items/{item_id}/recut", {"pad_before": 0, "pad_after": 0, "budget": 4})
    box.wait_for(
        lambda: (now := item_of(box, item_id))["status"] == "completed" and now["revision"] > before["revision"],
        LIMIT_S,
        "the new cut is there",
    )
    after = item_of(box, item_id)
    assert 0 < after["kept_s"] <= 4.5 < before["kept_s"]
    box.call("POST", f"/api/items/{item_id}/undo")
    assert item_of(box, item_id)["kept_s"] == before["kept_s"]


def test_a_reel_plays_from_the_page_in_parts(box: Box, dropped: dict[str, dict[str, Any]], tmp_path: Path) -> None:
    item = item_of(box, dropped["MVI_0001"]["item_id"])
    words = [str(find_ffmpeg().path), "-v", "error", "-ss", "1", "-i", box.page + item["download_url"], "-frames:v", "1"]
    # The pose libraries are kept from calling home by a proxy that is none, which children of this process would inherit.
    subprocess.run([*words, str(tmp_path / "frame.png")], check=True, timeout=60, env=dict(os.environ))
    assert (tmp_path / "frame.png").stat().st_size > 1000
