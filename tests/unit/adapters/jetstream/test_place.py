"""Where the bus is: the credential is never shown, and trust is taken from the file that is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.adapters.jetstream.place import BusPlace
from appliance.domain.errors import Misconfigured


def test_the_credential_is_not_shown() -> None:
    assert "secret" not in repr(BusPlace(url="nats://127.0.0.1:4222", credential="secret"))


def test_a_plain_address_needs_no_certificate_and_a_tls_one_trusts_the_system() -> None:
    assert BusPlace(url="nats://127.0.0.1:4222").tls() is None
    context = BusPlace(url="tls://head:4222").tls()
    assert context is not None
    assert context.check_hostname


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_certificate_that_cannot_be_read_is_for_the_operator(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(Misconfigured, match=r"ca\.pem") as caught:
        BusPlace(url="tls://head:4222", tls_ca=path).tls()
    assert "bus.tls_ca" in caught.value.remedy
