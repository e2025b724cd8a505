"""What the rules of the house are checked on: the files of this repository, parsed once."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
#: Folders that hold nothing of ours.
NOT_OURS = {".git", ".venv", ".uv", ".hypothesis", "__pycache__", "node_modules", "build", "dist", "out"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """One Python file: where it is, seen from the repository, and what it says."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def module(self) -> str:
        """Its dotted name; a package's own name for its __init__."""
        return ".".join(self.path.with_suffix("").parts).removesuffix(".__init__")

    def imports(self) -> Iterator[str]:
        """Every module that it imports, wherever in the file, by its full name."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


def all_files() -> Iterator[Path]:
    """Every file of the repository, caches and environments left out, seen from its root."""
    for folder, folders, names in os.walk(REPOSITORY):
        folders[:] = [name for name in folders if name not in NOT_OURS and not name.endswith("_cache")]
        yield from (Path(folder, name).relative_to(REPOSITORY) for name in sorted(names) if name != ".git")


@pytest.fixture(scope="session")
def repository() -> Path:
    return REPOSITORY


@pytest.fixture(scope="session")
def files() -> tuple[Path, ...]:
    """Paths of all files, relative to the repository."""
    return tuple(all_files())


@pytest.fixture(scope="session")
def sources() -> tuple[SourceFile, ...]:
    """All Python files, parsed."""
    texts = ((path, (REPOSITORY / path).read_text(encoding="utf-8")) for path in all_files() if path.suffix == ".py")
    return tuple(SourceFile(path=path, text=text, tree=ast.parse(text, str(path))) for path, text in texts)


@pytest.fixture(scope="session")
def product(sources: tuple[SourceFile, ...]) -> tuple[SourceFile, ...]:
    """The Python files of the product itself."""
    return tuple(source for source in sources if source.path.parts[0] == "appliance")
