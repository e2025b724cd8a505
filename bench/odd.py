"""Files as cameras, phones and accidents make them: each has to end in a reel or a clear reason, soon, never in a crash."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from appliance.cli.statuses import Status
from bench.command import Ran, plain_environment, rinkreel, run_command
from bench.place import Place
from bench.results import circumstances, publish, table_of
from bench.shelves import DEFAULT

KILLED_AFTER_S, SLOW_S = 60.0, 30.0
#: How a file may end; anything else is the machine's fault or a bug.
PROPER = {
    Status.MADE: "reel",
    Status.NOTHING_MOVES: "nothing moves",
    Status.UNUSABLE: "unusable",
    Status.PARTLY_MADE: "reel of a part",
}
NOTES = """Each file alone: `rinkreel reel FILE -o REEL --json REPORT`, killed after 60 s. Flags: slow (over 30 s), killed, trace
(a traceback was printed), status (ended with a status that no file should end with), no reason, no reel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How one file ended."""

    name: str
    ran: Ran
    report: dict[str, Any]
    reel: Path

    def row(self) -> list[str]:
        """A line of the table."""
        status = "–" if self.ran.status is None else str(self.ran.status)
        return [self.name, status, f"{self.ran.wall_s:.1f}", self.outcome(), "; ".join(self.remarks()), ", ".join(self.flags())]

    def outcome(self) -> str:
        """The reel, or why there is none."""
        if self.report.get("reels"):
            reel = self.report["reels"][0]
            size = f"{reel['width_px']}×{reel['height_px']}"
            return f"reel of {reel['duration_s']:.1f} s from {self.report['duration_s']:.1f} s, {size}"
        reasons = [line.removeprefix("rinkreel: ") for line in self.ran.stderr.splitlines() if line.startswith("rinkreel: ")]
        return self._bare(" ".join(reasons) or self.ran.stdout.strip() or "nothing was said")

    def remarks(self) -> list[str]:
        """What the command said besides; a remark on the file itself without the file's name."""
        said = [*self.report.get("remarks", ()), *(row["reason"] for row in self.report.get("ignored", ()))]
        return [self._bare(line) for line in dict.fromkeys(said)]

    def flags(self) -> list[str]:
        """What is wrong with this ending; none when it is proper."""
        makes = self.ran.status in (Status.MADE, Status.PARTLY_MADE)
        wrong = {
            "killed": self.ran.status is None,
            "slow": self.ran.wall_s > SLOW_S,
            "trace": "Traceback (most recent call last)" in self.ran.stderr,
            "status": self.ran.status is not None and self.ran.status not in PROPER,
            "no reason": self.ran.status == Status.UNUSABLE and "rinkreel: " not in self.ran.stderr,
            "no reel": makes and not self.reel.is_file(),
        }
        return [name for name, is_so in wrong.items() if is_so]

    def _bare(self, text: str) -> str:
        """Without the folder it happened to lie in."""
        words = (word.rsplit("/", 1)[-1] if word.startswith("/") else word for word in text.split())
        return " ".join(words).removeprefix(f"{self.name}: ")


def run(place: Place) -> None:
    """Try every file, publish the table. Raises MissingError when there is no footage."""
    folder = place.need("footage", "odd")
    shelf = DEFAULT.shelf(place)
    endings = [_ending_of(place, path, shelf) for path in sorted(folder.iterdir()) if path.is_file() and place.wanted(path.name)]
    table = table_of(("file", "status", "s", "outcome", "remarks", "flags"), [ending.row() for ending in endings])
    publish(place, "odd", "\n\n".join([table, "\n".join(_sums(endings)), NOTES, circumstances()]))


def _ending_of(place: Place, path: Path, shelf: Path) -> Ending:
    room = place.room("odd")
    reel, report = room / f"{path.name}.reel.mp4", room / f"{path.name}.json"
    for old in (reel, report):
        old.unlink(missing_ok=True)
    command = rinkreel("reel", path, "-o", reel, "--json", report)
    ran = run_command(command, environment=plain_environment(shelf), limit_s=KILLED_AFTER_S)
    (room / f"{path.name}.said.txt").write_text(f"{ran.stdout}\n--- standard error\n{ran.stderr}", encoding="utf-8")
    said = json.loads(report.read_text(encoding="utf-8")) if report.is_file() else {}
    ending = Ending(name=path.name, ran=ran, report=said, reel=reel)
    print(f"{path.name}: {ran.status}, {ran.wall_s:.1f} s {' '.join(ending.flags())}", file=sys.stderr, flush=True)
    return ending


def _sums(endings: list[Ending]) -> Iterator[str]:
    counts = Counter(_word_for(ending.ran.status) for ending in endings)
    yield f"- {len(endings)} files: " + ", ".join(f"{count} {word}" for word, count in counts.most_common())
    slowest = max(endings, key=lambda ending: ending.ran.wall_s, default=None)
    if slowest:
        yield f"- slowest: {slowest.name}, {slowest.ran.wall_s:.1f} s"
    flagged = [f"{ending.name} ({', '.join(flags)})" for ending in endings if (flags := ending.flags())]
    yield f"- flagged: {', '.join(flagged) or 'none'}"


def _word_for(status: int | None) -> str:
    if status is None:
        return "killed"
    return PROPER.get(Status(status), f"status {status}") if status in set(Status) else f"status {status}"
