from __future__ import annotations

from pathlib import Path

import pytest

from appliance.services.api.refusals import Refusal
from appliance.services.api.serving import file_response, inside, media_type_of


def test_only_regular_files_below_the_folder_are_inside(tmp_path: Path) -> None:
    folder = tmp_path / "reels"
    folder.mkdir()
    (folder / "a.mp4").write_bytes(b"a")
    (tmp_path / "secret").write_bytes(b"s")
    (folder / "link").symlink_to(tmp_path / "secret")
    (folder / "loop").symlink_to(folder / "loop")
    (folder / "own-link").symlink_to(folder / "a.mp4")
    assert inside(folder, folder / "a.mp4") == (folder / "a.mp4").resolve()
    assert inside(folder, folder / "own-link") == (folder / "a.mp4").resolve()
    for path in (folder, folder / "none", folder / ".." / "secret", folder / "link", folder / "loop", folder / "a\0b"):
        with pytest.raises(Refusal) as caught:
            inside(folder, path)
        assert caught.value.status == 404


def test_files_are_handed_out_fresh_and_by_the_name_they_are_saved_as(tmp_path: Path) -> None:
    path = tmp_path / "x.bin"
    path.write_bytes(b"abc")
    response = file_response(path, media_type="video/mp4", name="a.mp4")
    assert response.headers["content-length"] == "3"
    assert response.headers["content-disposition"] == 'attachment; filename="a.mp4"'
    assert "no-cache" in response.headers["cache-control"]
    assert (
        file_response(path, media_type="video/mp4", name="a.mp4", inline=True).headers["content-disposition"].startswith("inline")
    )


@pytest.mark.parametrize(
    ("name", "kind"), [("A.MP4", "video/mp4"), ("a.mts", "video/mp2t"), ("a.html", "application/octet-stream")]
)
def test_what_is_no_video_by_name_is_bytes(name: str, kind: str) -> None:
    assert media_type_of(Path(name)) == kind
