"""What builds the page: built once for the same sources, with whichever node there is, and never in the way of setting up."""

from __future__ import annotations

from pathlib import Path

import pytest

from requirements import build_page

#: An npm that notes what it was asked, and builds a page when told to build.
NPM = """#!/bin/sh
echo "$@" >> asked
case "$1" in run) mkdir -p "$6" && echo built > "$6/index.html";; esac
"""


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.fixture
def web(tmp_path: Path) -> Path:
    """Sources of a page."""
    folder = tmp_path / "web"
    (folder / "src").mkdir(parents=True)
    (folder / "package.json").write_text("{}")
    (folder / "src" / "main.ts").write_text("1")
    return folder


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with a node that is new enough."""
    folder = tmp_path / "bin"
    program(folder / "node", "#!/bin/sh\necho v22.1.0\n")
    program(folder / "npm", NPM)
    monkeypatch.setattr(build_page, "machine_node", lambda: folder)
    return folder


def asked(web: Path) -> list[str]:
    return (web / "asked").read_text().splitlines() if (web / "asked").exists() else []


def test_the_page_is_built_once_and_again_when_a_source_changes(web: Path, node: Path, tmp_path: Path) -> None:
    assert build_page.main(web) == 0
    assert (web / "dist" / "index.html").read_text() == "built\n"
    once = asked(web)
    assert [words.split()[0] for words in once] == ["ci", "run"]
    assert build_page.main(web) == 0
    assert asked(web) == once
    (web / "src" / "main.ts").write_text("2")
    assert build_page.main(web) == 0
    assert len(asked(web)) == 2 * len(once)


def test_where_npm_gets_nowhere_it_is_said_and_set_up_goes_on(
    web: Path, node: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    program(node / "npm", "#!/bin/sh\nexit 1\n")
    assert build_page.main(web) == 0
    assert "small built-in page" in capfd.readouterr().err
    assert sorted(path.name for path in web.iterdir()) == ["package.json", "src"]


def test_a_build_that_breaks_off_leaves_the_page_of_before(web: Path, node: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert build_page.main(web) == 0
    (web / "src" / "main.ts").write_text("2")
    program(node / "npm", NPM.replace("esac", "esac; exit 1"))
    assert build_page.main(web) == 0
    assert "page of the last build" in capfd.readouterr().err
    assert (web / "dist" / "index.html").read_text() == "built\n"
    assert not (web / build_page.BESIDE).exists()
    program(node / "npm", NPM)
    assert build_page.main(web) == 0
    assert not build_page.main(web)
    assert [words.split()[0] for words in asked(web)] == ["ci", "run", "ci", "ci", "run"]


def test_where_no_node_can_be_had_it_is_said_and_set_up_goes_on(
    web: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(build_page, "node_folder", lambda: None)
    assert build_page.main(web) == 0
    assert "no node" in capfd.readouterr().err


def test_a_copy_without_the_pages_sources_needs_no_page(tmp_path: Path) -> None:
    assert build_page.main(tmp_path) == 0


@pytest.mark.parametrize(
    ("said", "is_enough"), [("v20.18.3", False), ("v20.19.0", True), ("v24.19.0", True), ("nonsense", False), ("", False)]
)
def test_a_node_that_is_too_old_for_the_pages_tools_is_passed_over(tmp_path: Path, said: str, *, is_enough: bool) -> None:
    assert build_page.is_new_enough(program(tmp_path / "node", f"#!/bin/sh\necho {said}\n")) is is_enough


def test_a_node_that_is_not_there_or_does_not_start_is_passed_over(tmp_path: Path) -> None:
    assert not build_page.is_new_enough(tmp_path / "nothing")
    assert not build_page.is_new_enough(program(tmp_path / "node", "#!/bin/sh\nexit 1\n"))
