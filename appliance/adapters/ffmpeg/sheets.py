"""Sheets of small pictures: one key frame each, found by seeking, put together in rows."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from threading import Event

from appliance.adapters.ffmpeg.cutting import ReelLook
from appliance.adapters.ffmpeg.graph import look_chain
from appliance.adapters.ffmpeg.running import FfmpegFailed, FfmpegRunner, file_argument
from appliance.adapters.ffmpeg.workshop import give_name, workshop
from appliance.domain.errors import Unusable
from appliance.domain.extra import Sheet
from appliance.domain.media import MediaFile, Recording
from appliance.domain.timespan import Seconds

_QUALITY = "5"  # of 2 (best) to 31; some 300 kB for a hundred pictures
#: Bytes of one pixel on the way from cells to sheet.
_PIXEL_BYTES = 3


def draw_sheet(runner: FfmpegRunner, work: tuple[Recording, Sheet], target: Path, stop: Event) -> None:
    """Write the sheet; see `ports.extras`."""
    recording, sheet = work
    with workshop(target) as folder:
        cells = [_draw_cell(runner, recording, (sheet, moment), (folder, stop)) for moment in sheet.moments]
        if not any(cells):
            raise Unusable(f"no picture of {recording.name} could be decoded", remedy="Play the recording; copy it anew.")
        made = folder / "sheet.jpg"
        runner.run(sheet_arguments(sheet, made), feed=_poured(cells, sheet), stop=stop)
        give_name(made, target)


def file_at(recording: Recording, moment: Seconds) -> tuple[MediaFile, Seconds]:
    """The file that is looked at for a moment, the twin where there is one, and the moment on its own clock."""
    file = next((each for each in recording.files if each.span.contains(moment)), recording.files[-1])
    source = file.proxy or file
    return source, moment - file.offset + source.first_picture


def seek_arguments(file: MediaFile, moment: Seconds) -> list[str]:
    """Begins at the key frame before a moment; at the file's beginning there is nothing to look for."""
    if moment <= file.first_picture:
        return []
    return ["-noaccurate_seek", "-seek_timestamp", "1", "-ss", f"{float(moment):.6f}"]


def cell_arguments(source: tuple[MediaFile, Seconds], sheet: Sheet, target: Path) -> list[str]:
    """The argument list that writes one bare picture, from the key frame before a moment."""
    file, moment = source
    look = ReelLook(width_px=sheet.width_px, height_px=sheet.height_px, rate_hz=Fraction(1))
    return [
        *("-y", "-copyts", "-protocol_whitelist", "file", "-noautorotate", "-threads", "1", "-skip_frame", "nokey"),
        *(*seek_arguments(file, moment), "-i", file_argument(file.path)),
        *("-filter_complex_threads", "1", "-filter_complex", f"[0:{file.video.index}]{look_chain(file.video, look)}[v]"),
        *("-map", "[v]", "-frames:v", "1", "-c:v", "rawvideo", "-pix_fmt", "rgb24", "-f", "rawvideo", file_argument(target)),
    ]


def sheet_arguments(sheet: Sheet, target: Path) -> list[str]:
    """The argument list that puts bare pictures, which come by standard input, in rows."""
    return [
        *("-y", "-protocol_whitelist", "file,pipe", "-f", "rawvideo", "-pixel_format", "rgb24"),
        *("-video_size", f"{sheet.width_px}x{sheet.height_px}", "-i", "pipe:0"),
        *("-vf", f"tile={sheet.columns}x{sheet.rows},format=yuvj420p", "-frames:v", "1"),
        *("-c:v", "mjpeg", "-q:v", _QUALITY, "-update", "1", "-f", "image2", file_argument(target)),
    ]


def _draw_cell(runner: FfmpegRunner, recording: Recording, what: tuple[Sheet, Seconds], place: tuple[Path, Event]) -> Path | None:
    (sheet, moment), (folder, stop) = what, place
    cell = folder / f"{float(moment):012.3f}.rgb"
    try:
        runner.run(cell_arguments(file_at(recording, moment), sheet, cell), stop=stop)
    except FfmpegFailed:
        return None
    return cell if cell.is_file() and cell.stat().st_size == _cell_bytes(sheet) else None


def _poured(cells: list[Path | None], sheet: Sheet) -> Iterator[bytes]:
    """Every cell in its place, black where there is none; the last row is filled up."""
    black = bytes(_cell_bytes(sheet))
    for cell in cells:
        yield black if cell is None else cell.read_bytes()
    yield from [black] * (sheet.rows * sheet.columns - len(cells))


def _cell_bytes(sheet: Sheet) -> int:
    return sheet.width_px * sheet.height_px * _PIXEL_BYTES
