"""Tables for people, and the sections of RESULTS.md that hold the last ones."""

from __future__ import annotations

import datetime
import os
import platform
import re
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from appliance.settings import usable_cores
from bench.place import Place

RESULTS = Path(__file__).with_name("RESULTS.md")
NAMED = ("rinkreel", "mediapipe", "onnxruntime", "onnxruntime-gpu", "opencv-contrib-python-headless", "av", "numpy")


def table_of(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table whose columns line up, text to the left and numbers to the right."""
    cells = [[cell.replace("|", "/").replace("\n", " ") for cell in row] for row in (headings, *rows)]
    widths = [max(3, *(len(row[column]) for row in cells)) for column in range(len(headings))]
    numbers = [_are_numbers([row[column] for row in cells[1:]]) for column in range(len(headings))]
    rule = [("-" * (width - 1) + ":") if number else "-" * width for width, number in zip(widths, numbers, strict=True)]
    lines = [cells[0], rule, *cells[1:]]
    return "\n".join(_line(line, widths, numbers) for line in lines)


def publish(place: Place, name: str, text: str) -> None:
    """Print a section, and with `--write` put it where RESULTS.md marks its place; not when only a part was run."""
    print(text, flush=True)
    if place.write and place.only:
        print("not written to RESULTS.md: only a part was run", flush=True)
    elif place.write:
        write_section(RESULTS, name, text)


def write_section(path: Path, name: str, text: str) -> None:
    """Replace what stands between <!-- name --> and <!-- /name -->, or add both at the end."""
    whole = path.read_text(encoding="utf-8") if path.exists() else "# Results\n"
    section = f"<!-- {name} -->\n{text.strip()}\n<!-- /{name} -->"
    marked = re.compile(rf"<!-- {re.escape(name)} -->.*?<!-- /{re.escape(name)} -->", re.DOTALL)
    whole, count = marked.subn(lambda _: section, whole)
    path.write_text(whole if count else f"{whole.rstrip()}\n\n{section}\n", encoding="utf-8")


def circumstances() -> str:
    """When, on what machine, with which versions: one line under each table."""
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    machine = f"{usable_cores()} cores of {_processor()}, {memory_gib:.0f} GiB"
    versions = ", ".join((f"Python {platform.python_version()}", *_versions()))
    return f"Measured {datetime.datetime.now(datetime.UTC).date()} on {machine}; {versions}."


def _line(cells: Sequence[str], widths: Sequence[int], numbers: Sequence[bool]) -> str:
    padded = (
        cell.rjust(width) if number else cell.ljust(width) for cell, width, number in zip(cells, widths, numbers, strict=True)
    )
    return f"| {' | '.join(padded)} |"


def _are_numbers(cells: Sequence[str]) -> bool:
    return any(cells) and all(re.fullmatch(r"[–\d.,× %]*", cell) for cell in cells)


def _processor() -> str:
    """The processor's name where the system tells."""
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        found = None
    return found.group(1).strip() if found else platform.machine()


def _versions() -> Iterator[str]:
    for name in NAMED:
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            continue
