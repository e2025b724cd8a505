"""Writes a reel as FCPXML 1.9, for Final Cut Pro and what reads its projects. Times are whole frames, as it asks for."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from string import ascii_letters, digits
from xml.sax.saxutils import quoteattr

from appliance.domain.edit import EditEvent, EditFile, EditList

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n'
FORMAT = "r1"
PLAIN = frozenset(ascii_letters + digits + ".-_~")
#: Resources are numbered behind the format.
FIRST_FILE = 2


def write_fcpxml(edits: EditList) -> str:
    """The project as text. Files are looked for beside it, by their names."""
    return HEAD + "\n".join(_lines(edits)) + "\n"


def _lines(edits: EditList) -> Iterator[str]:
    rate = edits.rate_hz
    yield '<fcpxml version="1.9">'
    yield "  <resources>"
    yield (f'    <format id="{FORMAT}" frameDuration="{_time(1, rate)}" width="{edits.width_px}" height="{edits.height_px}"/>')
    for number, file in enumerate(edits.files, start=FIRST_FILE):
        yield from _asset(number, file, rate)
    yield "  </resources>"
    yield "  <library>"
    yield f"    <event name={_attribute(edits.name)}>"
    yield f"      <project name={_attribute(edits.name)}>"
    yield f'        <sequence format="{FORMAT}" duration="{_time(edits.frames, rate)}" tcStart="0s" tcFormat="NDF">'
    yield "          <spine>"
    for event in edits.events:
        yield _clip(event, rate)
    yield "          </spine>"
    yield "        </sequence>"
    yield "      </project>"
    yield "    </event>"
    yield "  </library>"
    yield "</fcpxml>"


def _asset(number: int, file: EditFile, rate_hz: Fraction) -> Iterator[str]:
    sound = ' hasAudio="1" audioSources="1"' if file.has_sound else ""
    length = _time(file.frames, rate_hz)
    yield (
        f'    <asset id="r{number}" name={_attribute(file.name)} start="0s" duration="{length}"'
        f' hasVideo="1"{sound} format="{FORMAT}">'
    )
    yield f'      <media-rep kind="original-media" src="{_address(file.name)}"/>'
    yield "    </asset>"


def _clip(event: EditEvent, rate_hz: Fraction) -> str:
    offset, start, length = (_time(frames, rate_hz) for frames in (event.record, event.source, event.frames))
    reference = f'ref="r{event.file + FIRST_FILE}"'
    return (
        f"            <asset-clip {reference} name={_attribute(event.title)}"
        f' offset="{offset}" start="{start}" duration="{length}" format="{FORMAT}" tcFormat="NDF"/>'
    )


def _time(frames: int, rate_hz: Fraction) -> str:
    """Frames as a fraction of a second."""
    if frames == 0:
        return "0s"
    return f"{frames * rate_hz.denominator}/{rate_hz.numerator}s"


def _address(name: str) -> str:
    """A file's name as an address: all but plain letters, digits and .-_ as the numbers of their bytes (RFC 3986)."""
    return "".join(chr(byte) if chr(byte) in PLAIN else f"%{byte:02X}" for byte in name.encode(errors="replace"))


def _attribute(text: str) -> str:
    """A quoted value, without what XML 1.0 forbids."""
    return quoteattr("".join(letter if letter.isprintable() else " " for letter in text))
