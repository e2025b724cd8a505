from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.responses import FileResponse

from appliance.services.api.built_page import ANEW, FOR_GOOD, is_built, page_response
from appliance.services.api.refusals import Refusal


def build_in(folder: Path) -> Path:
    """A page as the build leaves it."""
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>built</title>")
    (folder / "icon.svg").write_text("<svg/>")
    (folder / "assets" / "index-3f2a.js").write_text("go()")
    (folder / "assets" / "index-3f2a.js.gz").write_bytes(b"packed")
    return folder


def served(response: object) -> FileResponse:
    assert isinstance(response, FileResponse)
    return response


def test_only_a_folder_with_a_page_in_it_counts_as_built(tmp_path: Path) -> None:
    assert not is_built(None)
    assert not is_built(tmp_path)
    assert is_built(build_in(tmp_path))


def test_parts_named_by_their_content_are_kept_for_good_and_the_page_is_asked_for_anew(tmp_path: Path) -> None:
    folder = build_in(tmp_path)
    asset = served(page_response(folder, "assets/index-3f2a.js", "", for_good=True))
    assert asset.headers["cache-control"] == FOR_GOOD
    assert asset.media_type == "text/javascript"
    assert served(page_response(folder, "index.html", "")).headers["cache-control"] == ANEW


def test_a_browser_that_takes_packed_parts_gets_them_and_others_do_not(tmp_path: Path) -> None:
    folder = build_in(tmp_path)
    packed = served(page_response(folder, "assets/index-3f2a.js", "br, gzip"))
    assert packed.headers["content-encoding"] == "gzip"
    assert Path(packed.path).name == "index-3f2a.js.gz"
    assert packed.media_type == "text/javascript"
    plain = served(page_response(folder, "assets/index-3f2a.js", "br"))
    assert "content-encoding" not in plain.headers
    assert plain.headers["vary"] == "Accept-Encoding"
    assert "content-encoding" not in served(page_response(folder, "icon.svg", "gzip")).headers


@pytest.mark.parametrize(
    "place",
    [
        "assets/none.js",
        "assets/index-3f2a.js.gz",
        "assets",
        "../secret.js",
        "assets/../index.html",
        ".hidden.js",
        "a\0.js",
        "/x.js",
    ],
)
def test_what_is_no_part_of_the_page_is_not_there(tmp_path: Path, place: str) -> None:
    folder = build_in(tmp_path / "dist")
    (tmp_path / "secret.js").write_text("no")
    (folder / ".hidden.js").write_text("no")
    with pytest.raises(Refusal) as caught:
        page_response(folder, place, "gzip")
    assert caught.value.status == 404


def test_a_link_out_of_the_page_is_not_followed(tmp_path: Path) -> None:
    folder = build_in(tmp_path / "dist")
    (tmp_path / "secret.js").write_text("no")
    (folder / "assets" / "out.js").symlink_to(tmp_path / "secret.js")
    with pytest.raises(Refusal):
        page_response(folder, "assets/out.js", "")
