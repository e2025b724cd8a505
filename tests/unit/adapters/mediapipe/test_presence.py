from __future__ import annotations

import importlib.util
import sys

import pytest

from appliance.adapters.mediapipe.presence import why_absent


@pytest.mark.skipif(sys.platform != "linux", reason="mediapipe: only Linux lacks graphics libraries")
def test_missing_libraries_are_named() -> None:
    if importlib.util.find_spec("mediapipe") is None:
        assert why_absent() == "it is not installed"
    else:
        assert why_absent(("libnothing.so.1", "libc.so.6", "libless.so.2")) == "libnothing.so.1 and libless.so.2 missing"


def test_without_the_package_it_is_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert why_absent() == "it is not installed"


def test_with_everything_it_needs_it_is_present() -> None:
    if importlib.util.find_spec("mediapipe") is not None:
        assert why_absent(()) is None
