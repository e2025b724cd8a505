"""One whole appliance, seen by whoever corrects a reel and takes things away: previews, cuts by hand, pictures, packs."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from appliance.adapters.model_shelf import ModelShelf
from appliance.adapters.pyav.prober import PyavProber
from bench.box import Box, running_box

LIMIT_S = 240.0


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory, pose_weights: ModelShelf) -> Iterator[Box]:
    """An appliance with nothing in it."""
    root = tmp_path_factory.mktemp("box")
    with running_box(root, environment={"RINKREEL_STORAGE_MODELS": str(pose_weights.root)}) as running:
        yield running


@pytest.fixture(scope="module")
def item(box: Box, drawn_footage: Path) -> dict[str, Any]:
    """A recording that was dropped and is done."""
    folder = box.footage / "Friday"
    folder.mkdir()
    (folder / "MVI_0000.MP4").write_bytes((drawn_footage / "MVI_0000.MP4").read_bytes())
    box.wait_for(lambda: [item["status"] for item in box.items()] == ["completed"], LIMIT_S, "the recording is done")
    (found,) = box.items()
    return found


def fetched(box: Box, path: str) -> httpx.Response:
    """What is made on demand, once it is there."""
    deadline = time.monotonic() + 60
    while (answer := httpx.get(box.page + path, timeout=30)).status_code == 202:
        assert time.monotonic() < deadline
        assert int(answer.headers["Retry-After"]) > 0
    assert answer.status_code == 200, answer.text
    return answer


def test_a_preview_writes_nothing_and_a_cut_by_hand_is_exact(box: Box, item: dict[str, Any], tmp_path: Path) -> None:
    place = f"/api/items/{item['item_id']}"
    seen = box.call("POST", f"{place}/preview", {})
    assert seen["moments"] == item["moments"]
    parts = [[1.0, 2.5], [3.0, 4.0]]
    shown = box.call("POST", f"{place}/preview", {"parts": parts})
    assert (shown["reel_s"], shown["moments"]) == (2.5, 2)
    assert box.get(place)["item"]["revision"] == item["revision"]
    box.call("POST", f"{place}/recut", {"parts": parts})
    box.wait_for(lambda: box.get(place)["item"]["moments"] == 2, LIMIT_S, "the cut by hand is there")
    now = box.get(place)["item"]
    (tmp_path / "reel.mp4").write_bytes(box.fetch(now["download_url"]))
    assert float(PyavProber().probe(tmp_path / "reel.mp4").duration) == pytest.approx(2.5, abs=0.05)
    cuts = box.get(f"{place}/segments")["cuts"]
    assert [[cut["start_s"], cut["end_s"]] for cut in cuts] == parts
    assert [cut["reel_at_s"] for cut in cuts] == pytest.approx([0.0, 1.5], abs=0.05)
    box.call("POST", f"{place}/undo")
    assert box.get(place)["item"]["kept_s"] == item["kept_s"]


def test_pictures_and_what_was_left_out_are_made_when_asked_for(box: Box, item: dict[str, Any], tmp_path: Path) -> None:
    place = f"/api/items/{item['item_id']}"
    told = box.get(f"{place}/thumbnails?columns=4")
    assert fetched(box, told["url"]).content.startswith(b"\xff\xd8")
    rest = box.get(f"{place}/rest")
    if rest["url"] is not None:
        (tmp_path / "rest.mp4").write_bytes(fetched(box, rest["url"]).content)
        assert float(PyavProber().probe(tmp_path / "rest.mp4").duration) == pytest.approx(rest["film_s"], abs=0.3)


def test_a_pack_holds_clips_that_play_and_a_bundle_tells_of_the_box(box: Box, item: dict[str, Any], tmp_path: Path) -> None:
    pack = zipfile.ZipFile(io.BytesIO(fetched(box, f"/api/items/{item['item_id']}/pack.zip").content))
    assert pack.testzip() is None
    cuts = box.get(f"/api/items/{item['item_id']}/segments")["cuts"]
    clips = sorted(name for name in pack.namelist() if name.endswith(".mp4"))
    assert len(clips) == len(cuts)
    for clip, cut in zip(clips, cuts, strict=True):
        path = Path(pack.extract(clip, tmp_path))
        assert float(PyavProber().probe(path).duration) == pytest.approx(cut["end_s"] - cut["start_s"], abs=0.1)
    bundle = zipfile.ZipFile(io.BytesIO(fetched(box, "/api/box/support.zip").content))
    assert json.loads(bundle.read("support/orders.json"))["outcomes"]
    assert "support/logs/supervisord.log" in bundle.namelist()


def test_the_boxs_lights_are_on_and_what_the_staff_choose_counts(box: Box, item: dict[str, Any]) -> None:
    box.wait_for(lambda: box.get("/api/box")["choices"], 60, "the choices are known")
    lights = {light["name"]: light["state"] for light in box.get("/api/box")["lights"]}
    assert lights == dict.fromkeys(("footage", "work", "reels", "disk", "models"), "ok")
    assert box.call("PUT", "/api/settings", {"server_name": "Rink 7", "pad_before": 0})["in_force"]["pad_before"] == 0
    assert box.get("/api/box")["name"] == "Rink 7"
