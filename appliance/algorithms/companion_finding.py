"""Which files of an upload belong to one recording, by what a camera calls them and how large they are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from appliance.algorithms.card_reading import read_card
from appliance.domain.card import CardFile

#: Names are places within the upload; the folder they stand in has no name yet.
_WITHIN = Path()


def find_companions(place: str, sizes_bytes: Mapping[str, int]) -> tuple[str, ...]:
    """The places of all files of the recording that `place` is a part of, itself among them; none when it stands alone.

    sizes_bytes: by place, all files that come together.
    """
    reading = read_card(CardFile(path=Path(name), size_bytes=size, within=_WITHIN) for name, size in sizes_bytes.items())
    for recording in reading.recordings:
        paths = [str(path) for path in (*recording.paths, *recording.proxies) if path is not None]
        if place in paths and len(paths) > 1:
            return tuple(sorted(paths))
    return ()
