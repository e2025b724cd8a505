"""Chapters that come as uploads of their own wait for each other and become one recording."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from appliance.algorithms.companion_finding import find_companions
from appliance.services.api.taking import Received
from appliance.services.api.tus_record import BYTES, TusUpload
from appliance.services.api.upload_room import place_of

#: Files that come together may be announced one after the other; once it is quiet for so long, the rest will not come.
PATIENCE_S = 600.0
TOGETHER = "together"
MOST_BESIDE = 500
MOST_NAME = 64


@dataclass(frozen=True, slots=True)
class Party:
    """What an upload comes with. name: of all that was chosen at once; companions: places of its recording's files."""

    name: str = ""
    companions: tuple[str, ...] = ()


ALONE = Party()


def read_party(metadata: dict[str, str]) -> Party:
    """What a client says of the files that come with this one: `batch`, any name for them all, and `beside`, a JSON list of
    [name, bytes] pairs. What cannot be read counts as nothing: the file then stands alone."""
    name, beside = metadata.get("batch", "")[:MOST_NAME], metadata.get("beside", "")
    sizes: dict[str, int] = {}
    with suppress(ValueError, TypeError):
        sizes = {place_of(str(place)): int(size) for place, size in json.loads(beside)[:MOST_BESIDE]}
    companions = find_companions(place_of(metadata.get("filename", "")), sizes) if name else ()
    return Party(name, companions) if companions else ALONE


def members_of(upload: TusUpload, uploads: Iterable[TusUpload]) -> list[TusUpload]:
    """The uploads of the same recording that intake does not have yet, by name; `upload` is one of them."""
    same = (each for each in uploads if each.batch == upload.batch and each.name in upload.companions)
    return sorted((each for each in same if not each.taken), key=lambda each: each.name)


def is_waiting(upload: TusUpload, members: Sequence[TusUpload], quiet_for_s: float) -> bool:
    """Whether more is to come. quiet_for_s: since any of them last grew."""
    if any(not each.is_complete for each in members):
        return True
    return quiet_for_s < PATIENCE_S and {each.name for each in members} < set(upload.companions)


def gather(folder: Path, members: Sequence[TusUpload]) -> tuple[Path, list[Received]]:
    """Give the files their names, side by side in the first one's folder; those that intake moved away already are left out."""
    together = folder / members[0].id / TOGETHER
    for each in members:
        place = together / each.name
        place.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            (folder / each.id / BYTES).rename(place)
    there = [each for each in members if (together / each.name).exists()]
    return together, [Received(path=together / each.name, place=each.name, size_bytes=each.length) for each in there]
