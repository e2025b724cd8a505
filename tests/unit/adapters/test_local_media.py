from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from appliance.adapters.local_media import LocalMedia
from appliance.domain.errors import Misconfigured
from appliance.domain.facts import RecordingArrived, ReelAssembled
from appliance.domain.job import CutRules
from appliance.domain.order import Order
from appliance.domain.reel import Reel

ORDER = Order(
    id="i.1.probe",
    item_id="i",
    revision=1,
    stage="probe",
    heard=RecordingArrived(paths=(Path("originals/i/a.mp4"),), proxies=(None,)),
    rules=CutRules(),
    trace_id="t",
)


def reel_at(path: Path) -> Reel:
    return Reel(
        path=path,
        poster=path.with_suffix(".jpg"),
        duration=Fraction(3),
        width_px=64,
        height_px=36,
        frame_rate_hz=Fraction(30),
        encoder="libx264",
        size_bytes=9,
    )


def test_an_order_comes_with_paths_that_can_be_opened(tmp_path: Path) -> None:
    with LocalMedia(tmp_path).localise(ORDER, lambda: None) as local:
        assert isinstance(local.heard, RecordingArrived)
        assert local.heard.paths == (tmp_path / "originals/i/a.mp4",)
        assert local.heard.proxies == (None,)


def test_facts_leave_with_paths_seen_from_the_data_folder(tmp_path: Path) -> None:
    told = LocalMedia(tmp_path).portable([ReelAssembled(reel=reel_at(tmp_path / "reels/i/001/highlight_a.mp4"))])
    assert told == (ReelAssembled(reel=reel_at(Path("reels/i/001/highlight_a.mp4"))),)


def test_a_reels_folder_is_made_and_rid_of_what_an_earlier_try_left(tmp_path: Path) -> None:
    folder = tmp_path / "reels" / "i" / "001"
    (folder / ".rinkreel-abc").mkdir(parents=True)
    (folder / ".rinkreel-abc" / "part-1.mkv").write_bytes(b"half")
    (folder / ".highlight_a.mp4.x1.part").write_bytes(b"half")
    (folder / "highlight_a.jpg").write_bytes(b"whole")
    with LocalMedia(tmp_path).localise(replace(ORDER, target=Path("reels/i/001/highlight_a.mp4")), lambda: None) as local:
        assert local.target == folder / "highlight_a.mp4"
        assert [path.name for path in folder.iterdir()] == ["highlight_a.jpg"]
    with LocalMedia(tmp_path).localise(replace(ORDER, target=Path("reels/i/002/highlight_a.mp4")), lambda: None):
        assert (tmp_path / "reels/i/002").is_dir()


def test_a_folder_that_cannot_be_made_is_the_operators_business(tmp_path: Path) -> None:
    (tmp_path / "reels").write_text("in the way")
    with (
        pytest.raises(Misconfigured),
        LocalMedia(tmp_path).localise(replace(ORDER, target=Path("reels/i/001/x.mp4")), lambda: None),
    ):
        pass


def test_an_order_that_leads_out_of_the_data_folder_is_refused(tmp_path: Path) -> None:
    order = replace(ORDER, heard=RecordingArrived(paths=(Path("../../etc/passwd"),)))
    with pytest.raises(ValueError, match="below the data folder"), LocalMedia(tmp_path).localise(order, lambda: None):
        pass
