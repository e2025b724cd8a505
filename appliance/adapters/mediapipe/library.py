"""Loads MediaPipe's library, quietly and without letting it call home.

Since 0.10.3x the library reports its use to its maker's servers and offers no switch (google-ai-edge/mediapipe, issue 6291).
Nothing may leave the building, so before it is loaded this process tells its HTTP client (libcurl, which reads the C environment)
to go through a proxy that does not exist. Python's own environment, and with it the product's downloads, is left alone.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from appliance.domain.errors import Misconfigured

#: TCP port 9 of this machine ("discard", RFC 863): nobody listens there, so a connection is refused at once.
DEAD_PROXY = "http://127.0.0.1:9"
_REMEDY = (
    "Install the system libraries libEGL.so.1 and libGLESv2.so.2 (Debian, Ubuntu: libegl1 libgles2), "
    "or use --backend onnx, which needs neither."
)


def load_library() -> ModuleType:
    """The package `mediapipe`.

    Raises:
        Misconfigured: it is not installed, or the system libraries that it is linked against are missing.
    """
    block_telemetry()
    try:
        with silence_standard_error():
            library = importlib.import_module("mediapipe")
            _load_shared_object()
    except (ImportError, OSError, AttributeError) as error:
        raise Misconfigured(f"MediaPipe does not load: {error}", remedy=_REMEDY) from error
    return library


def block_telemetry() -> None:
    """Send whatever the library's HTTP client wants to say to a port where nobody listens."""
    for name in ("https_proxy", "HTTPS_PROXY", "http_proxy", "all_proxy", "ALL_PROXY"):
        os.putenv(name, DEAD_PROXY)
    for name in ("no_proxy", "NO_PROXY"):
        os.unsetenv(name)


@contextlib.contextmanager
def silence_standard_error() -> Iterator[None]:
    """Drop what native code prints meanwhile; the library has no switch for that, and it would tear the progress bar."""
    sys.stderr.flush()
    with Path(os.devnull).open("wb") as nowhere:
        kept = os.dup(2)
        try:
            os.dup2(nowhere.fileno(), 2)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)


def _load_shared_object() -> None:
    """The package imports without its shared object and would fail later; this says so now."""
    importlib.import_module("mediapipe.tasks.python.core.mediapipe_c_bindings").load_raw_library()
