"""Every source file has its twin test at the mirrored place, and every twin its source."""

from __future__ import annotations

from pathlib import Path

from .conftest import SourceFile

#: Nothing in them to test on their own: a package's front, the door of the house, and Protocols without logic.
WITHOUT_TWIN = {Path("appliance/__main__.py")}
PORTS = Path("appliance/ports")


def twin_of(path: Path) -> Path:
    """`appliance/stages/probe.py` → `tests/unit/stages/test_probe.py`."""
    return Path("tests/unit", *path.parts[1:-1], f"test_{path.name}")


def test_every_source_file_has_its_twin_test(product: tuple[SourceFile, ...], files: tuple[Path, ...]) -> None:
    needing = (path for path in (source.path for source in product) if path not in WITHOUT_TWIN and PORTS not in path.parents)
    wanted = {twin_of(path) for path in needing if path.name != "__init__.py"}
    assert sorted(map(str, wanted - set(files))) == []


def test_every_unit_test_is_the_twin_of_a_source_file(product: tuple[SourceFile, ...], files: tuple[Path, ...]) -> None:
    twins = {twin_of(source.path) for source in product}
    # A package may be tested through its front: `cli/__init__.py` ↔ `unit/cli/test_cli.py`.
    twins |= {twin_of(source.path.parent / f"{source.path.parent.name}.py") for source in product}
    # What sets the product up is no part of the package, and has twins all the same.
    setters = (path for path in files if path.parts[0] == "requirements" and path.suffix == ".py")
    twins |= {Path("tests/unit/requirements", f"test_{path.name}") for path in setters}
    tests = {path for path in files if path.parts[:2] == ("tests", "unit") and path.name.startswith("test_")}
    assert sorted(map(str, tests - twins)) == []
