"""Models inside archives."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from appliance.domain.errors import Misconfigured

#: No model of the manifest is nearly as large; what claims to be is not read.
MAX_BYTES = 300_000_000
_MODEL_SUFFIXES = (".onnx", ".tflite", ".task")


def read_member(archive: bytes, member: str) -> bytes:
    """A file inside a zip, in whatever folder of it. Raises Misconfigured where it is not there or the zip is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            for info in opened.infolist():
                if f"/{info.filename}".endswith(f"/{member}") and info.file_size <= MAX_BYTES:
                    return opened.read(info)
    except zipfile.BadZipFile as error:
        raise Misconfigured(f"What came is not a zip: {error}", remedy="The address gives something else now.") from error
    raise Misconfigured(f"The zip does not hold {member}.", remedy="The address gives something else now.")


def model_contents(path: Path) -> Iterator[bytes]:
    """The file's content, and where it is a zip, a wheel or a bundle also that of every model inside.

    Raises:
        OSError, zipfile.BadZipFile: it cannot be read.
    """
    if path.stat().st_size <= MAX_BYTES:
        yield path.read_bytes()
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            if info.filename.endswith(_MODEL_SUFFIXES) and info.file_size <= MAX_BYTES:
                yield archive.read(info)
