from __future__ import annotations

import os
from pathlib import Path

import pytest

from appliance.adapters.pyav.prober import PyavProber
from appliance.domain.errors import Unusable

from ....media_files import Clip, write_clip


def test_an_end_that_could_not_be_found_in_time_is_remarked(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mkv", Clip(seconds=5, container_options={"live": "1"}))
    file = PyavProber(scan_limit_s=-1).probe(path)
    assert 0 < file.duration < 5
    assert "could not be found in time" in file.remarks[0]


def test_pictures_that_do_not_decode_are_named_by_their_codec(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", Clip(seconds=1))
    content = path.read_bytes()
    start, end = content.index(b"mdat") + 4, content.index(b"moov") - 4
    path.write_bytes(content[:start] + os.urandom(1) * (end - start) + content[end:])
    with pytest.raises(Unusable, match="h264"):
        PyavProber().probe(path)


def test_encrypted_pictures_are_called_encrypted(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", Clip(seconds=1))
    content = path.read_bytes()
    start, end = content.index(b"mdat") + 4, content.index(b"moov") - 4
    # What a player finds in a protected file: another name for the codec, and pictures that make no sense.
    path.write_bytes(content[:start] + bytes(end - start) + content[end:].replace(b"avc1", b"encv"))
    with pytest.raises(Unusable, match=r"encrypted|not known"):
        PyavProber().probe(path)


def test_two_probings_agree(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", Clip(seconds=1, sound=True))
    assert PyavProber().probe(path) == PyavProber().probe(path)
