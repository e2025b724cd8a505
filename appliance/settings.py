"""One frozen tree of settings from a TOML file, the environment and the command line; the only file that reads the environment.

Later beats earlier: defaults, file, environment, command line. Unknown keys are refused with the nearest known one, because a
mistyped threshold that is silently ignored costs an evening. docs/configuration.md lists every key; a test keeps it in step.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import platformdirs
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, ValidationError

from appliance.algorithms.duration_reading import seconds_from_text
from appliance.domain.errors import Misconfigured
from appliance.domain.rules import MotionRule, ReelRule, WatchingRule

#: Environment names with the product's prefix that are not settings: the file's place, and where tests look for footage.
RESERVED = frozenset({"RINKREEL_CONFIG", "RINKREEL_SHARED"})
#: Keys whose variable is shorter than section and key.
SHORT_NAMES = {("storage", "home"): "RINKREEL_HOME", ("storage", "ffmpeg"): "RINKREEL_FFMPEG"}
#: More processes than this fight for memory bandwidth rather than help. Source: measured choice of this project.
MOST_WORKERS = 8
WATCHING, MOTION, REEL = WatchingRule(), MotionRule(), ReelRule()


def duration_from(value: object) -> Fraction:
    """Exact seconds from a number or from what people write. Raises ValueError."""
    if isinstance(value, Fraction) and value >= 0:
        return value
    return seconds_from_text("" if isinstance(value, bool) or value is None else str(value))


def _rate_from(value: object) -> Fraction:
    """An exact rate: 8, 7.5 or "30000/1001"."""
    try:
        rate = Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        rate = Fraction(0)
    if rate <= 0:
        raise ValueError(f"a rate is a number above zero such as 8, 7.5 or 30000/1001; found {value!r}")
    return rate


def _positive(seconds: Fraction) -> Fraction:
    if seconds <= 0:
        raise ValueError("this duration has to be longer than zero")
    return seconds


def _count_from(value: object) -> object:
    return None if value == "auto" else value


def _some_duration_from(value: object) -> Fraction | None:
    return None if value in (None, "all", "none") else _positive(duration_from(value))


_plain = PlainSerializer(lambda value: None if value is None else float(value), return_type=float | None)
Duration = Annotated[Fraction, BeforeValidator(duration_from), _plain]
Stretch = Annotated[Fraction, BeforeValidator(lambda value: _positive(duration_from(value))), _plain]
Budget = Annotated[Fraction | None, BeforeValidator(_some_duration_from), _plain]
Rate = Annotated[Fraction, BeforeValidator(_rate_from), _plain]
Count = Annotated[int | None, BeforeValidator(_count_from)]
Level = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Section(BaseModel):
    """A table of the settings file."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, validate_default=False)


class Storage(Section):
    """Where things lie on this machine."""

    home: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_path("rinkreel", appauthor=False)),
        description="Data root: everything the product keeps lies in here.",
    )
    models: Path | None = Field(
        default=None, description="Folder of pose models; the folder `models` in the data root when not given."
    )
    ffmpeg: Path | None = Field(
        default=None, description="The ffmpeg to run; otherwise the one that came with the Python packages, or on the PATH."
    )

    @property
    def models_folder(self) -> Path:
        """Where pose models are kept."""
        return self.models or self.home / "models"


class Watching(Section):
    """How footage is looked at."""

    backend: Literal["auto", "mediapipe", "onnx"] = Field(default="auto", description="What finds people.")
    target_fps: Rate = Field(default=WATCHING.target_fps, description="Frames looked at per second of footage.")
    target_height: int = Field(
        default=WATCHING.target_height_px, ge=96, le=4320, description="Picture height that motion is measured at, px."
    )
    chunk: Stretch = Field(default=WATCHING.chunk, description="Footage that one process watches in one go.")
    workers: Count = Field(
        default=None, ge=1, le=256, description=f"Processes that watch; `auto` is one per core, at most {MOST_WORKERS}."
    )

    def rule(self) -> WatchingRule:
        """The same in the words of the domain."""
        return WatchingRule(target_fps=self.target_fps, target_height_px=self.target_height, chunk=self.chunk)

    @property
    def processes(self) -> int:
        """How many processes watch, `auto` resolved."""
        return self.workers or min(MOST_WORKERS, usable_cores())


class Motion(Section):
    """When motion counts. Speeds are body heights per second relative to the ice."""

    threshold: Level = Field(default=MOTION.movement_threshold_hps, description="Speed above which somebody moves.")
    release: Level | None = Field(
        default=None, description="Speed below which the moving one has stopped; in proportion to the threshold when not given."
    )
    min_moving: Duration = Field(default=MOTION.min_moving, description="Shorter motion is passed over.")
    max_stationary: Duration = Field(default=MOTION.max_stationary, description="Stillness that ends a segment.")
    merge_gap: Duration = Field(default=MOTION.merge_gap, description="Segments closer than this become one.")

    def rule(self) -> MotionRule:
        """The same in the words of the domain. Raises Misconfigured when release lies above the threshold."""
        in_proportion = MOTION.release_hps * (self.threshold / MOTION.movement_threshold_hps)
        return MotionRule(
            movement_threshold_hps=self.threshold,
            release_hps=in_proportion if self.release is None else self.release,
            min_moving=self.min_moving,
            max_stationary=self.max_stationary,
            merge_gap=self.merge_gap,
        )


class ReelTable(Section):
    """What a reel is made of."""

    pad_before: Duration = Field(default=REEL.pad_before, description="Kept before each segment.")
    pad_after: Duration = Field(default=REEL.pad_after, description="Kept after each segment.")
    budget: Budget = Field(default=REEL.budget, description="Longest reel, best moments first; `all` keeps every moment.")
    encoder: str = Field(
        default="auto",
        pattern=r"^[a-z0-9_]+$",
        description="H.264 encoder by ffmpeg's name; `auto` is the best that passes a trial.",
    )
    cutting: Literal["auto", "exact"] = Field(
        default="auto",
        description="`auto` widens cuts to key frames and copies pictures where that is safe; `exact` encodes what was planned.",
    )

    @property
    def may_copy(self) -> bool:
        """Whether cuts may grow to key frames. Neither a budget nor an encoder that was asked for allows it."""
        return self.cutting == "auto" and self.encoder == "auto" and self.budget is None

    def rule(self) -> ReelRule:
        """The same in the words of the domain."""
        return ReelRule(pad_before=self.pad_before, pad_after=self.pad_after, budget=self.budget)


class Settings(Section):
    """Everything that can be set."""

    storage: Storage = Storage()
    watching: Watching = Watching()
    motion: Motion = Motion()
    reel: ReelTable = ReelTable()


def usable_cores() -> int:
    """Cores this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def known_keys() -> dict[str, tuple[str, ...]]:
    """Every key by section, in the order they are written down."""
    return {section: tuple(_section_kind(section).model_fields) for section in Settings.model_fields}


def environment_name(section: str, key: str) -> str:
    """The environment variable that sets a key."""
    return SHORT_NAMES.get((section, key), f"RINKREEL_{section}_{key}".upper())


def load_settings(
    *, config: Path | None = None, flags: Mapping[str, object] | None = None, environment: Mapping[str, str] = os.environ
) -> Settings:
    """Settings from defaults, file, environment and command line.

    Args:
        config: the file to read; otherwise RINKREEL_CONFIG names it, otherwise the user's own is read when there is one.
        flags: values from the command line by "section.key"; None means that the flag was not given.
        environment: variables to read.

    Raises:
        Misconfigured: an unknown key, a value that makes no sense, or a file that cannot be read.
    """
    path = _config_path(config, environment)
    layers = [
        (str(path), _table_from_file(path) if path else {}),
        ("the environment", _table_from_environment(environment)),
        ("the command line", _table_from_flags(flags or {})),
    ]
    merged: dict[str, dict[str, Any]] = {section: {} for section in Settings.model_fields}
    sources: dict[str, str] = {}
    for source, table in layers:
        for section, key, value in _entries(table, source):
            merged[section][key] = value
            sources[f"{section}.{key}"] = source
    return _validated(merged, sources)


def _validated(tables: Mapping[str, Mapping[str, object]], sources: Mapping[str, str]) -> Settings:
    try:
        settings = Settings.model_validate(tables)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"][:2])
        said = first["msg"].removeprefix("Value error, ")
        raise Misconfigured(
            f"{key} = {first['input']!r} from {sources.get(key, 'the settings')} makes no sense: {said}",
            remedy=f"Correct {key}, or leave it out to get the default.",
        ) from error
    settings.motion.rule()
    return settings


def _entries(table: Mapping[str, object], source: str) -> Iterator[tuple[str, str, object]]:
    known = known_keys()
    for section, content in table.items():
        if section not in known:
            raise _unknown(section, tuple(known), source)
        if not isinstance(content, Mapping):
            raise Misconfigured(f"{section} in {source} is not a table", remedy=f"Write [{section}] and its keys below.")
        for key, value in content.items():
            if key not in known[section]:
                raise _unknown(f"{section}.{key}", tuple(f"{section}.{name}" for name in known[section]), source)
            yield section, key, value


def _unknown(name: str, known: tuple[str, ...], source: str) -> Misconfigured:
    everything = (*known, *(f"{section}.{key}" for section, keys in known_keys().items() for key in keys))
    tail = name.rpartition(".")[2]
    near = difflib.get_close_matches(name, known, 1, 0.6) or difflib.get_close_matches(name, everything, 1, 0.5)
    near = near or [full for full in everything if full.endswith(f".{tail}")]
    remedy = f"Did you mean {near[0]}?" if near else f"Known are: {', '.join(known)}."
    return Misconfigured(f"{source} sets {name}, which is no setting", remedy=remedy)


def _config_path(config: Path | None, environment: Mapping[str, str]) -> Path | None:
    named = config or (Path(environment["RINKREEL_CONFIG"]) if environment.get("RINKREEL_CONFIG") else None)
    if named is not None:
        return named
    usual = Path(platformdirs.user_config_path()) / "rinkreel.toml"
    return usual if usual.is_file() else None


def _table_from_file(path: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Misconfigured(
            f"the settings file {path} could not be read: {error.strerror}", remedy="Name a file that exists with --config."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{path} is not valid TOML: {error}", remedy="Correct that line of the file.") from error


def _table_from_environment(environment: Mapping[str, str]) -> Mapping[str, Mapping[str, object]]:
    names = {environment_name(section, key): (section, key) for section, keys in known_keys().items() for key in keys}
    table: dict[str, dict[str, object]] = {}
    for name, value in environment.items():
        if not name.startswith("RINKREEL_") or name in RESERVED:
            continue
        if name not in names:
            raise _unknown(name, tuple(names), "the environment")
        section, key = names[name]
        table.setdefault(section, {})[key] = value
    return table


def _table_from_flags(flags: Mapping[str, object]) -> Mapping[str, Mapping[str, object]]:
    table: dict[str, dict[str, object]] = {}
    for name, value in flags.items():
        if value is not None:
            section, _, key = name.partition(".")
            table.setdefault(section, {})[key] = value
    return table


def _section_kind(section: str) -> type[Section]:
    kind = Settings.model_fields[section].annotation
    assert isinstance(kind, type)
    return kind


class KeyDescription(NamedTuple):
    """What the documentation says about a key."""

    default: str
    meaning: str


def describe_key(section: str, key: str) -> KeyDescription:
    """Default and meaning of a key, in words."""
    field = _section_kind(section).model_fields[key]
    default = "auto" if key == "workers" else "all" if key == "budget" else field.default
    spoken = "not set" if default is None else "the user's data folder" if field.default_factory else str(default)
    unit = "s" if isinstance(default, Fraction) and key != "target_fps" else ""
    return KeyDescription(f"{float(default):g}{unit}" if isinstance(default, Fraction) else spoken, str(field.description))
