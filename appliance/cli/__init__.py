"""The command `rinkreel`: reads the command line, runs a verb, says what came of it, and ends with a telling status."""

from __future__ import annotations

import errno
import os
import signal
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from appliance.cli.statuses import Status


def main(argv: Sequence[str] | None = None) -> int:
    """Run a verb and return the exit status; see docs/exit-statuses.md."""
    try:
        with _interrupts_raised():
            return int(_run(argv))
    except KeyboardInterrupt:
        _note("rinkreel: interrupted; nothing half-made is left")
        return Status.INTERRUPTED


def _run(argv: Sequence[str] | None) -> int:
    from appliance.cli.parser import build_parser
    from appliance.cli.speaking import complain
    from appliance.cli.statuses import status_of_errors
    from appliance.domain.errors import RinkreelError

    try:
        args = build_parser().parse_args(argv)
        status = int(args.run(args))
        sys.stdout.flush()
        return status
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else Status.MADE
    except RinkreelError as error:
        complain(error)
        return status_of_errors([error])
    except Exception as error:  # noqa: BLE001 - the outermost door: whatever it is, it is told with its trace
        if isinstance(error, OSError) and error.errno in (errno.EPIPE, errno.EBADF):
            # Whoever read the results went away, as `| head` does; Python would complain again while closing.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return Status.UNEXPECTED
        traceback.print_exc()
        _note("rinkreel: this should not have happened; please report it with the lines above and the output of rinkreel doctor")
        return Status.UNEXPECTED


@contextmanager
def _interrupts_raised() -> Iterator[None]:
    """Ctrl-C and a polite kill end everything the same way, once: what follows is left to clean up in peace."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        for number in signals:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    signals = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, interrupt) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
