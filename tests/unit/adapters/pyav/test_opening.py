from __future__ import annotations

from pathlib import Path

import av
import pytest
from av.video.stream import VideoStream

from appliance.adapters.pyav.opening import box_kinds, error_from_av, opened, packets_of
from appliance.domain.errors import Misconfigured, RinkreelError, Transient, Unusable

from ....media_files import Clip, write_clip


def test_names_that_look_like_addresses_or_patterns_are_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = write_clip(tmp_path / "a.mp4").rename(tmp_path / "concat:a|b%03d.mp4")
    with opened(Path(path.name)) as container:
        assert container.streams.video


def test_a_name_that_is_not_utf_8_is_a_name(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4").rename(tmp_path / "caf\udce9.mp4")
    with opened(path) as container:
        assert container.streams.video


@pytest.mark.parametrize(
    "script", ["#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{}\n#EXT-X-ENDLIST\n", "ffconcat version 1.0\nfile '{}'\n"]
)
def test_a_playlist_opens_no_other_file(tmp_path: Path, script: str) -> None:
    write_clip(tmp_path / "secret.ts")
    for suffix in (".mp4", ".m3u8", ".ffconcat"):
        playlist = tmp_path / f"list{suffix}"
        playlist.write_text(script.format("secret.ts"))
        with pytest.raises(Unusable, match="playlist"), opened(playlist):
            pass


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (PermissionError(13, "Permission denied"), Misconfigured),
        (FileNotFoundError(2, "No such file"), Transient),
        (OSError(5, "Input/output error"), Transient),
        (IsADirectoryError(21, "Is a directory"), Unusable),
        (av.InvalidDataError(1, "Invalid data"), Unusable),
    ],
)
def test_errors_of_the_library_mean_one_of_three_things(tmp_path: Path, error: Exception, meaning: type[RinkreelError]) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"?")
    translated = error_from_av(error, path)
    assert type(translated) is meaning
    assert "a.mp4" in translated.why
    assert translated.remedy


def test_the_packets_of_one_track_come_alone_and_end_with_an_empty_one(tmp_path: Path) -> None:
    with opened(write_clip(tmp_path / "a.mp4", Clip(seconds=1, sound=True))) as container:
        stream = container.streams.video[0]
        assert isinstance(stream, VideoStream)
        packets = list(packets_of(container, stream))
    assert {packet.stream_index for packet in packets} == {0}
    assert [packet.size > 0 for packet in packets] == [True] * 30 + [False]


def test_the_outermost_boxes_of_a_file_are_listed(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4")
    assert [kind for kind in box_kinds(path) if kind != "free"] == ["ftyp", "mdat", "moov"]
    path.write_bytes(path.read_bytes()[:100])
    assert box_kinds(path)[0] == "ftyp"
    path.write_bytes(b"\x00\x01\x02 and so on and on")
    assert box_kinds(path) == []
