"""What a file that does not open as a video really is, told from its first bytes and its outline."""

from __future__ import annotations

from collections.abc import Sequence

_CAMERA_REMEDY = (
    "Play it once in the camera that made it, which often repairs it, or use a repair tool with a good file from the same camera."
)
_OTHER_REMEDY = "Choose the recording itself."
#: First bytes → what has them. Source: the formats' own specifications, as collected in file(1)'s magic.
_SIGNATURES = (
    (b"\x89PNG", "a picture, not a recording"),
    (b"\xff\xd8\xff", "a picture, not a recording"),
    (b"GIF8", "a picture, not a recording"),
    (b"BM", "a picture, not a recording"),
    (b"II*\x00", "a picture, not a recording"),
    (b"MM\x00*", "a picture, not a recording"),
    (b"#EXTM3U", "a playlist that only points to recordings"),
    (b"ffconcat", "a playlist that only points to recordings"),
    (b"%PDF", "a document, not a recording"),
    (b"PK\x03\x04", "an archive, not a recording"),
    (b"Rar!", "an archive, not a recording"),
    (b"7z\xbc\xaf", "an archive, not a recording"),
    (b"\x7fELF", "a program, not a recording"),
    (b"MZ", "a program, not a recording"),
)
#: Boxes by which a file of the MP4 family is known.
_MP4_BOXES = frozenset({"ftyp", "styp", "moov", "mdat", "moof", "sidx", "wide", "free", "skip"})


def explain_unreadable(head: bytes, size_bytes: int, boxes: Sequence[str]) -> tuple[str, str]:
    """Why it cannot be opened, and what to do.

    Args:
        head: the file's first bytes.
        size_bytes: its size.
        boxes: kinds of its outermost MP4 boxes in order, empty when it has none.

    Returns:
        why, to be read after the file's name ("… is empty"), and remedy.
    """
    if size_bytes == 0:
        return "is empty", "Copy it from the card again."
    if head.strip(b"\x00") == b"":
        return "holds only zeros: its name was written to the card, its contents were not", "Copy it from the card again."
    for signature, what in _SIGNATURES:
        if head.startswith(signature):
            return f"is {what}", _OTHER_REMEDY
    if any(box in _MP4_BOXES for box in boxes[:1]):
        return _explain_boxes(boxes)
    if _looks_like_text(head):
        return "is a text, not a recording", _OTHER_REMEDY
    return "is not a video, or its beginning is damaged", "Copy it from the card again; if that does not help, it is lost."


def _explain_boxes(boxes: Sequence[str]) -> tuple[str, str]:
    if "moov" in boxes:
        return "is damaged: its index cannot be read", _CAMERA_REMEDY
    if "moof" in boxes:
        return "is one piece of a stream, without the piece that opens it", "Save the whole stream as one file."
    if "mdat" in boxes:
        return "was not closed by the camera (battery or card pulled out?): its index is missing", _CAMERA_REMEDY
    return "is damaged or was not closed by the camera: there is no index in it", _CAMERA_REMEDY


def _looks_like_text(head: bytes) -> bool:
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        text = head[: error.start].decode("utf-8") if error.start > len(head) - 4 else "\x00"
    return all(letter.isprintable() or letter.isspace() for letter in text)
