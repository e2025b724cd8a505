"""Reads a form with files as it comes in: nothing is kept but the piece at hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from appliance.services.api.refusals import Refusal

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

#: What a form may hold beside its files.
MOST_FIELDS, MOST_FIELD_BYTES = 64, 64 * 1024
LONGEST_NAME = 1024


@dataclass(frozen=True, slots=True)
class FileBegins:
    """A file of this claimed name comes next."""

    name: str


@dataclass(frozen=True, slots=True)
class FileGoesOn:
    """Some bytes of it."""

    data: bytes


@dataclass(frozen=True, slots=True)
class FileEnds:
    """All of it was read."""


FormEvent = FileBegins | FileGoesOn | FileEnds


async def read_form(content_type: str, body: AsyncIterator[bytes]) -> AsyncIterator[FormEvent]:
    """The files of a form, in the order they come. Raises Refusal when the form is broken or was cut off."""
    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not boundary:
        raise _broken("It is no multipart form with a boundary.")
    ear = _FormEar()
    try:
        parser = MultipartParser(boundary, ear.callbacks())
        async for piece in body:
            parser.write(piece)
            for event in ear.heard():
                yield event
    except FormParserError as error:
        raise _broken("Its parts cannot be told apart.") from error
    if not ear.ended:
        raise _broken("It ends half-way.")


class _FormEar:
    """Turns the parser's calls into events."""

    def __init__(self) -> None:
        self.ended = False
        self._events: list[FormEvent] = []
        self._header, self._value = b"", b""
        self._disposition = b""
        self._in_file = False
        self._fields = self._field_bytes = 0

    def callbacks(self) -> MultipartCallbacks:
        return {
            "on_part_begin": self._begin_part,
            "on_header_field": self._read_header,
            "on_header_value": self._read_value,
            "on_header_end": self._end_header,
            "on_headers_finished": self._begin_data,
            "on_part_data": self._read_data,
            "on_part_end": self._end_part,
            "on_end": self._end,
        }

    def heard(self) -> list[FormEvent]:
        events, self._events = self._events, []
        return events

    def _begin_part(self) -> None:
        self._disposition = b""

    def _read_header(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _read_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value
        self._header, self._value = b"", b""

    def _begin_data(self) -> None:
        _, options = parse_options_header(self._disposition)
        name = options.get(b"filename")
        self._in_file = name is not None
        if name is not None:
            self._events.append(FileBegins(name.decode(errors="replace")[-LONGEST_NAME:]))
            return
        self._fields += 1
        if self._fields > MOST_FIELDS:
            raise _broken(f"It has more than {MOST_FIELDS} fields beside its files.")

    def _read_data(self, data: bytes, start: int, end: int) -> None:
        if self._in_file:
            self._events.append(FileGoesOn(bytes(data[start:end])))
            return
        self._field_bytes += end - start
        if self._field_bytes > MOST_FIELD_BYTES:
            raise _broken("Its fields beside the files are too long.")

    def _end_part(self) -> None:
        if self._in_file:
            self._events.append(FileEnds())
        self._in_file = False

    def _end(self) -> None:
        self.ended = True


def _broken(why: str) -> Refusal:
    return Refusal(400, f"This form cannot be read. {why}", remedy="Send it as multipart/form-data, with one part a file.")
