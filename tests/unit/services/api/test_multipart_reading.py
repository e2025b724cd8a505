from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.services.api import multipart_reading
from appliance.services.api.multipart_reading import FileBegins, FileGoesOn, read_form
from appliance.services.api.refusals import Refusal

KIND = 'multipart/form-data; boundary="edge"'


def form(*parts: tuple[str, bytes]) -> bytes:
    body = b"".join(
        f"--edge\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + content + b"\r\n" for head, content in parts
    )
    return body + b"--edge--\r\n"


def files_in(body: bytes, step: int = 7, kind: str = KIND) -> list[tuple[str, bytes]]:
    async def pieces() -> AsyncIterator[bytes]:
        for at in range(0, len(body), step):
            yield body[at : at + step]

    async def read() -> list[tuple[str, bytes]]:
        found: list[tuple[str, bytes]] = []
        async for event in read_form(kind, pieces()):
            if isinstance(event, FileBegins):
                found.append((event.name, b""))
            elif isinstance(event, FileGoesOn):
                found[-1] = (found[-1][0], found[-1][1] + event.data)
        return found

    return asyncio.run(read())


@settings(deadline=None, max_examples=60)
@given(
    contents=st.lists(st.binary(max_size=100) | st.sampled_from([b"--edge", b"\r\n--edg", b"\r\n--", b"\r\n"]), max_size=4),
    step=st.integers(1, 50),
)
def test_files_come_out_as_they_went_in_however_the_wire_cuts_them(contents: list[bytes], step: int) -> None:
    contents = [content for content in contents if b"\r\n--edge" not in content and not content.startswith(b"--edge")]
    parts = [(f'name="f"; filename="{number}.mp4"', content) for number, content in enumerate(contents)]
    body = form(('name="note"', b"a field that is passed over"), *parts)
    assert files_in(body, step) == [(f"{number}.mp4", content) for number, content in enumerate(contents)]


def test_names_are_read_as_browsers_write_them() -> None:
    body = form(('name="f"; filename="Spiel \xfcber.mp4"', b"x"), ('name="f"; filename=""', b""))
    assert files_in(body) == [("Spiel über.mp4", b"x"), ("", b"")]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("", b""),
        ("text/plain", b"x"),
        ("multipart/form-data", form()),
        ("multipart/form-data; boundary=" + "x" * 300, b""),
        ('multipart/form-data; boundary="\xff"', b"x"),
        (KIND, b""),
        (KIND, b"nothing like it"),
        (KIND, b"--edge\r\nContent-Disposition: form-data; name=f; filename=a\r\n\r\nhalf"),
        (KIND, b"--edge\r\n" + b"X: y\r\n" * 1000 + b"\r\n"),
        (KIND, b"--edge\r\nX: " + b"y" * 100_000 + b"\r\n\r\n"),
    ],
)
def test_broken_forms_are_refused(kind: str, body: bytes) -> None:
    with pytest.raises(Refusal) as caught:
        files_in(body, 4096, kind)
    assert caught.value.status == 400
    assert caught.value.remedy


def test_fields_beside_the_files_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multipart_reading, "MOST_FIELDS", 2)
    monkeypatch.setattr(multipart_reading, "MOST_FIELD_BYTES", 10)
    with pytest.raises(Refusal, match="more than 2 fields"):
        files_in(form(*(('name="a"', b"") for _ in range(3))))
    with pytest.raises(Refusal, match="too long"):
        files_in(form(('name="a"', bytes(11))))
