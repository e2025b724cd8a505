from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.domain.account import Account, ApiKey, Role
from appliance.domain.errors import Misconfigured, Transient
from appliance.domain.health import Finding, State
from appliance.domain.job import Fate, FileRow, ItemState, Notice
from appliance.domain.outbox import OutcomeNote
from appliance.services.api.parts import SupportLooks
from appliance.services.api.supporting import members

from .front_door import PASSWORD, Box, build_box, secret
from .seen_items import add_seen

LOOKS = SupportLooks(
    settings=lambda: "[server]\nname = Rink 7\n",
    findings=lambda: [Finding(name="disk", state=State.WARN, found="3 GB free", remedy="Delete something.")],
    logs=lambda: {"api.log": "key rk_abcdef123456 came\nthe word is swordfish\n"},
    describe=lambda path: f"{path.name}: Video: h264",
    secrets=lambda: ["swordfish"],
)


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return build_box(tmp_path, support=LOOKS, versions={"rinkreel": "1"})


def told(box: Box) -> dict[str, str]:
    return {member.name.removeprefix("support/"): b"".join(member.pieces()).decode() for member in members(box.house)}


def test_everything_that_helps_is_told(box: Box) -> None:
    item = add_seen(box)
    box.book.notice_rows = [Notice(key="disk", why="The disk is full.", remedy="", at_s=1.0)]
    box.book.outcome_notes = [
        OutcomeNote(
            id="o", at_s=1.0, order_id="i.1.probe", item_id="i", stage="probe", verdict="failed", attempt=5, took_s=1.0,
            worker="w", recorded_at_s=1.0, why="it stalled",
        )
    ]  # fmt: skip
    found = told(box)
    assert json.loads(found["versions.json"])["versions"] == {"rinkreel": "1"}
    assert "Rink 7" in found["settings.txt"]
    assert found["doctor.txt"] == "warn  disk: 3 GB free → Delete something.\n"
    assert json.loads(found["box.json"])["notices"][0]["why"] == "The disk is full."
    assert json.loads(found["orders.json"])["outcomes"][0]["why"] == "it stalled"
    assert json.loads(found["recordings.json"])[0]["id"] == item.id
    assert len(json.loads(found["plans.json"])[0]["cuts"]) == 2


def test_neither_passwords_nor_keys_are_told(box: Box) -> None:
    box.book.account_rows["anna"] = Account(name="anna", role=Role.ADMIN, secret=secret())
    box.book.key_rows["k"] = ApiKey(id="k", name="nightly", role=Role.ADMIN, digest="d1ge57", created_at_s=1.0)
    everything = "".join(told(box).values())
    for hidden in (PASSWORD, secret(), "d1ge57", "rk_abcdef123456", "swordfish"):
        assert hidden not in everything
    assert "key [hidden] came" in everything


def test_failed_recordings_are_described_file_by_file(box: Box) -> None:
    item = box.add_item("broken", state=ItemState.FAILED, message="it is no video", remedy="Copy it again.")
    row = FileRow(place="DCIM/A.MP4", size_bytes=8, modified_s=1.0, fate=Fate.RECORDING, stored=f"originals/{item.id}/A.MP4")
    box.book.part_rows[item.id] = [row, replace(row, place="DCIM/B.MP4", stored=f"originals/{item.id}/B.MP4")]
    (box.data.originals / item.id).mkdir()
    (box.data.originals / item.id / "A.MP4").write_bytes(b"no video")
    text = told(box)[f"failed/{item.id}.txt"]
    assert "[name 1]: it is no video\nCopy it again." in text
    assert "A.MP4: Video: h264" in text
    assert "B.MP4, 8 bytes\nthe file is not there" in text


def test_what_cannot_be_told_says_why_and_the_rest_comes(tmp_path: Path) -> None:
    def fail() -> str:
        raise Misconfigured("the settings are gone")

    def slip() -> list[Finding]:
        raise RuntimeError("a slip")

    def unreadable() -> dict[str, str]:
        raise OSError(5, "Input/output error")

    found = told(build_box(tmp_path, support=SupportLooks(settings=fail, findings=slip, logs=unreadable)))
    assert "the settings are gone" in found["settings.txt"]
    assert "a slip" in found["doctor.txt"]
    assert found["logs/unreadable.log"] == "Input/output error\n"
    assert json.loads(found["orders.json"]) == {"open": [], "outcomes": [], "dead_letters": []}


def test_no_name_that_the_book_knows_is_told_and_each_keeps_its_stand_in(box: Box) -> None:
    add_seen(box, box.add_item("Anna Müller free skate", state=ItemState.COMPLETED))
    item = box.add_item("Berta", state=ItemState.FAILED, message="Berta.MP4 of Lake Group is no video", remedy="")
    row = FileRow(place="Lake Group/DCIM/100CANON/Berta.MP4", size_bytes=8, modified_s=1.0, fate=Fate.RECORDING)
    box.book.part_rows[item.id] = [replace(row, stored=f"originals/{item.id}/Berta.MP4")]
    box.book.account_rows["clara.k"] = Account(name="clara.k", role=Role.ADMIN, secret=secret())
    line = json.dumps({"event": "job settled", "name": "Anna Müller free skate", "by": "clara.k", "place": row.place})
    looks = replace(LOOKS, logs=lambda: {"watcher.log": f"{line}\n"})
    house = replace(box.house, parts=replace(box.house.parts, support=looks))
    found = {member.name.removeprefix("support/"): b"".join(member.pieces()).decode() for member in members(house)}
    everything = "".join(found.values()) + "".join(found)
    assert [name for name in ("Anna", "ller", "Berta", "Lake", "clara") if name in everything] == []
    said = json.loads(found["logs/watcher.log"])
    (recording,) = (each for each in json.loads(found["recordings.json"]) if each["state"] == "completed")
    assert said["name"] == recording["name"] != said["by"]
    assert said["place"].endswith("/DCIM/100CANON/[name 4].MP4")
    assert "[name N]" in found["names.txt"]


def test_a_book_that_cannot_be_read_is_said_before_names_are_told(tmp_path: Path) -> None:
    box = build_box(tmp_path, support=LOOKS)

    def fail() -> tuple[Account, ...]:
        raise Transient("the book is away")

    box.book.accounts = fail  # type: ignore[method-assign]
    assert "Names are not replaced" in told(box)["names.txt"]


def test_no_picture_is_told(box: Box) -> None:
    item = add_seen(box)
    (box.data.reels / item.id).mkdir(exist_ok=True)
    (box.data.reels / item.id / "poster.jpg").write_bytes(b"\xff\xd8\xff\xe0 a picture")
    for member in members(box.house):
        content = b"".join(member.pieces())
        content.decode("utf-8")
        assert [sign for sign in (b"\xff\xd8\xff", b"\x89PNG", b"ftyp", b"base64") if sign in content] == []
        assert member.name.endswith((".txt", ".json", ".log"))
