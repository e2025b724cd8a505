"""Wires what a support bundle tells of this machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from appliance.bootstrap.programs import bus_credential
from appliance.bootstrap.station import Station
from appliance.domain.health import Finding
from appliance.services.api.parts import SupportLooks
from appliance.settings import Settings

#: Longer files are no secrets that a text could hold.
MOST_SECRET_BYTES = 4096


def support_looks(station: Station) -> SupportLooks:
    """What may be told; it is looked up when somebody asks."""
    settings = station.settings

    def findings() -> Sequence[Finding]:
        from appliance.bootstrap import open_machine
        from appliance.services.doctor import examine

        return examine(open_machine(settings))

    def logs() -> Mapping[str, str]:
        from appliance.adapters.system.log_tails import read_tails

        return read_tails(station.data.logs)

    def describe(path: Path) -> str:
        from appliance.adapters.ffmpeg.binary import find_ffmpeg
        from appliance.adapters.ffmpeg.describing import describe_file

        return describe_file(find_ffmpeg(settings.storage.ffmpeg), path)

    return SupportLooks(
        settings=lambda: settings_text(settings),
        findings=findings,
        logs=logs,
        describe=describe,
        secrets=lambda: _secrets(settings),
    )


def settings_text(settings: Settings) -> str:
    """Every setting that is in force, as its file has them. Secrets are files, of which only the names are settings."""
    lines = []
    for section, table in settings.model_dump(mode="json").items():
        lines += [f"[{section}]", *(f"{key} = {value}" for key, value in table.items()), ""]
    return "\n".join(lines)


def _secrets(settings: Settings) -> Sequence[str]:
    """The bus's credential, and whatever text lies in the box's own folder of secrets."""
    credential, found = bus_credential(settings), list[str]()
    folder = settings.storage.data_folder.secrets
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        with suppress(OSError, UnicodeDecodeError):
            if path.is_file() and path.stat().st_size <= MOST_SECRET_BYTES:
                found.append(path.read_text(encoding="utf-8").strip())
    return (*found, *((credential,) if credential else ()))
