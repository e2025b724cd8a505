"""Whether MediaPipe can load here, found out without loading its 130 MB library."""

from __future__ import annotations

import ctypes
import importlib.util
import sys
from collections.abc import Sequence

#: What MediaPipe's library is linked against and bare servers lack. Source: its ELF header, NEEDED entries.
LINKED = ("libEGL.so.1", "libGLESv2.so.2")


def why_absent(libraries: Sequence[str] = LINKED) -> str | None:
    """Why it cannot load, None when nothing that it needs is missing."""
    if importlib.util.find_spec("mediapipe") is None:
        return "it is not installed"
    missing = [name for name in libraries if not _loads(name)] if sys.platform == "linux" else []
    return f"{' and '.join(missing)} missing" if missing else None


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
