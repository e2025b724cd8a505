"""Writes a reel's moments as lists for people: a table for a spreadsheet, and chapters as video sites take them."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.algorithms.reel_planning import clock_from_seconds
from appliance.domain.reel import Chapter
from appliance.domain.timespan import Seconds

COLUMNS = ("number", "start", "end", "length_s", "reel_start", "title", "clip")
#: What a spreadsheet would take for a formula.
FORMULAS = ("=", "+", "-", "@", "\t", "\r")
#: Chapters closer than this are refused. Source: YouTube Help, "Video chapters".
LEAST_CHAPTER_S = 10


def write_table(chapters: Sequence[Chapter], clips: Sequence[str]) -> str:
    """A line a moment, separated by commas (RFC 4180). clips[i]: the file of chapters[i]; empty where there is none."""
    rows = [
        COLUMNS,
        *(_row(number, chapter, clip) for number, (chapter, clip) in enumerate(zip(chapters, clips, strict=True), 1)),
    ]
    return "".join(f"{','.join(map(_cell, row))}\r\n" for row in rows)


def write_chapters(chapters: Sequence[Chapter]) -> str:
    """A line a chapter, the first at 0:00; those that follow another too closely are left out."""
    lines, last = list[str](), None
    for chapter in chapters:
        at = chapter.played.start
        if last is None or at - last >= LEAST_CHAPTER_S:
            lines.append(f"{clock_from_seconds(at)} {' '.join(chapter.title.split())}")
            last = at
    return "\n".join(lines) + "\n"


def clip_name(number: int, chapter: Chapter) -> str:
    """A moment's file name: its number, and when it begins in the recording."""
    return f"{number:03}_{clock_from_seconds(chapter.source.start).replace(':', '-')}.mp4"


def _row(number: int, chapter: Chapter, clip: str) -> tuple[str, ...]:
    source = chapter.source
    return (
        *(str(number), _exactly(source.start), _exactly(source.end), f"{float(source.length):.3f}"),
        *(_exactly(chapter.played.start), chapter.title, clip),
    )


def _exactly(moment: Seconds) -> str:
    """Hours, minutes, seconds and thousandths."""
    thousandths = round(moment * 1000)
    seconds, rest = divmod(thousandths, 1000)
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"


def _cell(text: str) -> str:
    guarded = f"'{text}" if text.startswith(FORMULAS) else text
    return '"' + guarded.replace('"', '""') + '"' if any(sign in guarded for sign in ',"\r\n') else guarded
