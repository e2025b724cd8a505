"""Which files of a folder are no recordings, told by name, place and size alone."""

from __future__ import annotations

import re
from types import MappingProxyType

from appliance.domain.card import CardFile

#: Containers that cameras, phones, camcorders and screen recorders write.
VIDEO_SUFFIXES = frozenset(
    {
        ".mp4", ".m4v", ".mov", ".qt", ".mts", ".m2ts", ".m2t", ".ts", ".tp", ".trp", ".avi", ".divx", ".mkv", ".webm", ".mpg",
        ".mpeg", ".m2v", ".mpe", ".vob", ".mod", ".tod", ".3gp", ".3g2", ".wmv", ".asf", ".flv", ".f4v", ".ogv", ".ogm", ".dv",
        ".mxf", ".insv", ".360", ".264", ".h264", ".avc", ".265", ".h265", ".hevc", ".m4s", ".mjpg", ".mjpeg", ".rm", ".rmvb",
        ".y4m", ".nut",
    }
)  # fmt: skip
#: Low-resolution twins by suffix: GoPro and Insta360 (.lrv), DJI (.lrf).
PROXY_SUFFIXES = frozenset({".lrv", ".lrf"})
_KINDS = {
    "the camera's note beside a recording": (
        ".thm .xml .srt .sav .cpi .mpl .bdm .mpls .clpi .bnp .ind .int .gpx .idx .sub .ass .vtt .moff .modd .ppn .pmpd .tmb .bim"
        " .smi .mhl .inp .ctg .ctl .xmp .aae .log .csv .gis .nmea .bin .dat .cfg .ini .json .db .lut .cube"
    ),
    "a sound file": ".wav .mp3 .aac .m4a .flac .ogg .opus .wma .ac3 .aif .aiff .amr",
    "a picture": (
        ".jpg .jpeg .png .gif .bmp .tif .tiff .heic .heif .webp .avif .gpr .dng .cr2 .cr3 .nef .arw .raf .rw2 .orf .insp .svg"
    ),
    "a document": ".txt .md .rtf .pdf .htm .html .url .webloc .doc .docx .xls .xlsx .odt .ods .toml .yaml .yml",
    "an archive or a program": ".zip .rar .7z .gz .bz2 .xz .tar .tgz .iso .img .exe .msi .dmg .pkg .app .apk .sh .bat .py",
    "not copied completely yet": ".tmp .part .partial .crdownload .filepart .download .opdownload .!qb .aria2 .rsync",
}
#: Suffix → what such a file is, for files that are no recordings.
KIND_BY_SUFFIX = MappingProxyType({suffix: kind for kind, suffixes in _KINDS.items() for suffix in suffixes.split()})

#: Names that operating systems, file managers and network shares leave behind; compared in lower case, files and folders alike.
LITTER = frozenset(
    {
        "thumbs.db", "desktop.ini", "ehthumbs.db", "system volume information", "$recycle.bin", "recycler", "lost+found",
        "@eadir", "#recycle", "found.000", "indexervolumeguid", "wpsettings.dat", "__macosx",
        "network trash folder", "temporary items",
    }
)  # fmt: skip
#: A lock or owner file of an office program.
_LOCK = re.compile(r"^(~\$|\.~lock)")


def suffix_of(file: CardFile) -> str:
    """The suffix in lower case, with its dot."""
    return file.path.suffix.lower()


def reason_to_ignore(file: CardFile) -> str | None:
    """Why a file is left alone, or None when it may be a recording or a proxy. What people name is always tried."""
    if file.is_named:
        return None
    return _reason_by_place(file) or _reason_by_suffix(file)


def _reason_by_place(file: CardFile) -> str | None:
    *folders, name = file.place
    if name.startswith("._"):
        return "a macOS side file, not the recording itself"
    if _LOCK.match(name):
        return "a lock file"
    if any(part.lower() in LITTER for part in file.place):
        return "left behind by an operating system"
    if any(part.startswith(".") for part in (*folders, name)):
        return "hidden"
    return None


def _reason_by_suffix(file: CardFile) -> str | None:
    suffix = suffix_of(file)
    if suffix in KIND_BY_SUFFIX:
        return KIND_BY_SUFFIX[suffix]
    if suffix not in VIDEO_SUFFIXES | PROXY_SUFFIXES:
        return f"not a video by its name ({suffix})" if suffix else "not a video by its name (no suffix)"
    return "empty" if file.size_bytes == 0 else None
