"""Which H.264 encoder really encodes here: a one-frame trial each, because a build lists encoders that no hardware answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from appliance.adapters.ffmpeg.binary import FfmpegBinary
from appliance.adapters.ffmpeg.running import FfmpegFailed, FfmpegRunner, cause_in
from appliance.adapters.ffmpeg.session_slots import ALL_TAKEN
from appliance.domain.errors import Misconfigured

SOFTWARE = "libx264"
#: NVIDIA's, which takes pictures that lie on the GPU.
ON_NVIDIA = "h264_nvenc"
_TRIAL_PATIENCE_S = 20.0
#: What drivers say when a session is refused at run time. Source: FFmpeg libavcodec/nvenc.c, libavutil/hwcontext_*.c.
_REFUSALS = (
    "OpenEncodeSessionEx failed",
    "No capable devices found",
    "Cannot load",
    "out of memory (10)",
    "does not support the required nvenc API version",
    "Device creation failed",
    "Could not find a valid device",
    "Error while opening encoder",
    "encode session limit",
    ALL_TAKEN,
)
#: Refusals that milder settings do not mend: there is no driver, it is too old, or others hold the sessions.
_FINAL = ("Cannot load", "does not support the required nvenc API version", "out of memory (10)", "session limit", ALL_TAKEN)
#: Refusals that have nothing to do with the filters in front of the encoder.
_OF_THE_ENCODER = ("OpenEncodeSessionEx failed", "No capable devices found")
_DISK_FULL = "No space left on device"


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderRecipe:
    """How one encoder is called. device: arguments before the inputs. upload: end of the filter chain. sessions: how many
    may run at once, 0 when only processor cores limit it. capped: whether it takes a highest bit rate beside its quality.
    mild: settings for chips that lack what `quality` asks for; empty when there is nothing milder. filters: names of those that
    a GPU may do in front of it."""

    name: str
    quality: tuple[str, ...]
    mild: tuple[str, ...] = ()
    device: tuple[str, ...] = ()
    upload: str = "format=yuv420p"
    sessions: int = 0
    capped: bool = False
    filters: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class EncoderTrial:
    """What came of asking one encoder for one frame. why: what it answered when it does not work."""

    name: str
    works: bool
    why: str


def _on_device(kind: str) -> tuple[str, ...]:
    return ("-init_hw_device", f"{kind}=hw", "-filter_hw_device", "hw")


#: In the order of preference. libx264's ultrafast at crf 22 holds SSIM 0.97 on noisy 720p rink footage, at about the
#: source's own bit rate and half the work of superfast (measured); hardware gets its vendor's near-transparent settings.
RECIPES = (
    EncoderRecipe(
        name=ON_NVIDIA,
        quality=(
            *("-preset", "p5", "-tune", "hq", "-profile:v", "high", "-rc", "vbr", "-cq", "21", "-b:v", "0"),
            *("-bf", "3", "-b_ref_mode", "middle", "-spatial-aq", "1", "-temporal-aq", "1", "-rc-lookahead", "20"),
        ),
        # Chips before Turing lack some of these, and then say no more than "No capable devices found".
        # Source: FFmpeg libavcodec/nvenc.c, nvenc_check_capabilities, whose own words come at the verbose level alone.
        mild=(
            "-preset",
            "p4",
            "-profile:v",
            "high",
            "-rc",
            "vbr",
            "-cq",
            "21",
            "-b:v",
            "0",
            "-bf",
            "0",
            "-b_ref_mode",
            "disabled",
        ),
        sessions=2,
        capped=True,
    ),
    EncoderRecipe(name="h264_qsv", quality=("-global_quality", "21"), device=_on_device("qsv"), upload="format=nv12", sessions=2),
    EncoderRecipe(
        name="h264_vaapi", quality=("-qp", "21"), device=_on_device("vaapi"), upload="format=nv12,hwupload", sessions=2
    ),
    EncoderRecipe(name="h264_nvmpi", quality=("-b:v", "10M"), sessions=1),
    EncoderRecipe(name="h264_v4l2m2m", quality=("-b:v", "10M"), sessions=1),
    EncoderRecipe(name=SOFTWARE, quality=("-preset", "ultrafast", "-crf", "22"), capped=True),
)


#: No encoder at all: pictures are copied. Nobody can ask for it by name.
COPY = EncoderRecipe(name="copy", quality=())


def recipe_named(name: str) -> EncoderRecipe:
    """The recipe of an encoder.

    Raises:
        Misconfigured: this product does not know such an encoder.
    """
    for recipe in RECIPES:
        if recipe.name == name:
            return recipe
    known = ", ".join(recipe.name for recipe in RECIPES)
    raise Misconfigured(f"there is no encoder called {name!r}", remedy=f"Use auto or one of: {known}.")


def try_encoders(binary: FfmpegBinary) -> tuple[EncoderTrial, ...]:
    """One trial per known encoder, best first; each is made once per process."""
    return tuple(_try_encoder(binary, recipe.name) for recipe in RECIPES)


def choose_encoder(binary: FfmpegBinary, wanted: str = "auto") -> str:
    """The wanted encoder if it works, or with `auto` the best that does.

    Raises:
        Misconfigured: the wanted one fails its trial (the remedy names what works), or none works.
    """
    if wanted == "auto":
        return _best_encoder(binary)
    trial = _try_encoder(binary, recipe_named(wanted).name)
    if not trial.works:
        working = [each.name for each in try_encoders(binary) if each.works]
        raise Misconfigured(
            f"the encoder {wanted} does not work here: {trial.why}", remedy=f"Use auto or one that works: {', '.join(working)}."
        )
    return wanted


def is_refusal(tail: str) -> bool:
    """Whether an error text means that hardware refused a session, so that the CPU may do it instead."""
    return any(refusal in tail for refusal in _REFUSALS)


def milder_recipe(recipe: EncoderRecipe, tail: str) -> EncoderRecipe | None:
    """The same encoder asked for less, where a refusal with this text may be about what it was asked for."""
    if not recipe.mild or not is_refusal(tail) or any(final in tail for final in _FINAL):
        return None
    return replace(recipe, quality=recipe.mild, mild=())


def recipe_after(recipe: EncoderRecipe, tail: str) -> EncoderRecipe | None:
    """What to try next when a recipe failed with this text; None when that was no refusal or nothing is left."""
    if recipe.filters and not any(word in tail for word in (*_FINAL, *_OF_THE_ENCODER, _DISK_FULL)):
        return replace(recipe, filters=frozenset())
    if recipe.name == SOFTWARE or not is_refusal(tail):
        return None
    return milder_recipe(recipe, tail) or recipe_named(SOFTWARE)


def _best_encoder(binary: FfmpegBinary) -> str:
    for recipe in RECIPES:
        if _try_encoder(binary, recipe.name).works:
            return recipe.name
    raise Misconfigured(
        f"no H.264 encoder works with ffmpeg {binary.path}",
        remedy="Install an ffmpeg built with libx264, for example the imageio-ffmpeg package.",
    )


@cache
def _try_encoder(binary: FfmpegBinary, name: str) -> EncoderTrial:
    recipe: EncoderRecipe | None = recipe_named(name)
    why = ""
    while recipe is not None:
        tail = _refused(binary, recipe)
        if tail is None:
            return EncoderTrial(name, works=True, why="")
        why, recipe = why or cause_in(tail), milder_recipe(recipe, tail)
    return EncoderTrial(name, works=False, why=why)


def _refused(binary: FfmpegBinary, recipe: EncoderRecipe) -> str | None:
    """What ffmpeg says when it cannot encode one frame; None when it can."""
    # 256x144: some NVENC generations refuse anything below about 145x49.
    source = ("-f", "lavfi", "-i", "color=black:s=256x144:r=30:d=0.1")
    encode = ("-vf", recipe.upload, "-frames:v", "1", "-an", "-c:v", recipe.name, *recipe.quality, "-f", "null", "-")
    try:
        FfmpegRunner(binary=binary, stall_s=_TRIAL_PATIENCE_S).run([*recipe.device, *source, *encode])
    except FfmpegFailed as failure:
        return failure.tail or failure.why
    return None
