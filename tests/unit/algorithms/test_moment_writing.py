from __future__ import annotations

from dataclasses import replace

from appliance.algorithms.moment_writing import clip_name, write_chapters, write_table
from tests.edit_examples import some_chapters


def test_the_table_has_a_line_a_moment() -> None:
    chapters = some_chapters((10, 15.5), (3661.25, 3662))
    assert write_table(chapters, ["clips/a.mp4", ""]) == (
        "number,start,end,length_s,reel_start,title,clip\r\n"
        "1,0:00:10.000,0:00:15.500,5.500,0:00:00.000,0:10 · 1.3 body heights/s,clips/a.mp4\r\n"
        "2,1:01:01.250,1:01:02.000,0.750,0:00:05.500,61:01 · 1.3 body heights/s,\r\n"
    )


def test_a_title_is_no_formula_and_breaks_no_line() -> None:
    (chapter,) = some_chapters((1, 2))
    text = write_table([replace(chapter, title='=HYPERLINK("x"),\n')], [""])
    assert '"\'=HYPERLINK(""x""),\n"' in text


def test_chapters_begin_at_zero_and_keep_their_distance() -> None:
    chapters = some_chapters((10, 15), (30, 32), (40, 60), (100, 130))
    assert write_chapters(chapters) == "0:00 0:10 · 1.3 body heights/s\n0:27 1:40 · 1.3 body heights/s\n"


def test_clips_are_named_by_number_and_place() -> None:
    (chapter,) = some_chapters((3661, 3662))
    assert clip_name(7, chapter) == "007_1-01-01.mp4"
