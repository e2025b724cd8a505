"""Says what a media file really holds: opened, its first picture decoded, its length read from packets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from av.container import InputContainer
from av.video.stream import VideoStream

from appliance.adapters.pyav.extent import Extent, ExtentReader, Head, read_head, seek, stated_end
from appliance.adapters.pyav.opening import opened
from appliance.adapters.pyav.tracks import picture_tracks, sound_track, track_remarks, video_track
from appliance.algorithms.frame_spacing import FrameSpacing, spacing_from_stamps
from appliance.algorithms.transport_framing import HEAD_BYTES, is_broken_off
from appliance.domain.errors import Unusable
from appliance.domain.media import CUT_OFF, AudioTrack, MediaFile
from appliance.domain.timespan import Seconds

#: Brands of still pictures in the MP4 family. Source: ISO/IEC 23008-12 (HEIF), AV1 Image File Format.
_PICTURE_BRANDS = frozenset({"heic", "heix", "mif1", "msf1", "avif"})
#: Demuxers for a single picture end so. Source: FFmpeg, libavformat/img2dec.c.
_PICTURE_FORMAT = "_pipe"
#: Sample entry of encrypted video. Source: ISO/IEC 23001-7, 4.1.
_ENCRYPTED = "encv"
#: A header may be this far off before it is worth a remark: seconds, and part of the length.
_HEADER_SLACK_S, _HEADER_SLACK_PART = Fraction(1), Fraction(2, 100)
#: Over uneven frames, the average of a few seconds may be this far from the whole file's.
_UNEVEN_SLACK_PART = Fraction(1, 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class _FirstLook:
    """What opening a file shows. file: all but its true duration, in whose place stands what the header says (0: nothing)."""

    file: MediaFile
    first_pts: int
    interval: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class PyavProber:
    """A media prober on FFmpeg's libraries. scan_limit_s: seconds that finding the end of a file may take."""

    scan_limit_s: float = 60.0

    def probe(self, path: Path) -> MediaFile:
        """Describe a file by its packets, not only its header.

        Raises:
            Unusable: not a video, or nothing in it decodes. Misconfigured: it may not be read. Transient: not this time.
        """
        with opened(path) as container:
            look = _look_at(container, path)
        extent = self._find_extent(look)
        with opened(path) as container:
            audio, sound_remarks = sound_track(container)
        return _finish(look, extent, audio, sound_remarks)

    def _find_extent(self, look: _FirstLook) -> Extent:
        video = look.file.video
        reader = ExtentReader(
            path=look.file.path,
            index=video.index,
            first_pts=look.first_pts,
            interval_ticks=max(1, round(look.interval / video.time_base)),
            limit_s=self.scan_limit_s,
        )
        return reader.read()


def _look_at(container: InputContainer, path: Path) -> _FirstLook:
    """The best track that decodes, described; tracks that do not decode are passed over."""
    _refuse_pictures(container, path)
    tracks = picture_tracks(container)
    _refuse_without(tracks, path)
    for attempt, stream in enumerate(track for track in tracks if track.codec_context is not None):
        if attempt:
            seek(container, stream, stream.start_time or 0)
        if (head := read_head(container, stream)) is not None:
            return _describe(container, path, stream, head)
    raise _nothing_decodes(tracks, path)


def _refuse_pictures(container: InputContainer, path: Path) -> None:
    brand = str(container.metadata.get("major_brand", "")).strip()
    if container.format.name.endswith(_PICTURE_FORMAT) or brand in _PICTURE_BRANDS:
        raise Unusable(f"{path.name} is a picture, not a recording", remedy="Choose the recording itself.")


def _refuse_without(tracks: list[VideoStream], path: Path) -> None:
    if not tracks:
        why = f"{path.name} has no moving picture in it"
        raise Unusable(why, remedy="Sound alone cannot be cut into a reel; choose the recording itself.")


def _nothing_decodes(tracks: list[VideoStream], path: Path) -> Unusable:
    codecs = [track.codec_context for track in tracks if track.codec_context is not None]
    if not codecs:
        why = f"{path.name} is in a video format that is not known here"
        return Unusable(why, remedy="Convert it to H.264 or H.265 first.")
    if any(codec.codec_tag == _ENCRYPTED for codec in codecs):
        return Unusable(f"{path.name} is encrypted (copy protection)", remedy="Use a recording without copy protection.")
    names = ", ".join(sorted({codec.codec.canonical_name for codec in codecs}))
    why = f"not one picture in {path.name} could be decoded ({names})"
    return Unusable(why, remedy="Copy it from the card again; if that does not help, its contents are lost.")


def _describe(container: InputContainer, path: Path, stream: VideoStream, head: Head) -> _FirstLook:
    time_base = stream.time_base or Fraction(1, 1000)
    spacing = _spacing(stream, head, time_base)
    stated = stated_end(container, stream)
    file = MediaFile(
        path=path,
        container=container.format.name,
        size_bytes=container.size,
        duration=Fraction(0) if stated is None else (stated - head.first_pts) * time_base,
        video=video_track(stream, head.frame, spacing),
        first_picture=head.first_pts * time_base,
        remarks=(*_choice_remarks(container, stream), *track_remarks(stream, head.frame), *_end_remarks(container, path)),
    )
    return _FirstLook(file=file, first_pts=head.first_pts, interval=spacing.interval)


def _spacing(stream: VideoStream, head: Head, time_base: Fraction) -> FrameSpacing:
    """Spacing read off the head; the header's average over the whole file wins where the two can be reconciled."""
    stated = (stream.average_rate, stream.guessed_rate, stream.base_rate)
    spacing = spacing_from_stamps(head.stamps, time_base, stated)
    average = stream.average_rate
    if average is None or average == spacing.rate_hz:
        return spacing
    if head.frame.interlaced_frame and abs(2 * average / spacing.rate_hz - 1) <= _HEADER_SLACK_PART:
        return replace(spacing, rate_hz=average, interval=1 / average)  # each field came in a packet of its own
    counted = stream.frames > 1 and spacing.rate_hz / 4 <= average <= spacing.rate_hz * 4
    near = not spacing.even and abs(average / spacing.rate_hz - 1) <= _UNEVEN_SLACK_PART
    return replace(spacing, rate_hz=average, even=False) if counted or near else spacing


def _choice_remarks(container: InputContainer, stream: VideoStream) -> tuple[str, ...]:
    count = len(picture_tracks(container))
    size = f"{stream.codec_context.width} x {stream.codec_context.height}"
    return (f"it has {count} picture tracks; the one of {size} pixels is used",) if count > 1 else ()


def _end_remarks(container: InputContainer, path: Path) -> tuple[str, ...]:
    if container.format.name != "mpegts":
        return ()
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    return (f"it ends in the middle of a packet: {CUT_OFF}",) if is_broken_off(head, container.size) else ()


def _finish(look: _FirstLook, extent: Extent, audio: AudioTrack | None, sound_remarks: tuple[str, ...]) -> MediaFile:
    stated = look.file.duration
    duration = max((extent.end_pts - look.first_pts) * look.file.video.time_base, look.interval)
    remarks = (*look.file.remarks, *_length_remarks(stated, duration, extent), *sound_remarks)
    return replace(look.file, duration=duration, audio=audio, remarks=remarks)


def _length_remarks(stated: Seconds, duration: Seconds, extent: Extent) -> tuple[str, ...]:
    if not extent.certain:
        return (f"its end could not be found in time; the first {float(duration):.1f} s are used",)
    if stated <= 0 or abs(stated - duration) <= max(_HEADER_SLACK_S, duration * _HEADER_SLACK_PART):
        return ()
    said = f"its header says {float(stated):.1f} s, its packets hold {float(duration):.1f} s of picture"
    return (f"{said}: {CUT_OFF}" if stated > duration else said,)
