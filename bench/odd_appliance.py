"""The odd files again, all at once in the share of a running appliance: each ends in one reel, in "nobody moves" or with a
reason, and its original is kept."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.box import Box, NotYetError, running_box
from bench.crash import FINAL, hash_of, plays, role_of
from bench.place import Place
from bench.results import circumstances, publish, table_of
from bench.shelves import DEFAULT

DROP, LIMIT_S = "Odd", 1200.0
REEL, STILL, REASON = "reel", "nobody moves", "reason"
NOTES = """All files are copied at once into one folder of the share; the table shows how each ended, as the page says it. Flags:
unfinished, no receipt (the receipt does not name it), lost (its bytes are neither among the originals nor in the share), no
reason, no remedy, two reels, broken reel (it does not play), trace (words of a program instead of words for people)."""
#: What only a programmer would write into a message.
PROGRAM_WORDS = ("Error", "Exception", "Traceback", "Errno", "None", "0x", "/", "<class")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How one file ended. item: as the API has it, None when there is none; line: of the receipt."""

    name: str
    digest: str
    item: dict[str, Any] | None
    line: dict[str, Any] | None
    reels: tuple[Path, ...]

    @property
    def kind(self) -> str:
        """In one of three ways, or not at all."""
        if self.item is None:
            return "left aside" if self.line else "unfinished"
        if self.item["status"] == "completed":
            return REEL if self.reels else STILL
        return REASON if self.item["status"] == "failed" else "unfinished"

    def row(self, kept: set[str]) -> tuple[str, ...]:
        """A line of the table."""
        item = self.item or {}
        said = (item.get("message") or (self.line or {}).get("note") or "", item.get("remedy") or "")
        return self.name, self.kind, *said, "; ".join(item.get("remarks", ())), ", ".join(self.flags(kept))

    def flags(self, kept: set[str]) -> list[str]:
        """What is wrong with this ending. kept: hashes of all bytes that are still there."""
        item = self.item or {}
        said = " ".join([str(item.get("message", "")), str(item.get("remedy", "")), *item.get("remarks", ())])
        wrong = {
            "unfinished": self.kind == "unfinished",
            "no receipt": self.line is None,
            "lost": self.digest not in kept,
            "no reason": self.kind == REASON and not item.get("message"),
            "no remedy": self.kind == REASON and not item.get("remedy"),
            "two reels": len(self.reels) > 1,
            "broken reel": not all(plays(reel) for reel in self.reels),
            "trace": any(word in said for word in PROGRAM_WORDS),
        }
        return [name for name, is_so in wrong.items() if is_so]


def run(place: Place) -> None:
    """Drop every file, wait, publish. Raises MissingError when there is no footage."""
    sources = [path for path in sorted(place.need("footage", "odd").iterdir()) if path.is_file() and place.wanted(path.name)]
    folder = Path(tempfile.mkdtemp(prefix="rinkreel-odd-", dir=place.room("odd_appliance")))
    environment = {"RINKREEL_STORAGE_MODELS": str(DEFAULT.shelf(place))}
    try:
        with running_box(folder / "box", {"workers": {"most_attempts": 3}}, environment) as box:
            began_s = time.monotonic()
            drop = box.footage / DROP
            drop.mkdir()
            for source in sources:
                shutil.copyfile(source, drop / source.name)
            said = _wait_for_all(box)
            took_s = time.monotonic() - began_s
            text = "\n\n".join([*_report(box, sources), f"{said} Took {took_s:.0f} s.", NOTES, circumstances()])
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    publish(place, "odd_appliance", text)


def _wait_for_all(box: Box) -> str:
    """Until everything has ended; what the receipt says then."""

    def is_over() -> bool:
        jobs = box.get("/api/jobs")["jobs"]
        return bool(jobs) and jobs[0]["settled"] and all(item["status"] in FINAL for item in box.items())

    try:
        box.wait_for(is_over, LIMIT_S, "every file has ended")
    except NotYetError as late:
        return f"Not over: {str(late).splitlines()[0]}."
    job = box.get("/api/jobs")["jobs"][0]
    receipt = box.get(f"/api/jobs/{job['job_id']}/receipt")
    return f"The receipt: “{receipt['verdict']}”"


def _report(box: Box, sources: list[Path]) -> Iterator[str]:
    endings = list(_endings(box, sources))
    kept = {hash_of(path) for top in ("originals", "footage") for path in (box.data / top).rglob("*") if path.is_file()}
    headings = ("file", "ended in", "message", "remedy", "remarks", "flags")
    yield table_of(headings, [ending.row(kept) for ending in endings])
    counts = Counter(ending.kind for ending in endings)
    flagged = [f"{ending.name} ({', '.join(flags)})" for ending in endings if (flags := ending.flags(kept))]
    memory = ", ".join(f"{role_of(one)} {one.memory_info().rss / 2**20:.0f}" for one in box.programs())
    yield "\n".join(
        [
            f"- {len(endings)} files: " + ", ".join(f"{count} {kind}" for kind, count in counts.most_common()),
            f"- flagged: {', '.join(flagged) or 'none'}",
            f"- memory afterwards, MiB: {memory}",
        ]
    )


def _endings(box: Box, sources: list[Path]) -> Iterator[Ending]:
    jobs = [job for job in box.get("/api/jobs")["jobs"] if job["name"] == DROP]
    lines = {line["place"]: line for job in jobs for line in box.get(f"/api/jobs/{job['job_id']}/receipt")["files"]}
    items = {item["item_id"]: item for item in box.items()}
    details = {part["place"]: item_id for item_id in items for part in box.get(f"/api/items/{item_id}")["files"]}
    for source in sources:
        item = items.get(details.get(source.name, ""))
        reels = tuple((box.data / "reels" / item["item_id"]).rglob("*.mp4")) if item else ()
        yield Ending(name=source.name, digest=hash_of(source), item=item, line=lines.get(source.name), reels=reels)
