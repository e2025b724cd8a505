from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import pytest

from appliance.adapters.file_moving import Mover
from appliance.adapters.originals import FolderOriginals
from appliance.adapters.pyav.prober import PyavProber
from appliance.domain.errors import DiskFull, Misconfigured, Transient, Unusable
from appliance.domain.house_rules import HouseRules
from appliance.domain.job import CutRules, Fate, ItemState, Job, Source
from appliance.domain.place import DataFolder
from appliance.domain.request import AddItem
from appliance.ports.bus import Desk
from appliance.ports.intake import OriginalStore
from appliance.services.intake import IncomingFile, Intake, IntakeTools, Taken

from ...appliance_fakes import HandClock, HeardJournal
from ...intake_fakes import Guillotine, Killed, MortalDesk, MortalStore, RememberingLedger
from ...media_files import write_clip


@dataclass
class House:
    """A data folder with an intake on it."""

    data: DataFolder
    ledger: RememberingLedger
    journal: HeardJournal
    originals: OriginalStore

    def intake(self, *, keep_duplicates: bool = False, desk: Desk | None = None, store: OriginalStore | None = None) -> Intake:
        tools = IntakeTools(
            data=self.data,
            desk=desk or self.ledger,
            book=self.ledger,
            originals=store or self.originals,
            prober=PyavProber(),
            clock=HandClock(),
            journal=self.journal,
            rules=CutRules(),
            keep_duplicates=keep_duplicates,
        )
        return Intake(tools)

    def drop(self, name: str, content: bytes = b"footage") -> IncomingFile:
        path = self.data.footage / "card" / os.fsdecode(name.encode())
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return IncomingFile(path=path, place=name)

    def stored(self) -> dict[str, bytes]:
        """Footage in the originals, by path below them."""
        found = (path for path in self.data.originals.rglob("*") if path.is_file() and path.suffix != ".json")
        return {str(path.relative_to(self.data.originals)): path.read_bytes() for path in found}

    def dropped(self) -> list[str]:
        """What still lies in the share."""
        return sorted(path.name for path in self.data.footage.rglob("*") if path.is_file())


@pytest.fixture
def house(tmp_path: Path) -> House:
    data = DataFolder(root=tmp_path / "data")
    for folder in data.all_folders():
        folder.mkdir(parents=True, exist_ok=True)
    return House(data=data, ledger=RememberingLedger(), journal=HeardJournal(), originals=FolderOriginals(data=data))


async def take(intake: Intake, *files: IncomingFile, source: Source = Source.FOLDER) -> tuple[Job, Taken]:
    job = await intake.open_job("card", source)
    return job, await intake.take(job, files)


def test_a_recording_leaves_the_share_and_is_told_of_with_all_its_files(house: House) -> None:
    files = [house.drop("GX010001.MP4", b"one"), house.drop("GX020001.MP4", b"two")]
    proxy = replace(house.drop("GL020001.LRV", b"small"), proxy_of="GX020001.MP4")
    job, taken = asyncio.run(take(house.intake(), *files, proxy))
    assert house.dropped() == []
    assert house.stored() == {
        f"{taken.item_id}/GX010001.MP4": b"one",
        f"{taken.item_id}/GX020001.MP4": b"two",
        f"{taken.item_id}/GL020001.LRV": b"small",
    }
    parts = house.ledger.parts_of(taken.item_id)
    assert [(row.place, row.fate, row.part) for row in parts] == [
        ("GX010001.MP4", Fate.RECORDING, 0),
        ("GX020001.MP4", Fate.CHAPTER, 1),
        ("GL020001.LRV", Fate.PROXY, 1),
    ]
    assert all(row.stored and (house.data.root / row.stored).is_file() and row.item_id == taken.item_id for row in parts)
    assert house.ledger.items_by_id[taken.item_id].name == "GX010001"
    assert house.ledger.files_of(job.id) == tuple(sorted(parts, key=lambda row: row.place))
    assert taken.duplicate_of is None
    assert house.originals.pending() == ()


def test_a_name_that_people_gave_wins_over_the_files(house: House) -> None:
    async def run() -> Taken:
        intake = house.intake()
        job = await intake.open_job("upload", Source.UPLOAD)
        return await intake.take(job, [house.drop("a.mp4")], name="Final, first period")

    assert house.ledger.items_by_id[asyncio.run(run()).item_id].name == "Final, first period"


def test_the_same_content_under_another_name_is_one_recording(house: House) -> None:
    async def run() -> tuple[Taken, Taken, Job]:
        intake = house.intake()
        _, first = await take(intake, house.drop("a.mp4"))
        job, second = await take(intake, house.drop("b.mp4"))
        return first, second, job

    first, second, job = asyncio.run(run())
    assert second == Taken(item_id=first.item_id, duplicate_of=first.item_id)
    assert house.dropped() == []
    assert list(house.stored().values()) == [b"footage"]
    (row,) = house.ledger.files_of(job.id)
    assert (row.fate, row.item_id, row.reason) == (Fate.DUPLICATE, first.item_id, "the same footage as a, which is here already")


def test_a_second_copy_stays_where_that_is_wanted_but_an_upload_leaves_none(house: House) -> None:
    async def run() -> None:
        intake = house.intake(keep_duplicates=True)
        await take(intake, house.drop("a.mp4"))
        await take(intake, house.drop("b.mp4"))
        await take(intake, house.drop("c.mp4"), source=Source.UPLOAD)

    asyncio.run(run())
    assert house.dropped() == ["b.mp4"]


def test_a_copy_takes_the_place_of_an_original_that_got_lost(house: House) -> None:
    async def run() -> None:
        intake = house.intake()
        _, taken = await take(intake, house.drop("a.mp4"))
        (house.data.original_folder(taken.item_id) / "a.mp4").unlink()
        await take(intake, house.drop("b.mp4"))

    asyncio.run(run())
    assert house.dropped() == []
    assert [Path(place).name for place in house.stored()] == ["a.mp4"]


def test_a_copy_is_kept_beside_an_original_whose_size_has_changed(house: House) -> None:
    async def run() -> None:
        intake = house.intake()
        _, taken = await take(intake, house.drop("a.mp4"))
        (house.data.original_folder(taken.item_id) / "a.mp4").write_bytes(b"foo")
        await take(intake, house.drop("b.mp4"))

    asyncio.run(run())
    assert {Path(place).name: content for place, content in house.stored().items()} == {
        "a.mp4": b"footage",
        "damaged-a.mp4": b"foo",
    }


def test_footage_whose_original_was_removed_on_purpose_comes_back_as_that_recording(house: House) -> None:
    async def run() -> tuple[Taken, Taken]:
        intake = house.intake()
        _, first = await take(intake, house.drop("a.mp4"))
        (house.data.original_folder(first.item_id) / "a.mp4").unlink()
        house.ledger.items_by_id[first.item_id] = replace(house.ledger.items_by_id[first.item_id], has_original=False)
        _, second = await take(intake, house.drop("b.mp4"))
        return first, second

    first, second = asyncio.run(run())
    assert second.duplicate_of == first.item_id
    (row,) = house.ledger.parts_of(first.item_id)
    assert row.stored is not None
    assert (house.data.root / row.stored).read_bytes() == b"footage"
    assert house.originals.pending() == ()


def test_content_that_somebody_else_took_in_meanwhile_is_a_second_copy(house: House) -> None:
    class LateBook(RememberingLedger):
        """Says at first that it does not know the content yet."""

        def item_of_content(self, content_id: str) -> None:
            return None

    late = LateBook(
        **{name: getattr(house.ledger, name) for name in ("jobs_by_id", "items_by_id", "rows_by_job", "parts_by_item")}
    )

    async def run() -> tuple[Taken, Taken]:
        _, first = await take(house.intake(), house.drop("a.mp4"))
        intake = house.intake()
        intake._tools = replace(intake._tools, book=late)
        _, second = await take(intake, house.drop("b.mp4"))
        return first, second

    first, second = asyncio.run(run())
    assert second.duplicate_of == first.item_id
    assert list(house.stored()) == [f"{first.item_id}/a.mp4"]
    assert house.dropped() == []
    assert house.originals.pending() == ()


def test_a_refusal_is_listed_with_its_reason_and_has_no_original(house: House) -> None:
    async def run() -> str:
        intake = house.intake()
        job = await intake.open_job("upload", Source.UPLOAD)
        assert await intake.refuse(job, "a.pdf", 12, "a.pdf is no video", "Send a video.") == await intake.refuse(
            job, "a.pdf", 12, "a.pdf is no video", "Send a video."
        )
        return await intake.refuse(job, "a.pdf", 12, "a.pdf is no video", "Send a video.")

    item = house.ledger.items_by_id[asyncio.run(run())]
    assert (item.state, item.has_original, item.name) == (ItemState.FAILED, False, "a")


def test_checking_opens_a_file_as_the_pipeline_will(house: House, tmp_path: Path) -> None:
    house.intake().check(write_clip(tmp_path / "clip.mp4"))
    (tmp_path / "text.mp4").write_text("no video at all")
    with pytest.raises(Unusable):
        house.intake().check(tmp_path / "text.mp4")


def test_a_file_that_is_still_being_written_stays_where_it_is(house: House) -> None:
    file = house.drop("a.mp4")
    with file.path.open("ab"), pytest.raises(Transient, match="changed"):
        asyncio.run(take(house.intake(), file))
    assert house.dropped() == ["a.mp4"]
    assert house.stored() == {}
    assert house.originals.pending() == ()


def test_a_file_that_changes_between_reading_and_moving_stays_where_it_is(house: House) -> None:
    first, second = house.drop("GX010001.MP4", b"one"), house.drop("GX020001.MP4", b"two")

    def rename(source: Path, target: Path) -> None:
        if source == first.path:
            second.path.write_bytes(b"two and more")
        source.rename(target)

    store = FolderOriginals(data=house.data, mover=Mover(rename=rename))
    with pytest.raises(Transient, match="changed"):
        asyncio.run(take(house.intake(store=store), first, second))
    assert house.dropped() == ["GX010001.MP4", "GX020001.MP4"]
    assert house.stored() == {}


def test_what_the_ledger_refuses_goes_back(house: House) -> None:
    async def run() -> None:
        job = await house.intake().open_job("card", Source.FOLDER)
        house.ledger.jobs_by_id.clear()
        with pytest.raises(Misconfigured, match="no such job"):
            await house.intake().take(job, [house.drop("a.mp4")])

    asyncio.run(run())
    assert house.dropped() == ["a.mp4"]
    assert house.stored() == {}


def test_a_full_disk_costs_nothing(house: House) -> None:
    def rename(source: Path, target: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    file = house.drop("a.mp4")
    with pytest.raises(DiskFull):
        asyncio.run(take(house.intake(store=FolderOriginals(data=house.data, mover=Mover(rename=rename))), file))
    assert house.dropped() == ["a.mp4"]


def test_links_are_never_followed(house: House, tmp_path: Path) -> None:
    (tmp_path / "secret.mp4").write_bytes(b"secret")
    link = house.data.footage / "link.mp4"
    link.symlink_to(tmp_path / "secret.mp4")
    (house.data.footage / "way").symlink_to(tmp_path)
    for path in (link, house.data.footage / "way" / "secret.mp4"):
        with pytest.raises(Unusable, match="link"):
            asyncio.run(take(house.intake(), IncomingFile(path=path, place=path.name)))
    assert (tmp_path / "secret.mp4").read_bytes() == b"secret"


@pytest.mark.parametrize(
    "name",
    ["a\nb.mp4", "a'b\"c.mp4", "--help.mp4", "x" * 251 + ".mp4", "$(reboot).mp4", "…/..mp4".replace("/", "∕"), "intake.json"],
)
def test_hostile_names_are_stored_safely_and_told_as_they_were(house: House, name: str) -> None:
    _, taken = asyncio.run(take(house.intake(), house.drop(name)))
    (row,) = house.ledger.parts_of(taken.item_id)
    assert row.place == name
    assert row.stored is not None
    stored = house.data.root / row.stored
    assert stored.parent == house.data.original_folder(taken.item_id)
    assert stored.read_bytes() == b"footage"
    assert not set(stored.name) & set("\n\"'/$") - set("'$")
    assert house.originals.pending() == ()


def test_a_name_that_is_no_text_is_taken_in_as_well(house: House) -> None:
    path = Path(os.fsdecode(os.fsencode(house.data.footage) + b"/a\xff.mp4"))
    path.write_bytes(b"footage")
    _, taken = asyncio.run(take(house.intake(), IncomingFile(path=path, place=path.name)))
    assert [row.place for row in house.ledger.parts_of(taken.item_id)] == ["a\\xff.mp4"]
    assert list(house.stored().values()) == [b"footage"]


def test_two_chapters_of_the_same_content_are_both_kept(house: House) -> None:
    _, taken = asyncio.run(take(house.intake(), house.drop("GX010001.MP4"), house.drop("GX020001.MP4")))
    assert len(house.ledger.parts_of(taken.item_id)) == len(house.stored()) == 2


def test_being_called_off_while_reading_leaves_everything_as_it_was(house: House) -> None:
    file = house.drop("a.mp4", b"footage" * 1000)

    async def run() -> None:
        intake = house.intake()
        job = await intake.open_job("card", Source.FOLDER)
        task = asyncio.create_task(intake.take(job, [file]))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await intake.resume()

    asyncio.run(run())
    assert [*house.dropped(), *house.stored()] == ["a.mp4"]


def copy_instead(source: Path, target: Path) -> None:
    raise OSError(errno.EXDEV, "Invalid cross-device link")


def test_from_another_file_system_files_are_copied_verified_and_removed(house: House) -> None:
    store = FolderOriginals(data=house.data, mover=Mover(rename=copy_instead))
    files = [house.drop("a.mp4", b"a" * 3_000_000), house.drop("b.mp4", b"b")]
    _, taken = asyncio.run(take(house.intake(store=store), *files))
    assert house.dropped() == []
    assert sorted(house.stored()) == [f"{taken.item_id}/a.mp4", f"{taken.item_id}/b.mp4"]
    assert not list(house.data.originals.rglob("*.part"))


async def die_and_go_on(house: House, store: OriginalStore, files: list[IncomingFile], lives: tuple[int, int]) -> bool:
    """Take files in, and die after so many steps; a second life may end early, too; a third is long. Whether it died at all."""
    guillotine = Guillotine(lives[0])
    mortal = house.intake(desk=MortalDesk(house.ledger, guillotine), store=MortalStore(store, guillotine))
    job = await house.intake().open_job("card", Source.FOLDER)
    try:
        await mortal.take(job, files)
    except Killed:
        guillotine.steps = lives[1]
        with suppress(Killed):
            await mortal.resume()
        await house.intake(store=store).resume()
        if all(file.path.exists() for file in files):
            await house.intake(store=store).take(job, files)
        return True
    return False


@pytest.mark.parametrize("rename", [os.rename, copy_instead], ids=["moved", "copied"])
@pytest.mark.parametrize("second_life", [0, 1, 3, 100])
def test_dying_at_any_step_loses_nothing_and_doubles_nothing(
    house: House, rename: Callable[[Path, Path], None], second_life: int
) -> None:
    store = FolderOriginals(data=house.data, mover=Mover(rename=rename))
    for steps in range(100):
        contents = [f"one {steps}".encode(), f"two {steps}".encode()]
        files = [house.drop("GX010001.MP4", contents[0]), house.drop("GX020001.MP4", contents[1])]
        died = asyncio.run(die_and_go_on(house, store, files, (steps, second_life)))
        assert house.dropped() == []
        assert list(house.stored().values()).count(contents[0]) == 1
        assert list(house.stored().values()).count(contents[1]) == 1
        assert house.originals.pending() == ()
        assert len(house.ledger.items_by_id) == steps + 1
        if not died:
            break
    assert steps == 10


def test_recordings_are_cut_as_the_staff_chose_by_then(house: House) -> None:
    intake = house.intake()
    house.ledger.chosen = HouseRules(threshold_hps=0.3, budget=Fraction(45))
    asyncio.run(take(intake, house.drop("A.MP4", b"one")))
    (request,) = [request for request in house.ledger.asked if isinstance(request, AddItem)]
    assert request.rules.motion.movement_threshold_hps == 0.3
    assert request.rules.reel == replace(CutRules().reel, budget=Fraction(45))
