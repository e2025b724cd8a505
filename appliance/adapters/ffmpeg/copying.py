"""Cuts on key frames: plans which packets go into the reel as they are, and copies them part by part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from appliance.adapters.ffmpeg.cutting import Part, ReelLook, files_of
from appliance.adapters.ffmpeg.encoders import COPY
from appliance.adapters.ffmpeg.graph import seek_from, sound_chain
from appliance.adapters.ffmpeg.rendering import PartRenderer, RenderedPart, even_stamps, track_timescale
from appliance.adapters.ffmpeg.running import FfmpegRunner, file_argument
from appliance.algorithms.group_copying import (
    MOST_GROWTH,
    Stretch,
    WideCut,
    join_touching,
    own_span,
    reordered_frames,
    why_not_plan,
    why_not_stretch,
    widen_cut,
)
from appliance.domain.errors import Transient
from appliance.domain.media import PictureGroup, Recording
from appliance.domain.reel import Cut, ReelPlan
from appliance.ports import PictureGroupReader


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyPlan:
    """A plan whose cuts lie on key frames. reordered: frames by which decoding runs ahead of showing."""

    plan: ReelPlan
    parts: tuple[Part, ...]
    reordered: int


def plan_copies(plan: ReelPlan, recordings: Sequence[Recording], look: ReelLook, reader: PictureGroupReader) -> CopyPlan | str:
    """The plan on key frames, or why it has to be encoded.

    Raises:
        What the reader raises.
    """
    try:
        return _plan_copies(plan, recordings, look, reader)
    finally:
        reader.close()


def _plan_copies(plan: ReelPlan, recordings: Sequence[Recording], look: ReelLook, reader: PictureGroupReader) -> CopyPlan | str:
    if reason := why_not_plan(plan, recordings):
        return reason
    recording = next(each for each in recordings if each.id == plan.cuts[0].recording_id)
    video = recording.files[0].video
    if (look.width_px, look.height_px) != (video.width_px, video.height_px):
        return "the reel has another size"
    setups: set[bytes] = set()
    wide: list[WideCut] = []
    for cut in plan.cuts:
        stretches = _stretches(cut, recording, reader)
        for stretch in stretches.values():
            if reason := why_not_stretch(stretch, look.rate_hz):
                return reason
            setups.add(stretch.run.setup)
        wide.append(widen_cut(cut, stretches, look.rate_hz))
    return _copy_plan(join_touching(wide), recording, look) if len(setups) == 1 else "its files are coded differently"


def _stretches(cut: Cut, recording: Recording, reader: PictureGroupReader) -> dict[int, Stretch]:
    return {
        recording.files.index(file): Stretch(
            file=file, given=given, run=reader.read_groups(file, own_span(file, given), MOST_GROWTH)
        )
        for file, given in files_of(cut, [recording])
    }


def _copy_plan(wide: Sequence[WideCut], recording: Recording, look: ReelLook) -> CopyPlan:
    parts: list[Part] = []
    groups: list[PictureGroup] = []
    played = 0
    for index, each in enumerate(wide):
        last = max(each.groups)
        for place, own in each.groups.items():
            frames = sum(len(group.stamps) for group in own)
            parts.append(
                Part(
                    cut_index=index,
                    file=recording.files[place],
                    start=own[0].start,
                    frames=frames,
                    samples=look.sample_at(played + frames) - look.sample_at(played),
                    opens_cut=place == min(each.groups),
                    closes_cut=place == last,
                )
            )
            played += frames
            groups += own
    return CopyPlan(plan=ReelPlan(cuts=tuple(each.cut for each in wide)), parts=tuple(parts), reordered=reordered_frames(groups))


@dataclass(frozen=True, slots=True, kw_only=True)
class PartCopier(PartRenderer):
    """Renders parts without encoding a picture."""

    def part_arguments(self, part: Part, pictures: Path, sound: Path) -> list[str]:
        """The argument list that copies one part's packets and takes its samples."""
        name, begin = file_argument(part.file.path), seek_from(part.file, part.start)
        heard = [] if begin is None else ["-noaccurate_seek", "-seek_timestamp", "1", "-ss", f"{float(begin):.6f}"]
        # Half a frame early, so that rounding cannot lose the key frame; what comes before it is dropped again.
        early = f"{float(part.start - 1 / self.look.rate_hz / 2):.6f}"
        seen = ["-seek_timestamp", "1", "-ss", early] if part.start > part.file.first_picture else []
        whitelist = ("-protocol_whitelist", "file")
        return [
            *("-y", "-copyts", *whitelist, *heard, "-i", name, *whitelist, *seen, "-i", name),
            *("-filter_complex_threads", "1", "-filter_complex", f"{sound_chain(part)}[a]"),
            *("-map", f"1:{part.file.video.index}", "-c:v", "copy", "-copypriorss", "0", "-frames:v", str(part.frames)),
            *("-bsf:v", even_stamps(self.look, self.reordered or 0, "STARTPTS"), "-map_metadata", "-1", "-map_chapters", "-1"),
            *("-video_track_timescale", str(track_timescale(self.look)), "-fflags", "+bitexact", "-f", "mp4"),
            *(file_argument(pictures), "-map", "[a]", "-c:a", "pcm_s16le", "-f", "s16le", file_argument(sound)),
        ]


def copy_parts(copies: CopyPlan, look: ReelLook, runner: FfmpegRunner, place: tuple[Path, int | None]) -> PartCopier:
    """What copies the parts of a plan. place: working folder, and parts at once."""
    folder, workers = place
    return PartCopier(runner=runner, recipe=COPY, look=look, folder=folder, workers=workers, reordered=copies.reordered)


def check_copies(rendered: Sequence[RenderedPart]) -> None:
    """Raises Transient when a part does not hold exactly its packets."""
    for each in rendered:
        if each.frames != each.part.frames:
            raise Transient(f"{each.frames} packets were copied instead of {each.part.frames}", remedy="Make the reel again.")


def growth_remark(copies: CopyPlan, plan: ReelPlan) -> str:
    """What people are told about a reel that was cut on key frames."""
    return f"cut on key frames: {float(copies.plan.duration - plan.duration):.1f} s more than planned, nothing re-encoded"
