"""The whole appliance, with every process and tool for real: footage dropped into the share, reels out."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from appliance.adapters.ffmpeg.binary import find_ffmpeg
from appliance.adapters.model_shelf import ModelShelf
from appliance.adapters.pyav.prober import PyavProber
from appliance.bootstrap.headquarters import add_rink, look_at_fleet, server_text
from appliance.domain.fleet import RinkStanding
from bench.box import Box, free_ports, kept_running
from bench.crash import hash_of
from tests.conftest import skip_or_fail
from tests.fleet_place import HeadquartersPlace, headquarters_in
from tests.namespace_place import TCP, UDP, Eavesdropper, Packet, listening_at, other_host

#: Generous, as the machine may be slow and busy; nothing here asserts speed.
LIMIT_S = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rink:
    """Where the appliance runs: a host of its own whose line is listened at, where such a thing can be made, else here."""

    before: tuple[str, ...] = ()
    own: str = "127.0.0.1"
    head: str = "127.0.0.1"
    ears: Eavesdropper | None = None


@pytest.fixture(scope="module")
def rink() -> Iterator[Rink]:
    with ExitStack() as stack:
        try:
            host = stack.enter_context(other_host(goes_out=True))
        except pytest.skip.Exception:
            yield Rink()
            return
        ears = stack.enter_context(listening_at(host))
        yield Rink(before=host.command, own=host.own, head=host.head, ears=ears)


@pytest.fixture(scope="module")
def headquarters(tmp_path_factory: pytest.TempPathFactory, rink: Rink) -> Iterator[HeadquartersPlace]:
    """A headquarters that lets a rink in, and is away."""
    with headquarters_in(tmp_path_factory.mktemp("headquarters"), rink.head) as place:
        yield place


@pytest.fixture(scope="module")
def box(
    tmp_path_factory: pytest.TempPathFactory, pose_weights: ModelShelf, headquarters: HeadquartersPlace, rink: Rink
) -> Iterator[Box]:
    """An appliance with nothing in it, which reports to a headquarters that is away."""
    key = add_rink(headquarters.settings, "north")
    headquarters.server.text = server_text(headquarters.settings)
    (port,) = free_ports(1)
    fleet = {"url": headquarters.address, "rink": "north", "credentials": str(key), "ca": str(headquarters.cert)}
    made = Box(
        root=tmp_path_factory.mktemp("box"),
        tables={"fleet": {**fleet, "every": "1s", "port": port}, "server": {"host": "0.0.0.0"}},
        environment={"RINKREEL_STORAGE_MODELS": str(pose_weights.root)},
        host=rink.own,
        before=rink.before,
    )
    with kept_running(made) as running:
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


def test_headquarters_that_was_away_all_along_hears_how_it_went(
    box: Box, headquarters: HeadquartersPlace, dropped: dict[str, dict[str, Any]]
) -> None:
    headquarters.server.start()
    seen: list[RinkStanding] = []

    def caught_up() -> bool:
        seen[:] = asyncio.run(look_at_fleet(headquarters.settings))[0]
        heard = seen[0].heard
        return heard is not None and heard.report is not None and heard.report.items.get("completed") == 2

    box.wait_for(caught_up, 60, "headquarters knows of both reels")
    heard = seen[0].heard
    assert heard is not None
    assert heard.report is not None
    assert heard.report.items == {"completed": 2, "failed": 1}
    assert (heard.report.mishaps[0].stage, heard.report.mishaps[0].verdict) == ("probe", "failed")
    # It went on while headquarters was away, and kept a report each second.
    assert heard.kept > 3
    stored = b"".join(path.read_bytes() for path in headquarters.settings.headquarters_folder.nats.rglob("*.blk"))
    assert [name for name in ("MVI_", "Tuesday", "CANON") if name.encode() in stored] == []
    assert b"north" in stored


def test_nothing_leaves_the_box_but_its_page_and_its_report(
    box: Box, headquarters: HeadquartersPlace, rink: Rink, dropped: dict[str, dict[str, Any]]
) -> None:
    """All that the module did happened on a host of its own: footage came in, reels were made, cut anew, and played."""
    if rink.ears is None:
        skip_or_fail("netns", "what leaves a box is only seen where it has a host of its own")
    assert rink.ears is not None
    hello = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('198.51.100.1', 53))"
    subprocess.run([*rink.before, sys.executable, "-c", hello], check=True, timeout=30)
    test = Packet(protocol=UDP, source_port=0, target="198.51.100.1", target_port=53)
    leaving = {packet for packet in rink.ears.heard if not (packet.protocol == TCP and packet.source_port == box.port)}
    assert test in {replace(packet, source_port=0) for packet in leaving}, "what left was not heard"
    report = {(TCP, rink.head, headquarters.settings.headquarters.port), (UDP, test.target, test.target_port)}
    assert {(packet.protocol, packet.target, packet.target_port) for packet in leaving} == report
