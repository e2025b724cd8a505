"""How warm the machine's parts are, where the kernel tells. Source: Linux, Documentation/hwmon and driver-api/thermal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

CLASSES = Path("/sys/class")
MOST_SENSORS = 64
#: What no part of a running machine has: a sensor that is not connected.
LOWEST_C, HIGHEST_C = -40.0, 150.0


def read_temperatures(classes: Path = CLASSES) -> dict[str, float]:
    """Degrees Celsius by sensor; empty where nothing tells."""
    found: dict[str, float] = {}
    for name, path in (*_monitors(classes / "hwmon"), *_zones(classes / "thermal")):
        celsius = _celsius(path)
        if celsius is not None and name not in found and len(found) < MOST_SENSORS:
            found[name] = celsius
    return found


def _monitors(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.glob("hwmon*/temp*_input")):
        label = _text(path.with_name(path.name.replace("_input", "_label"))) or path.name.removesuffix("_input")
        yield f"{_text(path.parent / 'name') or path.parent.name} {label}", path


def _zones(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.glob("thermal_zone*/temp")):
        yield _text(path.parent / "type") or path.parent.name, path


def _celsius(path: Path) -> float | None:
    """Sensors give thousandths."""
    try:
        celsius = int(_text(path)) / 1000
    except ValueError:
        return None
    return celsius if LOWEST_C < celsius < HIGHEST_C else None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()[:64]
    except OSError:
        return ""
