"""Features of one item, kept by the head: sent there when they are made, fetched from there when they are needed."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import PurePosixPath

from appliance.adapters.artefacts import NAME, Arrays, NpzArtefacts, file_of, read_arrays, write_arrays
from appliance.adapters.http_media.line import MediaLine
from appliance.domain.errors import Transient

#: Features of a chunk are some hundred kilobytes; a head that sends this much sends something else.
MOST_BYTES = 256 * 1024**2


class HttpArtefacts(NpzArtefacts):
    """An artefact store for one item, over HTTP. Raises ValueError for an item's id that is no plain word."""

    def __init__(self, line: MediaLine, item_id: str) -> None:
        if not NAME.fullmatch(item_id) or "/" in item_id:
            raise ValueError(f"an item's id is a plain word; found {item_id!r}")
        self._line = line
        self._folder = PurePosixPath("features", item_id)

    def _save(self, name: str, arrays: Arrays) -> str:
        content = BytesIO()
        write_arrays(content, arrays)
        self._line.put(self._folder / file_of(name), content.getvalue())
        return name

    def _load(self, name: str, fields: Sequence[str]) -> Arrays:
        path, content = self._folder / file_of(name), BytesIO()
        with self._line.get(path) as answer:
            for block in answer.iter_bytes():
                content.write(block)
                if content.tell() > MOST_BYTES:
                    raise Transient(f"the head sends more for {path} than features are", remedy="Look into the head's log.")
        content.seek(0)
        return read_arrays(content, name, fields)
