"""One frozen tree of settings from a TOML file, the environment and the command line; the only file that reads the environment.

Later beats earlier: defaults, file, environment, command line. Unknown keys are refused with the nearest known one, because a
mistyped threshold that is silently ignored costs an evening. docs/configuration.md lists every key; a test keeps it in step.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import platformdirs
from pydantic import ValidationError

from appliance.domain.errors import Misconfigured
from appliance.domain.job import CutRules
from appliance.domain.place import HeadquartersFolder
from appliance.settings.cutting import Motion, ReelTable, Storage, Watching, usable_cores
from appliance.settings.fleet import Fleet, Headquarters
from appliance.settings.gpu import Gpu
from appliance.settings.service import Bus, Intake, Logs, Retention, Security, Server, Upload, Workers
from appliance.settings.values import Section

__all__ = [
    "KeyDescription",
    "Settings",
    "describe_key",
    "environment_name",
    "known_keys",
    "load_settings",
    "usable_cores",
    "watcher_socket",
]

#: Environment names with the product's prefix that are not settings: the file's place, and where tests look for footage.
RESERVED = frozenset({"RINKREEL_CONFIG", "RINKREEL_SHARED"})
#: Keys whose variable is shorter than section and key.
SHORT_NAMES = {("storage", "home"): "RINKREEL_HOME", ("storage", "ffmpeg"): "RINKREEL_FFMPEG"}


class Settings(Section):
    """Everything that can be set."""

    storage: Storage = Storage()
    watching: Watching = Watching()
    motion: Motion = Motion()
    reel: ReelTable = ReelTable()
    gpu: Gpu = Gpu()
    intake: Intake = Intake()
    upload: Upload = Upload()
    server: Server = Server()
    workers: Workers = Workers()
    bus: Bus = Bus()
    retention: Retention = Retention()
    security: Security = Security()
    logs: Logs = Logs()
    fleet: Fleet = Fleet()
    headquarters: Headquarters = Headquarters()

    @property
    def headquarters_folder(self) -> HeadquartersFolder:
        """Where headquarters keeps everything."""
        return HeadquartersFolder(root=(self.headquarters.home or self.storage.home / "headquarters").absolute())

    def cut_rules(self) -> CutRules:
        """How a recording becomes a reel, in the words of the domain. Raises Misconfigured."""
        watching = replace(self.watching.rule(), chunk=self.workers.chunk)
        return CutRules(watching=watching, motion=self.motion.rule(), reel=self.reel.rule())


def known_keys() -> dict[str, tuple[str, ...]]:
    """Every key by section, in the order they are written down."""
    return {section: tuple(_section_kind(section).model_fields) for section in Settings.model_fields}


def environment_name(section: str, key: str) -> str:
    """The environment variable that sets a key."""
    return SHORT_NAMES.get((section, key), f"RINKREEL_{section}_{key}".upper())


def watcher_socket(environment: Mapping[str, str] = os.environ) -> str:
    """Where systemd wants to hear how this service stands; empty where it does not. Source: sd_notify(3)."""
    return environment.get("NOTIFY_SOCKET", "")


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
        # As everywhere: set to nothing is not set. A folder named "" would be the current one.
        if value:
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
    spoken = "the user's data folder" if field.default_factory else _spoken(field.default, f"{section}.{key}")
    return KeyDescription(spoken, str(field.description))


#: Keys whose default is worked out, by what people write for it.
_WORKED_OUT = {
    "watching.workers": "auto",
    "workers.cpu": "auto",
    "workers.pose": "auto",
    "gpu.memory": "auto",
    "retention.min_free": "auto",
    "reel.budget": "all",
}


def _spoken(default: object, name: str) -> str:
    """A default as people would write it."""
    if default is None or default == "":
        return _WORKED_OUT.get(name, "not set")
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, Fraction):
        days, rest = divmod(default, 86_400)
        spoken = f"{days}d" if days and not rest else f"{float(default):g}s"
        return f"{float(default):g}" if name == "watching.target_fps" else spoken
    if isinstance(default, int) and name.endswith("bytes"):
        return f"{default // 1024**3}GiB" if default % 1024**3 == 0 else f"{default // 1024**2}MiB"
    return str(default)
