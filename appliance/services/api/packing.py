"""The coach's pack: a reel's moments as clips of their own, and as lists for spreadsheets, editing programs and video sites."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from pathlib import Path
from threading import Event

from appliance.algorithms.edit_listing import list_edits
from appliance.algorithms.edl_writing import write_edl
from appliance.algorithms.fcpxml_writing import write_fcpxml
from appliance.algorithms.file_naming import safe_name
from appliance.algorithms.moment_writing import clip_name, write_chapters, write_table
from appliance.domain.errors import RinkreelError
from appliance.domain.job import Item, Revision
from appliance.domain.media import Recording
from appliance.domain.reel import Chapter
from appliance.domain.timespan import Span
from appliance.ports.extras import ExtrasMaker
from appliance.services.api.zip_streaming import Member

#: More moments than this are in the lists alone.
MOST_CLIPS = 500
PIECE_BYTES = 1024**2


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """What goes into a pack. reel: where the reel lies. folder: where clips are made, one at a time."""

    item: Item
    recording: Recording
    chapters: Sequence[Chapter]
    reel: Path
    folder: Path
    maker: ExtrasMaker
    missing: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What the pack is called, without its suffix."""
        return safe_name(self.item.name)

    def members(self) -> Iterator[Member]:
        """The lists first, then the clips; at last which of them could not be made, if any."""
        clips = [clip_name(number, chapter) for number, chapter in enumerate(self.chapters[:MOST_CLIPS], start=1)]
        named = [f"clips/{clip}" for clip in clips] + [""] * (len(self.chapters) - len(clips))
        edits = list_edits(self.item.name, self.recording, self.chapters)
        texts = {
            "moments.csv": "\ufeff" + write_table(self.chapters, named),
            f"{self.name}.edl": write_edl(edits),
            f"{self.name}.fcpxml": write_fcpxml(edits),
            "chapters.txt": write_chapters(self.chapters),
        }
        for place, text in texts.items():
            yield Member(name=f"{self.name}/{place}", pieces=partial(_whole, text))
        yield from self._clips(clips)
        if self.missing:
            yield Member(name=f"{self.name}/missing.txt", pieces=partial(_whole, "\n".join(self.missing) + "\n"))

    def _clips(self, names: Sequence[str]) -> Iterator[Member]:
        self.folder.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix="pack-", dir=self.folder))
        try:
            for name, chapter in zip(names, self.chapters, strict=False):
                clip = folder / "clip.mp4"
                try:
                    self.maker.copy_clip(self.reel, chapter.played, clip, Event())
                except RinkreelError as error:
                    self.missing.append(
                        f"{name}: {error.why}".replace(str(self.folder), "").replace(str(self.reel), self.reel.name)
                    )
                    continue
                yield Member(name=f"{self.name}/clips/{name}", pieces=partial(_pieces_of, clip))
                clip.unlink(missing_ok=True)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def chapters_in(cut: Revision) -> tuple[Chapter, ...]:
    """What a cut's reel holds; reckoned from its plan where an older book does not say."""
    if cut.reel is not None and cut.reel.chapters:
        return cut.reel.chapters
    chapters, played = [], Fraction(0)
    for each in cut.plan.cuts if cut.plan is not None else ():
        shown = Span(played, played + each.span.length)
        chapters.append(Chapter(recording_id=each.recording_id, source=each.span, played=shown, title=each.title))
        played = shown.end
    return tuple(chapters)


def _whole(text: str) -> Iterator[bytes]:
    yield text.encode(errors="replace")


def _pieces_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while piece := stream.read(PIECE_BYTES):
            yield piece
