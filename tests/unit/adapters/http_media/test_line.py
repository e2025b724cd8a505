from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from appliance.adapters.http_media.line import MediaLine
from appliance.domain.errors import DiskFull, Misconfigured, RinkreelError, Transient

from ....media_server import CREDENTIAL, MediaServer

PATH = PurePosixPath("originals/i/größe 1#?.mp4")


def fetched(url: str, credential: str = CREDENTIAL) -> bytes:
    with MediaLine(url, credential) as line, line.get(PATH) as answer:
        return answer.read()


def test_a_file_of_any_name_comes_with_the_credential() -> None:
    with MediaServer(files={str(PATH): b"pictures"}).open() as head:
        assert fetched(head.url) == b"pictures"


def test_a_slash_at_the_end_of_the_address_does_no_harm() -> None:
    with MediaServer(files={str(PATH): b"pictures"}).open() as head:
        assert fetched(f"{head.url}/") == b"pictures"


def test_what_is_sent_arrives() -> None:
    with MediaServer().open() as head, MediaLine(head.url, CREDENTIAL) as line:
        line.put(PurePosixPath("features/i/f.npz"), b"features")
        assert head.files == {"features/i/f.npz": b"features"}


def test_a_wrong_credential_is_the_operators_business() -> None:
    with MediaServer().open() as head, pytest.raises(Misconfigured, match="credential"):
        fetched(head.url, "wrong")


@pytest.mark.parametrize(
    ("status", "kind"),
    [(404, Transient), (429, Transient), (500, Transient), (503, Transient), (403, Misconfigured), (302, Misconfigured)],
)
def test_what_the_head_answers_decides_what_happens_next(status: int, kind: type[RinkreelError]) -> None:
    with MediaServer(statuses=[status]).open() as head, pytest.raises(kind) as caught:
        fetched(head.url)
    assert type(caught.value) is kind
    assert caught.value.remedy


def test_a_head_without_room_says_so() -> None:
    with MediaServer(statuses=[507]).open() as head, MediaLine(head.url, CREDENTIAL) as line, pytest.raises(DiskFull):
        line.put(PurePosixPath("features/i/f.npz"), b"features")


def test_a_head_that_is_not_there_may_come_back() -> None:
    with MediaServer().open() as head:
        url = head.url
    with pytest.raises(Transient, match="could not be exchanged"):
        fetched(url)


def test_a_line_that_breaks_may_be_mended() -> None:
    with MediaServer(files={str(PATH): b"pictures"}, breaks=[3]).open() as head, pytest.raises(Transient):
        fetched(head.url)


@pytest.mark.parametrize(("url", "credential"), [("head:8080", "x"), ("ftp://head", "x"), ("", "x"), ("http://head", "")])
def test_no_line_is_made_without_an_address_and_a_credential(url: str, credential: str) -> None:
    with pytest.raises(Misconfigured):
        MediaLine(url, credential)


def test_a_certificate_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    for path in (tmp_path / "ca.pem", tmp_path / "missing.pem"):
        with pytest.raises(Misconfigured, match=path.name):
            MediaLine("https://head", "x", tls_ca=path)
