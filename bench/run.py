"""Reruns the benchmarks: python -m bench.run [NAME …|all] [--write]. Says what is missing and skips it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bench import accuracy, big_card, listing, odd, odd_appliance, peers, seams, speed
from bench.place import MissingError, Place, usual_shared, usual_work

BENCHES: Mapping[str, Callable[[Place], None]] = {
    "accuracy": accuracy.run,
    "peers": peers.run,
    "odd": odd.run,
    "speed": speed.run,
    "seams": seams.run,
    "listing": listing.run,
    "big_card": big_card.run,
    "odd_appliance": odd_appliance.run,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run what was asked for; 1 when nothing could be measured."""
    args = _parser().parse_args(argv)
    place = Place(
        shared=args.shared.resolve(), work=args.work.resolve(), write=args.write, only=tuple(args.only),
        seed_step=args.seed_step, minutes=tuple(args.minutes),
    )  # fmt: skip
    asked = list(BENCHES) if not args.benches or "all" in args.benches else [name for name in BENCHES if name in args.benches]
    return 0 if sum([_was_run(name, place) for name in asked]) else 1


def _was_run(name: str, place: Place) -> bool:
    print(f"\n## {name}\n", flush=True)
    try:
        BENCHES[name](place)
    except MissingError as missing:
        print(f"skipped {name}: {missing}", flush=True)
        return False
    return True


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.run", description="Reruns the benchmarks behind bench/RESULTS.md.")
    parser.add_argument("benches", nargs="*", choices=(*BENCHES, "all"), metavar="BENCH", help=f"{', '.join(BENCHES)} or all")
    parser.add_argument("--shared", type=Path, default=usual_shared(), metavar="DIR", help="real footage (default: %(default)s)")
    parser.add_argument("--work", type=Path, default=usual_work(), metavar="DIR", help="what is made (default: %(default)s)")
    parser.add_argument("--write", action="store_true", help="bring bench/RESULTS.md up to date")
    parser.add_argument("--only", nargs="+", default=(), metavar="NAME", help="only these sessions or files; nothing is written")
    parser.add_argument(
        "--seed-step", type=int, default=1, metavar="N", help="let the peer that looks at every frame look at every n-th"
    )
    parser.add_argument(
        "--minutes",
        nargs="*",
        type=int,
        default=(5,),
        metavar="N",
        help="lengths of the reference job that `speed` tries (20, 60, …)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
