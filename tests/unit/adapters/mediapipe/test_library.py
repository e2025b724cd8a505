from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from appliance.adapters.mediapipe import library
from appliance.adapters.mediapipe.library import DEAD_PROXY, block_telemetry, load_library, silence_standard_error
from appliance.domain.errors import Misconfigured

ROOT = Path(__file__).resolve().parents[4]


def test_the_librarys_http_client_is_sent_to_a_port_where_nobody_listens() -> None:
    """In another process, so that this one keeps its environment."""
    code = (
        "import ctypes, os\n"
        "os.environ['no_proxy'] = '*'\n"
        "from appliance.adapters.mediapipe.library import block_telemetry\n"
        "before = dict(os.environ)\n"
        "block_telemetry()\n"
        "getenv = ctypes.CDLL(None).getenv\n"
        "getenv.restype = ctypes.c_char_p\n"
        "assert dict(os.environ) == before, 'Python sees no change'\n"
        "print(getenv(b'https_proxy'), getenv(b'no_proxy'))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [f"b'{DEAD_PROXY}'", "None"]


def test_nothing_is_loaded_before_the_client_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    monkeypatch.setattr(library, "block_telemetry", lambda: order.append("block"))
    monkeypatch.setattr(importlib, "import_module", order.append)
    monkeypatch.setattr(library, "_load_shared_object", lambda: None)
    load_library()
    assert order == ["block", "mediapipe"]


def test_a_bare_server_is_told_which_system_libraries_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise OSError("libEGL.so.1: cannot open shared object file")

    monkeypatch.setattr(library, "block_telemetry", lambda: None)
    monkeypatch.setattr(importlib, "import_module", fail)
    with pytest.raises(Misconfigured, match="libEGL") as caught:
        load_library()
    assert "libgles2" in caught.value.remedy
    assert "--backend onnx" in caught.value.remedy


def test_what_native_code_prints_is_dropped_and_what_comes_after_is_not(capfd: pytest.CaptureFixture[str]) -> None:
    with silence_standard_error():
        os.write(2, b"noise")
    os.write(2, b"news")
    assert capfd.readouterr().err == "news"


def test_standard_error_is_given_back_after_a_failure(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="inside"), silence_standard_error():
        raise ValueError("inside")
    os.write(2, b"news")
    assert capfd.readouterr().err == "news"


def test_blocking_twice_is_the_same_as_once(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(os, "putenv", lambda name, _: told.append(name))
    monkeypatch.setattr(os, "unsetenv", told.append)
    block_telemetry()
    once = list(told)
    block_telemetry()
    assert told == once * 2
    assert {"https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"} <= set(once)
