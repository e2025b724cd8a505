"""From a list of files to recordings: chapters in order, proxies beside their full files, the rest ignored with a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from appliance.algorithms.camera_naming import chapter_of, is_proxy, stream_number_of, twin_keys
from appliance.algorithms.litter_sorting import reason_to_ignore
from appliance.domain.card import CardFile, CardReading, IgnoredFile
from appliance.domain.facts import RecordingArrived

#: Cameras split where a file system or their firmware ends a file: at 2 GiB or at 4 GiB. Source: FAT32's 4 GiB limit and the
#: signed 32-bit offsets of older firmware; cameras stop up to four per cent early, at the end of a group of pictures.
SPLIT_LIMITS_BYTES = (2**31, 2**32)
SPLIT_SLACK = 0.04
#: Chapters of one recording are written one after the other; names start over on a fresh card. Source: a 12 GB chapter lasts
#: under an hour, and a battery less than a day.
MAX_CHAPTER_GAP_S = 12 * 3600.0


def read_card(files: Iterable[CardFile]) -> CardReading:
    """Sort files into recordings and the rest; every path ends in exactly one place, whatever the order they came in."""
    unique = _distinct(files)
    reasons = {file.path: reason_to_ignore(file) for file in unique}
    ignored = [IgnoredFile(path=path, reason=reason) for path, reason in reasons.items() if reason is not None]
    usable = [file for file in unique if reasons[file.path] is None]
    full = [file for file in usable if not is_proxy(file.path)]
    proxies, strays = _match_proxies(full, [file for file in usable if is_proxy(file.path)])
    wanted = {key for file in full for key in twin_keys(file.path)} if strays else set()
    ignored += [IgnoredFile(path=file.path, reason=_stray_reason(file, wanted)) for file in strays if not file.is_named]
    groups = sorted([*_group(full), *((file,) for file in strays if file.is_named)], key=lambda group: _order(group[0]))
    recordings = tuple(_arrival(group, proxies) for group in groups)
    return CardReading(recordings=recordings, ignored=tuple(sorted(ignored, key=lambda entry: entry.path)))


def _distinct(files: Iterable[CardFile]) -> list[CardFile]:
    """One entry a path, in path order; the one that somebody named wins."""
    best: dict[Path, CardFile] = {}
    for file in files:
        if file.path not in best or file.is_named:
            best[file.path] = file
    return sorted(best.values(), key=_order)


def _order(file: CardFile) -> tuple[str, str, str]:
    return str(file.path.parent), file.path.name.upper(), file.path.name


def _match_proxies(full: Sequence[CardFile], proxies: Sequence[CardFile]) -> tuple[dict[Path, Path], list[CardFile]]:
    """Full path → proxy path, and the proxies that no full file wants. Each is used once."""
    waiting: dict[tuple[str, ...], list[Path]] = {}
    for file in full:
        for key in twin_keys(file.path):
            waiting.setdefault(key, []).append(file.path)
    matched: dict[Path, Path] = {}
    strays: list[CardFile] = []
    for proxy in proxies:
        free = (path for key in twin_keys(proxy.path) for path in waiting.get(key, ()) if path not in matched)
        owner = next(free, None)
        if owner is None:
            strays.append(proxy)
        else:
            matched[owner] = proxy.path
    return matched, strays


def _stray_reason(proxy: CardFile, wanted: set[tuple[str, ...]]) -> str:
    if wanted.intersection(twin_keys(proxy.path)):
        return "a second low-resolution copy of a recording that has one"
    return "a low-resolution copy whose full file is not here"


def _group(files: Sequence[CardFile]) -> Iterator[tuple[CardFile, ...]]:
    """Chaptered, split and single files, each file in one group."""
    chaptered = [file for file in files if chapter_of(file.path)]
    streams = [file for file in files if stream_number_of(file.path) is not None]
    yield from _runs(sorted(chaptered, key=_chapter_order), _is_next_chapter)
    yield from _runs(sorted(streams, key=_stream_order), _is_next_split)
    taken = {file.path for file in (*chaptered, *streams)}
    yield from ((file,) for file in files if file.path not in taken)


def _runs(files: Iterable[CardFile], follows: Callable[[CardFile, CardFile], bool]) -> Iterator[tuple[CardFile, ...]]:
    run: list[CardFile] = []
    for file in files:
        if run and not follows(run[-1], file):
            yield tuple(run)
            run = []
        run.append(file)
    if run:
        yield tuple(run)


def _chapter_order(file: CardFile) -> tuple[tuple[str, ...], int, str]:
    chapter = chapter_of(file.path)
    return (chapter.series, chapter.number, file.path.name) if chapter else ((), 0, file.path.name)


def _stream_order(file: CardFile) -> tuple[str, str, int, str]:
    return str(file.path.parent), file.path.suffix.upper(), stream_number_of(file.path) or 0, file.path.name


def _is_next_chapter(earlier: CardFile, later: CardFile) -> bool:
    first, second = chapter_of(earlier.path), chapter_of(later.path)
    if first is None or second is None or first.series != second.series or second.number != first.number + 1:
        return False
    if earlier.modified_s is None or later.modified_s is None:
        return True
    return abs(later.modified_s - earlier.modified_s) <= MAX_CHAPTER_GAP_S


def _is_next_split(earlier: CardFile, later: CardFile) -> bool:
    """Whether `earlier` is as large as cameras let a file become, and `later` has the next number beside it."""
    first, second = stream_number_of(earlier.path), stream_number_of(later.path)
    if first is None or second is None or _stream_order(earlier)[:2] != _stream_order(later)[:2] or second != first + 1:
        return False
    return any(limit * (1 - SPLIT_SLACK) <= earlier.size_bytes <= limit for limit in SPLIT_LIMITS_BYTES)


def _arrival(group: Sequence[CardFile], proxies: dict[Path, Path]) -> RecordingArrived:
    return RecordingArrived(
        paths=tuple(file.path for file in group),
        proxies=tuple(proxies.get(file.path) for file in group),
    )
