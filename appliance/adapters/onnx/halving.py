"""A network in half precision: sixteen bits for every weight and every result in between, thirty-two at both ends."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from appliance.domain.errors import Misconfigured

#: Part of the name, so that another way of converting makes another file.
_KIND = "half-1"


def halved(path: Path) -> Path:
    """The half-precision file of a network, made once beside it and named for the content that it was made of.

    Raises:
        Misconfigured: it cannot be converted or written.
    """
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    target = path.parent / ".half" / f"{path.stem}-{_KIND}-{digest}.onnx"
    if not target.is_file():
        try:
            _convert(path, target)
        except Exception as error:
            raise Misconfigured(
                f"{path.name} cannot be brought to half precision: {error}", remedy='Set gpu.precision = "full".'
            ) from error
    return target


def _convert(path: Path, target: Path) -> None:
    import onnx
    from onnxruntime.transformers.float16 import convert_float_to_float16  # type: ignore[import-untyped]

    model = convert_float_to_float16(onnx.load(str(path)), keep_io_types=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(f".{os.getpid()}.part")
    onnx.save(model, str(unfinished))
    unfinished.replace(target)
