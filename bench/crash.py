"""Kills the appliance's processes at random while it works, loses its streams, cuts its power, and counts what is left.

    python -m bench.crash [--recordings 20] [--kills 100] [--seed N]

Every recording has to end in exactly one reel or one clear reason, no original may be lost, and nothing may hang.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psutil

from appliance.adapters.ffmpeg.binary import find_ffmpeg
from appliance.adapters.ffmpeg.recording_writer import FfmpegRecordingWriter
from appliance.services.demonstrator import draw_demonstration
from bench.box import Box, NotYetError

FINAL = {"completed", "failed", "cancelled"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordeal:
    """What is done to an appliance. pause_s: shortest and longest wait between two kills. settle_s: how long it may take to end
    everything once it is left alone."""

    recordings: int = 20
    kills: int = 100
    seed: int = 0
    repeat: int = 2
    pause_s: tuple[float, float] = (0.3, 1.2)
    settle_s: float = 900.0


@dataclass(slots=True, kw_only=True)
class Account:
    """What came of it."""

    seed: int
    kills: Counter[str] = field(default_factory=Counter)
    reels: int = 0
    reasons: int = 0
    lost_originals: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    broken_reels: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    under_fire_s: float = 0.0
    settled_s: float = 0.0

    @property
    def is_clean(self) -> bool:
        """Whether nothing was lost, doubled, broken or left hanging."""
        return not (self.lost_originals or self.unfinished or self.doubled or self.broken_reels or self.wrong)


class Silence:
    """Progress that nobody follows."""

    def advance(self, stage: str, done_s: float, total_s: float) -> None:
        """Hear and be silent."""


def draw_footage(folder: Path, *, count: int, repeat: int) -> dict[str, str]:
    """Recordings of a skater, every one of other bytes, the last one broken; name → sha256."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = draw_demonstration("follow_glide", folder / "drawn", FfmpegRecordingWriter(find_ffmpeg()), Silence()).recording
    names = [f"MVI_{index:04}.MP4" for index in range(count)]
    for index, name in enumerate(names):
        words = [
            "-stream_loop",
            str(repeat - 1),
            "-i",
            str(drawn),
            "-c",
            "copy",
            "-metadata",
            f"title={index}",
            str(folder / name),
        ]
        subprocess.run([str(find_ffmpeg().path), "-v", "error", "-nostdin", "-y", *words], check=True)
    broken = folder / names[-1]
    broken.write_bytes(broken.read_bytes()[:20_000])
    shutil.rmtree(folder / "drawn")
    return {name: hash_of(folder / name) for name in names}


def hash_of(path: Path) -> str:
    """sha256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def torment(box: Box, footage: Path, hashes: dict[str, str], ordeal: Ordeal) -> Account:
    """Drop the footage, kill, wipe, cut the power, leave alone, count."""
    account, chance = Account(seed=ordeal.seed), random.Random(ordeal.seed)
    box.start()
    began = time.monotonic()
    for name in hashes:
        shutil.copyfile(footage / name, box.footage / name)
    wipe_at, cut_at = ordeal.kills // 2, ordeal.kills - 1
    for number in range(ordeal.kills):
        time.sleep(chance.uniform(*ordeal.pause_s))
        account.kills[kill_one(box, chance)] += 1
        if number == wipe_at:
            wipe_streams(box)
            account.kills["(streams wiped)"] += 1
        if number == cut_at:
            box.cut_power()
            account.kills["(power cut)"] += 1
            box.start()
    account.under_fire_s = time.monotonic() - began
    began = time.monotonic()
    with contextlib.suppress(NotYetError):
        box.wait_for(lambda: is_over(box.items(), len(hashes)), ordeal.settle_s, "every recording has ended")
    account.settled_s = time.monotonic() - began
    take_stock(box, hashes, account)
    return account


def kill_one(box: Box, chance: random.Random) -> str:
    """Kill a random program; says which. The keeper itself is left, as systemd would only start it again."""
    for _ in range(50):
        programs = box.programs()
        if programs:
            victim = chance.choice(programs)
            with contextlib.suppress(psutil.Error):
                name = role_of(victim)
                victim.kill()
                return name
        time.sleep(0.1)
    raise NotYetError(f"there is nothing left to kill\n{box.said()}")


def role_of(process: psutil.Process) -> str:
    """What a program is there for, by its command line."""
    words = process.cmdline()
    if "serve" in words:
        return words[words.index("serve") + 1]
    return Path(words[0]).name if words else "(gone)"


def wipe_streams(box: Box) -> None:
    """The streams' store is gone, as after a disk was swapped."""
    for one in box.programs():
        with contextlib.suppress(psutil.Error):
            if role_of(one) == "nats-server":
                one.suspend()
                shutil.rmtree(box.data / "nats", ignore_errors=True)
                one.kill()


def is_over(items: Sequence[dict[str, Any]], count: int) -> bool:
    """Whether as many items as were dropped have ended."""
    return len(items) >= count and all(item["status"] in FINAL for item in items)


def take_stock(box: Box, hashes: dict[str, str], account: Account) -> None:
    """Where every recording ended, and whether its bytes are still there."""
    by_name: dict[str, list[dict[str, Any]]] = {}
    for item in box.items():
        by_name.setdefault(str(item["name"]), []).append(item)
    kept = {hash_of(path) for path in (box.data / "originals").rglob("*.MP4")}
    kept |= {hash_of(path) for path in box.footage.rglob("*.MP4")}
    for name, digest in hashes.items():
        mine = by_name.get(Path(name).stem, [])
        if digest not in kept:
            account.lost_originals.append(name)
        if len(mine) > 1:
            account.doubled.append(name)
        elif not mine or mine[0]["status"] not in FINAL:
            account.unfinished.append(name)
        else:
            judge(box, name, mine[0], account, is_broken=name == max(hashes))


def judge(box: Box, name: str, item: dict[str, Any], account: Account, *, is_broken: bool) -> None:
    """Whether an ended item ended as it should: a reel that plays, or a reason."""
    reels = list((box.data / "reels" / str(item["item_id"])).rglob("*.mp4"))
    if item["status"] == "completed" and reels:
        account.reels += 1
        account.broken_reels += [f"{name}: {path.name}" for path in reels if not plays(path)]
        account.doubled += [name] if len(reels) > 1 else []
    elif item["message"]:
        account.reasons += 1
    if is_broken is (item["status"] == "completed" and bool(reels)):
        account.wrong.append(f"{name}: {item['status']}: {item['message']} {item.get('remedy', '')}")


def plays(path: Path) -> bool:
    """Whether a reel decodes from the first to the last picture without a word of complaint, but for a chapter track that only
    QuickTime asks for."""
    words = [str(find_ffmpeg().path), "-v", "error", "-nostdin", "-i", str(path), "-f", "null", "-"]
    done = subprocess.run(words, check=False, capture_output=True)
    complaints = [line for line in done.stderr.splitlines() if b"QT chapter track" not in line]
    return done.returncode == 0 and not complaints


def text_of(account: Account) -> str:
    """The figures, for people and for scripts."""
    return json.dumps({**asdict(account), "kills": dict(account.kills), "clean": account.is_clean}, indent=1)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the ordeal and print the figures; 0 when nothing was lost."""
    parser = argparse.ArgumentParser(prog="python -m bench.crash", description="Kill -9, lost streams and a power cut, counted.")
    parser.add_argument("--recordings", type=int, default=20, metavar="N")
    parser.add_argument("--kills", type=int, default=100, metavar="N")
    parser.add_argument("--seed", type=int, default=None, metavar="N", help="default: by chance; printed first")
    parser.add_argument("--keep", action="store_true", help="leave the folder for a look")
    args = parser.parse_args(argv)
    seed = random.SystemRandom().randrange(10**6) if args.seed is None else args.seed
    print(f"seed {seed}", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="rinkreel-crash-"))
    box = Box(root=folder / "box")
    try:
        hashes = draw_footage(folder / "footage", count=args.recordings, repeat=2)
        account = torment(box, folder / "footage", hashes, Ordeal(recordings=args.recordings, kills=args.kills, seed=seed))
    finally:
        box.stop()
        print(f"left in {folder}" if args.keep else "", flush=True)
        if not args.keep:
            shutil.rmtree(folder, ignore_errors=True)
    print(text_of(account), flush=True)
    return 0 if account.is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
