from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest

from appliance.adapters.originals import FolderOriginals
from appliance.algorithms.intake_planning import plan_parts
from appliance.domain.errors import Unusable
from appliance.domain.footage import ClaimedFile, FileStamp, Fingerprint, IntakeNote
from appliance.domain.job import CutRules
from appliance.domain.place import DataFolder
from appliance.domain.request import AddItem
from appliance.services.porter import Porter

from ...appliance_fakes import HeardJournal

UNREAD = Fingerprint(sha256="", stamp=FileStamp(size_bytes=0, modified_ns=0, allocated_bytes=0, device=0))


@pytest.fixture
def porter(tmp_path: Path) -> Porter:
    data = DataFolder(root=tmp_path / "data")
    for folder in data.all_folders():
        folder.mkdir(parents=True, exist_ok=True)
    return Porter(data=data, originals=FolderOriginals(data=data), journal=HeardJournal())


def note_of(porter: Porter, *names: str) -> IntakeNote:
    """A note about files that lie in the share."""
    files = []
    for name in names:
        path = porter.data.footage / name
        path.write_bytes(name.encode())
        file = ClaimedFile(path=path, place=name, fingerprint=UNREAD)
        files.append(asyncio.run(porter.claim_file(file)))
    request = AddItem(
        job_id="j",
        item_id="i",
        name="a",
        content_id="c",
        parts=plan_parts(files, PurePosixPath("originals/i"), "i"),
        rules=CutRules(),
        at_s=0.0,
    )
    return IntakeNote(request=request, files=tuple(files))


def test_a_note_comes_back_and_does_not_depend_on_where_the_data_folder_lies(porter: Porter) -> None:
    note = note_of(porter, "a.mp4")
    with porter.originals.claim("i"):
        asyncio.run(porter.write_note(note))
    read = porter.read_note("i")
    assert read is not None
    assert read.request == note.request
    assert [file.path for file in read.files] == [Path("footage/a.mp4")]
    assert read.files[0].fingerprint == note.files[0].fingerprint


def test_a_note_that_cannot_be_read_is_left_for_people(porter: Porter) -> None:
    with porter.originals.claim("i"):
        porter.originals.write_note("i", '{"is": "SomethingNewer"}')
    assert porter.read_note("i") is None
    assert porter.originals.pending() == ("i",)
    assert porter.journal.events == ["an intake's note cannot be read"]  # type: ignore[attr-defined]


def test_what_was_moved_in_can_be_undone(porter: Porter) -> None:
    note = note_of(porter, "a.mp4", "b.mp4")

    async def run() -> None:
        with porter.originals.claim("i"):
            await porter.write_note(note)
            await porter.move_in(note)
            await porter.move_in(note)
            assert list(porter.data.footage.iterdir()) == []
            await porter.undo(note, "because")

    asyncio.run(run())
    assert sorted(path.name for path in porter.data.footage.iterdir()) == ["a.mp4", "b.mp4"]
    assert list(porter.data.originals.iterdir()) == []


def test_a_file_that_is_not_what_was_claimed_stops_the_move(porter: Porter) -> None:
    note = note_of(porter, "a.mp4", "b.mp4")
    (porter.data.footage / "b.mp4").write_bytes(b"something else")
    with porter.originals.claim("i"), pytest.raises(Unusable):
        asyncio.run(porter.move_in(note))
    assert (porter.data.footage / "b.mp4").read_bytes() == b"something else"


def test_copies_go_only_when_all_of_them_are_held(porter: Porter) -> None:
    note = note_of(porter, "a.mp4", "b.mp4")
    with porter.originals.claim("i"):
        asyncio.run(porter.move_in(note))
    copies = [replace(file, path=porter.data.footage / f"copy-{file.place}") for file in note.files]
    for copy in copies:
        copy.path.write_bytes(copy.place.encode())
    assert not asyncio.run(porter.drop_copies(note.request.parts[:1], copies))
    assert all(copy.path.exists() for copy in copies)
    assert asyncio.run(porter.drop_copies(note.request.parts, copies))
    assert not any(copy.path.exists() for copy in copies)
