"""Runs a program that ends with the one that started it: `python -m appliance.adapters.supervisor.leash COMMAND...`.

Without it, programs would live on when supervisor itself is killed, and the next start would find a second ledger at work.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

#: Source: linux/prctl.h.
PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Ask the kernel to end this process when its parent ends; it keeps to that through exec. Linux only, else nothing."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() == 1:
        # The parent went before the kernel was asked.
        sys.exit(0)


def main() -> None:
    """Become the program that the command line names."""
    die_with_parent()
    os.execv(sys.argv[1], sys.argv[1:])  # noqa: S606 - the same as being started by supervisor itself


if __name__ == "__main__":
    main()
