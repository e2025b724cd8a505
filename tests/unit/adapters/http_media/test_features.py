from __future__ import annotations

import pytest

from appliance.adapters.http_media import features
from appliance.adapters.http_media.features import HttpArtefacts
from appliance.adapters.http_media.line import MediaLine
from appliance.domain.errors import Transient

from ....media_server import CREDENTIAL, MediaServer


def test_features_lie_in_their_items_folder_at_the_head() -> None:
    with MediaServer().open() as head, MediaLine(head.url, CREDENTIAL) as line:
        assert HttpArtefacts(line, "item-1").save_samples("r-00001", []) == "r-00001"
        assert HttpArtefacts(line, "item-1").load_samples("r-00001") == ()
        assert list(head.files) == ["features/item-1/r-00001.npz"]


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 half a zip"])
def test_what_is_damaged_is_to_be_made_again(content: bytes) -> None:
    with (
        MediaServer(files={"features/i/a.npz": content}).open() as head,
        MediaLine(head.url, CREDENTIAL) as line,
        pytest.raises(Transient, match="can no longer be read"),
    ):
        HttpArtefacts(line, "i").load_signal("a")


def test_a_head_that_sends_without_end_is_not_listened_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "MOST_BYTES", 1000)
    with (
        MediaServer(files={"features/i/a.npz": b"x" * 5000}).open() as head,
        MediaLine(head.url, CREDENTIAL) as line,
        pytest.raises(Transient, match="more"),
    ):
        HttpArtefacts(line, "i").load_signal("a")


@pytest.mark.parametrize("item_id", ["", "..", "a/b", "../x", ".hidden"])
def test_no_item_leads_out_of_the_features(item_id: str) -> None:
    with MediaLine("http://head", "x") as line, pytest.raises(ValueError, match="plain word"):
        HttpArtefacts(line, item_id)
