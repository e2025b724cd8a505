from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from appliance.domain.errors import Transient
from appliance.domain.job import CutRules, Revision
from appliance.domain.reel import Cut, ReelPlan
from appliance.domain.timespan import Span
from appliance.services.api.packing import Pack, chapters_in
from tests.book_examples import a_reel, an_item
from tests.edit_examples import a_long_recording, some_chapters
from tests.extras_fakes import PaperExtras


def a_pack(folder: Path, maker: PaperExtras, name: str = "Game / 3") -> Pack:
    return Pack(
        item=replace(an_item(), name=name),
        recording=a_long_recording(),
        chapters=some_chapters(),
        reel=folder / "reel.mp4",
        folder=folder / "work",
        maker=maker,
    )


def contents(pack: Pack) -> dict[str, bytes]:
    return {member.name: b"".join(member.pieces()) for member in pack.members()}


def test_a_pack_holds_lists_and_a_clip_for_each_moment(tmp_path: Path) -> None:
    maker = PaperExtras()
    found = contents(a_pack(tmp_path, maker))
    assert list(found) == [
        *(f"Game _ 3/{name}" for name in ("moments.csv", "Game _ 3.edl", "Game _ 3.fcpxml", "chapters.txt")),
        *(f"Game _ 3/clips/{name}" for name in ("001_0-10.mp4", "002_0-58.mp4", "003_1-40.mp4")),
    ]
    assert maker.asked == ["clip 0-5", "clip 5-9", "clip 9-10"]
    assert b"clips/003_1-40.mp4" in found["Game _ 3/moments.csv"]
    assert found["Game _ 3/clips/001_0-10.mp4"] == b"clip 0-5"


def test_nothing_is_left_behind_even_when_it_is_not_fetched_to_its_end(tmp_path: Path) -> None:
    members = a_pack(tmp_path, PaperExtras()).members()
    while not next(members).name.endswith("001_0-10.mp4"):
        pass
    assert [path.name for path in (tmp_path / "work").rglob("*.mp4")] == ["clip.mp4"]
    members.close()  # type: ignore[attr-defined]
    assert list((tmp_path / "work").iterdir()) == []


def test_a_clip_that_cannot_be_made_is_named_and_the_others_come(tmp_path: Path) -> None:
    maker = PaperExtras(failure=Transient(f"{tmp_path}/reel.mp4 broke"))
    found = contents(a_pack(tmp_path, maker, name="a"))
    assert set(found) == {"a/moments.csv", "a/a.edl", "a/a.fcpxml", "a/chapters.txt", "a/missing.txt"}
    assert found["a/missing.txt"].splitlines()[0] == b"001_0-10.mp4: reel.mp4 broke"


def test_an_older_book_says_by_its_plan_what_its_reel_holds() -> None:
    spans = (Span(Fraction(10), Fraction(15)), Span(Fraction(20), Fraction(22)))
    plan = ReelPlan(cuts=tuple(Cut(recording_id="r", span=span, title="", poster_at=span.start) for span in spans))
    cut = Revision(item_id="i", number=1, rules=CutRules(), created_at_s=1.0, plan=plan, reel=a_reel("item-1"))
    assert [(float(each.played.start), float(each.played.end)) for each in chapters_in(cut)] == [(0, 5), (5, 7)]
    assert cut.reel is not None
    told = replace(cut, reel=replace(cut.reel, chapters=some_chapters()))
    assert chapters_in(told) == some_chapters()
