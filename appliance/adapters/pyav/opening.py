"""Opening files, and what the library's errors mean here. The only place where either is decided."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
from av.container import InputContainer
from av.stream import Discard
from av.video.stream import VideoStream

from appliance.algorithms.content_recognising import explain_unreadable
from appliance.domain.errors import Misconfigured, RinkreelError, Transient, Unusable

#: What is read at all. Playlists and scripts are left out on purpose: they make the library open other files.
FORMATS = (
    "mov,mp4,matroska,webm,mpegts,mpegtsraw,avi,mpeg,mpegvideo,asf,flv,ogg,mxf,dv,rm,nut,ivf,obu,h264,hevc,m4v,yuv4mpegpipe,mjpeg,"
    "gif,png_pipe,jpeg_pipe,webp_pipe,bmp_pipe,tiff_pipe,wav,mp3,flac,aac,aiff,ac3"
)
OPTIONS = {"protocol_whitelist": "file", "format_whitelist": FORMATS}
#: Damage that a demuxer reports this often in a row means that there is no more to come.
MAX_READ_ERRORS = 50
_HEAD_BYTES = 4096
_MAX_BOXES = 64
_BOX_HEADER_BYTES = 8
_LARGE_BOX_BYTES = 16


@contextmanager
def opened(path: Path) -> Iterator[InputContainer]:
    """Open a media file. Foreign errors inside the block come out as the product's.

    Raises:
        Unusable: not a video, or damaged. Misconfigured: not allowed to read it. Transient: it could not be read this time.
    """
    try:
        # The prefix keeps names with a colon from being read as another protocol.
        with av.open(f"file:{path.absolute()}", options=OPTIONS, metadata_errors="replace") as container:
            yield container
    except (av.FFmpegError, OSError) as error:
        raise error_from_av(error, path) from error


def error_from_av(error: Exception, path: Path) -> RinkreelError:
    """What a failure of the library or the file system means to this product."""
    if isinstance(error, PermissionError):
        return Misconfigured(f"{path.name} may not be read", remedy="Let the user that runs this program read it.")
    if isinstance(error, IsADirectoryError):
        return Unusable(f"{path.name} is a folder, not a recording", remedy="Name a file, or let the folder be walked.")
    if isinstance(error, OSError):
        reason = error.strerror or str(error)
        return Transient(f"{path.name} could not be read: {reason}", remedy="Check that the card or share is still connected.")
    return _unreadable(path)


def packets_of(container: InputContainer, stream: VideoStream) -> Iterator[av.Packet[VideoStream]]:
    """Packets of one track from where the container stands, past damage; the last one is empty and flushes the decoder."""
    for other in container.streams:
        other.discard = Discard.default if other.index == stream.index else Discard.all
    for _ in range(MAX_READ_ERRORS):
        try:
            yield from container.demux(stream)
        except av.EOFError:
            return
        except av.FFmpegError as error:
            if isinstance(error, OSError):
                raise
            continue
        return


def _unreadable(path: Path) -> RinkreelError:
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
        size_bytes = path.stat().st_size
        why, remedy = explain_unreadable(head, size_bytes, box_kinds(path))
    except OSError as error:
        return error_from_av(error, path)
    return Unusable(f"{path.name} {why}", remedy=remedy)


def box_kinds(path: Path) -> list[str]:
    """Kinds of a file's outermost MP4 boxes, as far as they follow each other. Source: ISO/IEC 14496-12, 4.2."""
    kinds: list[str] = []
    with path.open("rb") as stream:
        at, end = 0, path.stat().st_size
        while at + _BOX_HEADER_BYTES <= end and len(kinds) < _MAX_BOXES:
            stream.seek(at)
            header = stream.read(_LARGE_BOX_BYTES)
            size, kind = int.from_bytes(header[:4]), header[4:8]
            if not kind.isalnum():
                break
            kinds.append(kind.decode("ascii"))
            size = int.from_bytes(header[8:16]) if size == 1 else size or end - at
            if size < _BOX_HEADER_BYTES:
                break
            at += size
    return kinds
