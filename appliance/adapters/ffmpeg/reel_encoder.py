"""The reel encoder: parts rendered side by side, joined, probed against the plan, and only then given their name."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from appliance.adapters.ffmpeg.binary import FfmpegBinary
from appliance.adapters.ffmpeg.copying import CopyPlan, check_copies, copy_parts, growth_remark, plan_copies
from appliance.adapters.ffmpeg.cutting import Part, ReelLook, choose_look, plan_parts
from appliance.adapters.ffmpeg.device_graph import DEVICE_FILTERS
from appliance.adapters.ffmpeg.encoders import ON_NVIDIA, SOFTWARE, EncoderRecipe, recipe_after, recipe_named
from appliance.adapters.ffmpeg.filter_listing import list_filters
from appliance.adapters.ffmpeg.joining import chapters_of, join_parts
from appliance.adapters.ffmpeg.poster import write_poster
from appliance.adapters.ffmpeg.rendering import PartRenderer, RenderedPart
from appliance.adapters.ffmpeg.running import FfmpegFailed, FfmpegRunner, cause_in
from appliance.adapters.ffmpeg.session_slots import SessionSlots
from appliance.adapters.ffmpeg.verifying import verify_reel
from appliance.domain.errors import DiskFull, Misconfigured, Transient, Unusable
from appliance.domain.media import Recording
from appliance.domain.reel import Reel, ReelPlan
from appliance.ports import MediaProber, PictureGroupReader, Progress

STAGE = "assemble"
#: Disk a second of reel takes at most while it is made: parts, joined copy and its faststart rewrite, samples.
_BYTES_PER_PIXEL_FRAME = 0.15
_SOUND_BYTES_PER_S = 500_000
#: Copying and rewriting a finished file tells nothing while it lasts.
_JOIN_STALL_S = 600.0
#: A missing tail up to this many seconds is not worth a word.
_UNNOTICED_S = Fraction(1, 10)
_DISK_FULL = "No space left on device"


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodingRule:
    """How hard a machine may be worked. workers: parts at once, None for one per core, at most four.

    groups: reads where cuts may be widened to, so that pictures are copied; None when cuts are exact and encoded.
    slots: hardware sessions that all programs of the machine share; None when they are this one's alone.
    filters: whether a GPU that encodes may also scale and tone-map.
    """

    stall_s: float = 60.0
    nice: int = 0
    workers: int | None = None
    groups: PictureGroupReader | None = None
    slots: SessionSlots | None = None
    filters: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """What is asked for: the plan, what it cuts, the reel's look, the folder to work in, and who listens."""

    plan: ReelPlan
    recordings: Sequence[Recording]
    look: ReelLook
    folder: Path
    progress: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """A joined and verified reel that has no name yet, with the plan that it followed."""

    plan: ReelPlan
    rendered: Sequence[RenderedPart]
    joined: Path
    encoder: str
    remarks: tuple[str, ...]


class FfmpegReelEncoder:
    """Implements `ports.ReelEncoder` with ffmpeg subprocesses."""

    def __init__(self, binary: FfmpegBinary, encoder_name: str, *, prober: MediaProber, rule: EncodingRule | None = None) -> None:
        self._prober = prober
        self._rule = rule or EncodingRule()
        self._recipe = _with_filters(recipe_named(encoder_name), binary) if self._rule.filters else recipe_named(encoder_name)
        self._runner = FfmpegRunner(binary=binary, stall_s=self._rule.stall_s, nice=self._rule.nice)
        self._joiner = FfmpegRunner(binary=binary, stall_s=max(self._rule.stall_s, _JOIN_STALL_S), nice=self._rule.nice)

    @property
    def name(self) -> str:
        """The encoder that is asked first."""
        return self._recipe.name

    def assemble(self, plan: ReelPlan, recordings: Sequence[Recording], target: Path, progress: Progress) -> Reel:
        """Write the reel, its chapters and its poster; see `ports.ReelEncoder`. An exception raised by `progress` (or
        Ctrl-C) stops every ffmpeg and leaves nothing behind.

        Raises:
            Misconfigured: the disk is full or not writable. Unusable: nothing in the cuts decodes. Transient: an encoder
            stalled or failed, or the result differs from the plan.
        """
        look = choose_look(plan, recordings)
        with _disk_watched(target), _working_folder(target, plan, look) as folder:
            order = _Order(plan=plan, recordings=recordings, look=look, folder=folder, progress=progress)
            made = self._made(order)
            poster = write_poster(self._runner, (made.plan, recordings), look, folder)
            # The last word to whoever may interrupt: from here on the reel has its name.
            _listener([each.part for each in made.rendered], order)(sum(each.part.frames for each in made.rendered))
            size_bytes = made.joined.stat().st_size
            poster_path = _move_into_place(poster, target.with_suffix(".jpg")) if poster is not None else None
            _move_into_place(made.joined, target)
        return Reel(
            path=target,
            poster=poster_path,
            duration=sum(each.frames for each in made.rendered) / look.rate_hz,
            width_px=look.width_px,
            height_px=look.height_px,
            frame_rate_hz=look.rate_hz,
            encoder=made.encoder,
            size_bytes=size_bytes,
            remarks=made.remarks if poster is not None else (*made.remarks, "no poster picture could be made"),
            chapters=tuple(chapters_of(made.rendered, made.plan, look)),
        )

    def _made(self, order: _Order) -> _Made:
        """The reel of copied pictures where its recording allows that, otherwise of encoded ones."""
        reader, failed = self._rule.groups, ""
        copies = plan_copies(order.plan, order.recordings, order.look, reader) if reader else "cuts are to be exact"
        if isinstance(copies, CopyPlan):
            try:
                return self._copied(copies, order)
            except Transient as failure:
                if isinstance(failure, FfmpegFailed) and _DISK_FULL in failure.tail:
                    raise
                failed = f"pictures could not be copied ({failure.why}); the reel was encoded instead"
                for leftover in order.folder.iterdir():
                    leftover.unlink()
        return self._encoded(order, (failed,) if failed else ())

    def _copied(self, copies: CopyPlan, order: _Order) -> _Made:
        """Raises Transient when what was copied is not what was planned."""
        copier = copy_parts(copies, order.look, self._runner, (order.folder, self._rule.workers))
        rendered = copier.render_parts(copies.parts, _listener(copies.parts, order))
        check_copies(rendered)
        joined = self._joined(rendered, copies.plan, order)
        remarks = (growth_remark(copies, order.plan),)
        return _Made(plan=copies.plan, rendered=rendered, joined=joined, encoder=copier.recipe.name, remarks=remarks)

    def _encoded(self, order: _Order, remarks: tuple[str, ...]) -> _Made:
        parts = plan_parts(order.plan, order.recordings, order.look)
        rendered, encoder, more = self._rendered(parts, order)
        joined = self._joined(rendered, order.plan, order)
        return _Made(plan=order.plan, rendered=rendered, joined=joined, encoder=encoder, remarks=(*remarks, *more))

    def _joined(self, rendered: Sequence[RenderedPart], plan: ReelPlan, order: _Order) -> Path:
        joined = join_parts(self._joiner, rendered, plan, order.look, lambda _tick: None)
        verify_reel(self._joiner, self._prober, joined, (rendered, order.look))
        return joined

    def _rendered(self, parts: Sequence[Part], order: _Order) -> tuple[list[RenderedPart], str, tuple[str, ...]]:
        """Parts that came out, the encoder that made them and what has to be said about it."""
        hear, remarks, recipe = _listener(parts, order), list[str](), self._recipe
        while True:
            try:
                rendered = self._renderer(recipe, order).render_parts(parts, hear)
                break
            except FfmpegFailed as failure:
                if (following := recipe_after(recipe, failure.tail)) is None:
                    raise
                remarks.append(_refusal(recipe, following, failure))
                recipe = following
        return _what_came_out(rendered), recipe.name, (*remarks, *_shortages(rendered, order.look))

    def _renderer(self, recipe: EncoderRecipe, order: _Order) -> PartRenderer:
        return PartRenderer(
            runner=self._runner,
            recipe=recipe,
            look=order.look,
            folder=order.folder,
            workers=self._rule.workers,
            slots=self._rule.slots,
        )


def _with_filters(recipe: EncoderRecipe, binary: FfmpegBinary) -> EncoderRecipe:
    """The recipe with the filters that the encoder's own GPU may do, as far as this ffmpeg has them."""
    return replace(recipe, filters=list_filters(binary) & DEVICE_FILTERS) if recipe.name == ON_NVIDIA else recipe


def _refusal(recipe: EncoderRecipe, following: EncoderRecipe, failure: FfmpegFailed) -> str:
    refused = f"{recipe.name} refused ({cause_in(failure.tail)})"
    if recipe.filters and not following.filters and following.name == recipe.name:
        return f"{refused} with filters on the GPU; the processor filtered"
    if following.name == recipe.name:
        return f"{refused}; milder settings were tried"
    return f"{refused}; the reel was encoded with {SOFTWARE} instead"


def _listener(parts: Sequence[Part], order: _Order) -> Callable[[int], None]:
    """Tells in seconds how many frames of the parts are done."""
    total, rate_hz = sum(part.frames for part in parts), order.look.rate_hz

    def hear(frames: int) -> None:
        order.progress.advance(STAGE, float(min(frames, total) / rate_hz), float(total / rate_hz))

    return hear


def _what_came_out(rendered: Sequence[RenderedPart]) -> list[RenderedPart]:
    kept = [each for each in rendered if each.frames > 0]
    if not kept:
        raise Unusable("none of the chosen moments could be decoded", remedy="Play the recording; copy it from the camera again.")
    return kept


def _shortages(rendered: Sequence[RenderedPart], look: ReelLook) -> Iterator[str]:
    for each in rendered:
        missing = (each.part.frames - each.frames) / look.rate_hz
        if missing > _UNNOTICED_S:
            yield f"{each.part.file.path.name}: {float(missing):.1f} s of cut {each.part.cut_index + 1} could not be decoded"


@contextmanager
def _working_folder(target: Path, plan: ReelPlan, look: ReelLook) -> Iterator[Path]:
    """A hidden folder beside the target, on the same disk, with room for the work; gone afterwards in any case."""
    target.parent.mkdir(parents=True, exist_ok=True)
    pixels = look.width_px * look.height_px * float(look.rate_hz)
    needed_bytes = round(float(plan.duration) * (pixels * _BYTES_PER_PIXEL_FRAME + _SOUND_BYTES_PER_S))
    free_bytes = shutil.disk_usage(target.parent).free
    if free_bytes < needed_bytes:
        raise DiskFull(
            f"the reel may need {needed_bytes / 1e6:.0f} MB while it is made; {target.parent} has {free_bytes / 1e6:.0f} MB free",
            remedy="Free some space there, or write the reel to another disk.",
        )
    folder = Path(tempfile.mkdtemp(prefix=".rinkreel-", dir=target.parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _disk_watched(target: Path) -> Iterator[None]:
    """Says in the product's words what the disk under the target has to complain about."""
    try:
        yield
    except FfmpegFailed as failure:
        if _DISK_FULL in failure.tail:
            raise _disk_full(target) from failure
        raise
    except PermissionError as error:
        raise Misconfigured(f"{target.parent} cannot be written to: {error.strerror}", remedy="Choose another folder.") from error
    except OSError as error:
        if error.errno == 28:
            raise _disk_full(target) from error
        raise Transient(
            f"the reel could not be written to {target.parent}: {error}", remedy="Check the disk or share."
        ) from error


def _disk_full(target: Path) -> DiskFull:
    return DiskFull(
        f"the disk under {target.parent} filled up while the reel was made", remedy="Free some space there, and try again."
    )


def _move_into_place(source: Path, target: Path) -> Path:
    """Give a finished file its name so that a power cut leaves the old state or the new one, never half of it."""
    with source.open("rb+") as written:
        os.fsync(written.fileno())
    source.replace(target)
    folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return target
