"""The reel encoder: parts rendered side by side, joined, probed against the plan, and only then given their name."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from appliance.adapters.ffmpeg.binary import FfmpegBinary
from appliance.adapters.ffmpeg.cutting import Part, ReelLook, choose_look, plan_parts
from appliance.adapters.ffmpeg.encoders import SOFTWARE, is_refusal, recipe_named
from appliance.adapters.ffmpeg.joining import join_parts
from appliance.adapters.ffmpeg.poster import write_poster
from appliance.adapters.ffmpeg.rendering import PartRenderer, RenderedPart
from appliance.adapters.ffmpeg.running import FfmpegFailed, FfmpegRunner, cause_in
from appliance.adapters.ffmpeg.verifying import verify_reel
from appliance.domain.errors import Misconfigured, Transient, Unusable
from appliance.domain.media import Recording
from appliance.domain.reel import Reel, ReelPlan
from appliance.ports import MediaProber, Progress

STAGE = "assemble"
#: Disk a second of reel takes at most while it is made: parts, joined copy and its faststart rewrite, samples.
_BYTES_PER_PIXEL_FRAME = 0.15
_SOUND_BYTES_PER_S = 500_000
#: Copying and rewriting a finished file tells nothing while it lasts.
_JOIN_STALL_S = 600.0
#: A missing tail up to this many seconds is not worth a word.
_UNNOTICED_S = Fraction(1, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodingRule:
    """How hard a machine may be worked. workers: parts at once, None for one per core, at most four."""

    stall_s: float = 60.0
    nice: int = 0
    workers: int | None = None


class FfmpegReelEncoder:
    """Implements `ports.ReelEncoder` with ffmpeg subprocesses."""

    def __init__(self, binary: FfmpegBinary, encoder_name: str, *, prober: MediaProber, rule: EncodingRule | None = None) -> None:
        self._recipe = recipe_named(encoder_name)
        self._prober = prober
        self._rule = rule or EncodingRule()
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
        parts = plan_parts(plan, recordings, look)
        with _disk_watched(target), _working_folder(target, plan, look) as folder:
            rendered, encoder, remarks = self._rendered(parts, look, folder, progress)
            joined = join_parts(self._joiner, rendered, plan, look, lambda _tick: None)
            verify_reel(self._joiner, self._prober, joined, (rendered, look))
            poster = write_poster(self._runner, (plan, recordings), look, folder)
            size_bytes = joined.stat().st_size
            poster_path = _move_into_place(poster, target.with_suffix(".jpg")) if poster is not None else None
            _move_into_place(joined, target)
        return Reel(
            path=target,
            poster=poster_path,
            duration=sum(each.frames for each in rendered) / look.rate_hz,
            width_px=look.width_px,
            height_px=look.height_px,
            frame_rate_hz=look.rate_hz,
            encoder=encoder,
            size_bytes=size_bytes,
            remarks=remarks if poster is not None else (*remarks, "no poster picture could be made"),
        )

    def _rendered(
        self, parts: Sequence[Part], look: ReelLook, folder: Path, progress: Progress
    ) -> tuple[list[RenderedPart], str, tuple[str, ...]]:
        """Parts that came out, the encoder that made them and what has to be said about it."""
        total = sum(part.frames for part in parts)

        def hear(frames: int) -> None:
            progress.advance(STAGE, float(min(frames, total) / look.rate_hz), float(total / look.rate_hz))

        renderer = PartRenderer(runner=self._runner, recipe=self._recipe, look=look, folder=folder, workers=self._rule.workers)
        try:
            rendered, refusal = renderer.render_parts(parts, hear), ""
        except FfmpegFailed as failure:
            if self._recipe.name == SOFTWARE or not is_refusal(failure.tail):
                raise
            refusal = f"{self._recipe.name} refused ({cause_in(failure.tail)}); the reel was encoded with {SOFTWARE} instead"
            renderer = PartRenderer(
                runner=self._runner, recipe=recipe_named(SOFTWARE), look=look, folder=folder, workers=self._rule.workers
            )
            rendered = renderer.render_parts(parts, hear)
        remarks = (*([refusal] if refusal else []), *_shortages(rendered, look))
        return _what_came_out(rendered), renderer.recipe.name, remarks


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
        raise Misconfigured(
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
        if "No space left on device" in failure.tail:
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


def _disk_full(target: Path) -> Misconfigured:
    return Misconfigured(
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
