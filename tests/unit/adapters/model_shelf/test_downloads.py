from __future__ import annotations

import io
import time
import urllib.error
import urllib.request
from typing import Any

import pytest

from appliance.adapters.model_shelf.downloads import download_file, read_bounded
from appliance.domain.errors import Misconfigured, Transient


def test_nothing_but_https_is_fetched() -> None:
    for url in ("http://example.org/x", "file:///etc/hostname", "ftp://example.org/x"):
        with pytest.raises(Misconfigured, match="https"):
            download_file(url)


def test_an_address_that_is_not_reached_may_be_reached_later_and_has_a_way_around(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise urllib.error.URLError("no route")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    with pytest.raises(Transient, match="no route") as caught:
        download_file("https://example.org/x")
    assert "models import" in caught.value.remedy


def test_the_answer_is_given_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    content = bytes(range(256)) * 5000
    monkeypatch.setattr(urllib.request, "urlopen", lambda *_, **__: io.BytesIO(content))
    assert download_file("https://example.org/x") == content


def test_more_than_was_allowed_is_refused() -> None:
    with pytest.raises(Misconfigured, match="larger than 10 bytes"):
        read_bounded(io.BytesIO(b"x" * 11), max_bytes=10, deadline_s=time.monotonic() + 60)


def test_an_answer_that_drags_on_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(urllib.request, "urlopen", lambda *_, **__: io.BytesIO(b"x"))
    with pytest.raises(Transient, match="too slow"):
        download_file("https://example.org/x", timeout_s=-1)
