"""Fast films: each stretch is found by seeking and encoded small, then all are put together as they are."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from threading import Event

from appliance.adapters.ffmpeg.cutting import ReelLook
from appliance.adapters.ffmpeg.encoders import recipe_named
from appliance.adapters.ffmpeg.graph import look_chain
from appliance.adapters.ffmpeg.running import FfmpegFailed, FfmpegRunner, file_argument
from appliance.adapters.ffmpeg.sheets import file_at, seek_arguments
from appliance.adapters.ffmpeg.workshop import DISK_FULL, give_name, workshop
from appliance.domain.errors import Unusable
from appliance.domain.extra import FastFilm
from appliance.domain.media import MediaFile, Recording
from appliance.domain.timespan import Seconds, Span

#: Small pictures that are looked at once: a little worse than a reel's, and a third of its size.
_QUALITY = ("-preset", "veryfast", "-crf", "27")


def film_fast(runner: FfmpegRunner, encoder: str, work: tuple[Recording, FastFilm], place: tuple[Path, Event]) -> None:
    """Write the film; see `ports.extras`. place: where it goes, and what stops it."""
    (recording, film), (target, stop) = work, place
    with workshop(target) as folder:
        pieces = []
        for number, (span, frames) in enumerate(zip(film.pieces, film.frames, strict=True)):
            for part, (source, length) in enumerate(_stretches(recording, span)):
                wanted = max(1, round(frames * length / span.length))
                piece = folder / f"piece{number:04}-{part}.mp4"
                arguments = piece_arguments((source, wanted), film, encoder, piece)
                if _came(runner, arguments, stop):
                    pieces.append(piece)
        if not pieces:
            raise Unusable(f"nothing that was left out of {recording.name} could be decoded", remedy="Play the recording.")
        made = folder / "film.mp4"
        runner.run(_join_arguments(pieces, folder, made), stop=stop)
        give_name(made, target)


def piece_arguments(piece: tuple[tuple[MediaFile, Seconds], int], film: FastFilm, encoder: str, target: Path) -> list[str]:
    """The argument list that encodes one stretch of one file."""
    (file, start), frames = piece
    recipe = recipe_named(encoder)
    look = ReelLook(width_px=film.width_px, height_px=film.height_px, rate_hz=Fraction(film.rate_hz))
    faster = f"setpts=(PTS-{round(start * 1_000_000)})/{float(film.speed):.9f}"
    timing = f"settb=AVTB,{faster},fps={film.rate_hz}:start_time=0,trim=end_frame={frames}"
    quality = _QUALITY if recipe.name == "libx264" else recipe.quality
    return [
        *("-y", "-copyts", *recipe.device, "-protocol_whitelist", "file", "-noautorotate", "-threads", "1"),
        *(("-skip_frame", "nokey") if film.key_frames else ()),
        *(*seek_arguments(file, start), "-i", file_argument(file.path)),
        *("-filter_complex_threads", "1", "-filter_complex"),
        f"[0:{file.video.index}]{timing},{look_chain(file.video, look)},{recipe.upload}[v]",
        *("-map", "[v]", "-frames:v", str(frames), "-c:v", recipe.name, *quality, "-threads", "1", "-g", str(2 * film.rate_hz)),
        *("-map_metadata", "-1", "-map_chapters", "-1", "-video_track_timescale", str(1024 * film.rate_hz)),
        *("-f", "mp4", file_argument(target)),
    ]


def _stretches(recording: Recording, span: Span) -> list[tuple[tuple[MediaFile, Seconds], Seconds]]:
    """What a span is of each file: where it begins there, and how long it is."""
    found = []
    for file in recording.files:
        given = span.clipped_to(file.span)
        if given is not None:
            found.append((file_at(recording, given.start), given.length))
    return found


def _came(runner: FfmpegRunner, arguments: list[str], stop: Event) -> bool:
    """Whether anything came of it; damage costs its stretch, a full disk all."""
    try:
        return runner.run(arguments, stop=stop).frames > 0
    except FfmpegFailed as failure:
        if DISK_FULL in failure.tail:
            raise
        return False


def _join_arguments(pieces: list[Path], folder: Path, target: Path) -> list[str]:
    listing = folder / "pieces.txt"
    listing.write_text("\n".join(["ffconcat version 1.0", *(f"file {piece.name}" for piece in pieces)]) + "\n", encoding="utf-8")
    return [
        *("-y", "-protocol_whitelist", "file", "-f", "concat", "-i", file_argument(listing), "-map", "0:v", "-c", "copy"),
        *("-movflags", "+faststart", "-f", "mp4", file_argument(target)),
    ]
