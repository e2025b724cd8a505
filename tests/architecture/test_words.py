"""Words that stay out: names that say nothing, unfinished notes, addresses of package registries, paths of one machine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from .conftest import SourceFile

VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "base", "core", "manager", "handler"}
# Put together from parts, so that this file does not hold them.
NOTES = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")) + r")\b")
REGISTRIES = re.compile(
    "|".join((r"py" + r"pi\.org", "python" + "hosted", r"registry\.np" + r"mjs", r"deb\.debian\." + "org", r"crates\." + "io"))
)
MACHINE_PATHS = re.compile("|".join((r"(?<![\w./-])/wo" + "rk/", r"/tm" + "p/rk", r"/ro" + r"ot/", r"/ho" + r"me/(?!rink)\w+")))
TEXT = {
    *("", ".py", ".md", ".toml", ".txt", ".in", ".yml", ".yaml", ".json", ".sh"),
    *(".service", ".cfg", ".ini", ".sql", ".html", ".css", ".js"),
}


def findings(repository: Path, files: tuple[Path, ...], words: re.Pattern[str]) -> Iterator[str]:
    """Where in the repository's texts the words stand."""
    for path in files:
        if path.suffix in TEXT:
            for number, line in enumerate((repository / path).read_text(encoding="utf-8").splitlines(), start=1):
                if words.search(line):
                    yield f"{path}:{number}: {line.strip()[:100]}"


def test_no_module_or_folder_has_a_name_that_says_nothing(sources: tuple[SourceFile, ...]) -> None:
    assert [str(source.path) for source in sources if VAGUE & {*source.path.parts, source.path.stem}] == []


def test_nothing_is_left_as_a_note_to_do_later(repository: Path, files: tuple[Path, ...]) -> None:
    assert list(findings(repository, files, NOTES)) == []


def test_no_file_names_the_host_of_a_package_registry(repository: Path, files: tuple[Path, ...]) -> None:
    assert list(findings(repository, files, REGISTRIES)) == []


def test_no_file_holds_a_path_of_one_machine(repository: Path, files: tuple[Path, ...]) -> None:
    assert list(findings(repository, files, MACHINE_PATHS)) == []


def test_the_searches_find_what_they_look_for() -> None:
    assert NOTES.search("# TO" + "DO: later")
    assert REGISTRIES.search("https://files.python" + "hosted.org/packages/x.whl")
    assert MACHINE_PATHS.search("open('/wo" + "rk/main/x')")
    assert not MACHINE_PATHS.search("an artefact in out/work/x, or home/work/x")
