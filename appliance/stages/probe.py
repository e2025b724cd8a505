"""Files that form one recording arrive. Each is opened and understood, twins that show the same time line are put to use, and
the recording is cut into chunks. What leaves is the recording and one order per chunk."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

from appliance.algorithms.chunking import plan_chunks
from appliance.algorithms.proxy_matching import proxy_matches
from appliance.domain.errors import Unusable
from appliance.domain.facts import ChunkPlanned, Fact, RecordingArrived, RecordingProbed
from appliance.domain.media import MediaFile, Recording
from appliance.domain.rules import WatchingRule
from appliance.ports import MediaProber

#: Hexadecimal digits of a recording's id: 48 bits, so that a million recordings share none.
_ID_DIGITS = 12


async def probe(heard: RecordingArrived, *, prober: MediaProber, rule: WatchingRule) -> list[Fact]:
    """Understand a recording and plan how it is watched.

    Raises:
        Unusable: none of its files can be used. Transient, Misconfigured: as the prober says.
    """
    files = await asyncio.to_thread(_probe_files, heard, prober)
    recording = _recording_from(files)
    chunks = (ChunkPlanned(recording=recording, chunk=chunk, rule=rule) for chunk in plan_chunks(recording, rule))
    return [RecordingProbed(recording=recording), *chunks]


def _probe_files(heard: RecordingArrived, prober: MediaProber) -> tuple[MediaFile, ...]:
    """The chapters that can be used, in order. One that cannot is left out and said, as long as another can."""
    usable: list[MediaFile] = []
    refusals: list[Unusable] = []
    for path, proxy in zip(heard.paths, _proxies_of(heard), strict=True):
        try:
            usable.append(_with_proxy(prober.probe(path), proxy, prober))
        except Unusable as refusal:
            refusals.append(refusal)
    if not usable:
        raise refusals[0]
    remarks = tuple(f"a chapter was left out: {refusal.why}" for refusal in refusals)
    return (replace(usable[0], remarks=(*usable[0].remarks, *remarks)), *usable[1:])


def _proxies_of(heard: RecordingArrived) -> tuple[Path | None, ...]:
    return heard.proxies or (None,) * len(heard.paths)


def _with_proxy(file: MediaFile, path: Path | None, prober: MediaProber) -> MediaFile:
    """The file with its twin, if that one opens and is as long."""
    if path is None:
        return file
    try:
        proxy = prober.probe(path)
    except Unusable as refusal:
        return replace(file, remarks=(*file.remarks, f"its low-resolution copy is not used: {refusal.why}"))
    if proxy_matches(file, proxy):
        return replace(file, proxy=proxy)
    lengths = f"{float(proxy.duration):.1f} s instead of {float(file.duration):.1f} s"
    return replace(file, remarks=(*file.remarks, f"its low-resolution copy {path.name} is not used: it lasts {lengths}"))


def _recording_from(files: tuple[MediaFile, ...]) -> Recording:
    """Files one after the other on one clock."""
    placed: list[MediaFile] = []
    offset = Fraction(0)
    for file in files:
        placed.append(replace(file, offset=offset))
        offset += file.duration
    return Recording(id=_id_of(files), name=files[0].path.stem, files=tuple(placed))


def _id_of(files: tuple[MediaFile, ...]) -> str:
    """The same for the same files, wherever they lie."""
    facts = "\n".join(f"{file.path.name}\t{file.size_bytes}\t{file.duration}" for file in files)
    return sha256(facts.encode("utf-8", "surrogateescape")).hexdigest()[:_ID_DIGITS]
