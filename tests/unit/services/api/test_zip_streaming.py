from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

from appliance.services.api.zip_streaming import Member, zipped


def test_what_is_sent_is_a_whole_archive() -> None:
    members = [Member(name="a/one.txt", pieces=lambda: [b"1", b"2"]), Member(name="empty", pieces=lambda: [])]
    archive = zipfile.ZipFile(io.BytesIO(b"".join(zipped(members, 1_790_000_000.0))))
    assert archive.testzip() is None
    assert {info.filename: archive.read(info) for info in archive.infolist()} == {"a/one.txt": b"12", "empty": b""}
    assert archive.infolist()[0].date_time[0] == 2026


def test_pieces_are_sent_as_they_come_and_not_kept() -> None:
    asked = []

    def pieces() -> Iterator[bytes]:
        for number in range(100):
            asked.append(number)
            yield bytes(10_000)

    sent = zipped([Member(name="big", pieces=pieces)], 0.0)
    first = next(sent)
    assert asked == [0]
    assert len(first) < 11_000
    assert all(len(piece) < 11_000 for piece in sent)


def test_an_archive_that_is_not_fetched_to_its_end_lets_go_of_what_it_holds() -> None:
    closed = []

    def members() -> Iterator[Member]:
        try:
            yield Member(name="a", pieces=lambda: [b"1"])
            yield Member(name="b", pieces=lambda: [b"2"])
        finally:
            closed.append(True)

    sent = zipped(members(), 0.0)
    next(sent)
    sent.close()  # type: ignore[attr-defined]
    assert closed == [True]
