"""Installed Python packages: who provides a module, and whether it loads."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
from collections.abc import Sequence

PATIENCE_S = 60.0


def distributions_providing(module: str) -> Sequence[str]:
    """Names of the installed distributions that bring a top-level module; more than one overwrite each other."""
    return sorted(set(importlib.metadata.packages_distributions().get(module, ())))


def version_of(distribution: str) -> str | None:
    """The installed version of a distribution, None when it is not installed."""
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


def import_error(module: str, call: str = "") -> str | None:
    """Why a module does not import, or its function `call` fails; None when all is well.

    Tried in another process, because native libraries may crash.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-c", f"import {module}; {module}.{call}()" if call else f"import {module}"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"it takes more than {PATIENCE_S:.0f} s"
    if done.returncode == 0:
        return None
    lines = done.stderr.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else f"the process ended with status {done.returncode}"
