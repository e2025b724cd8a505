"""Whether DALI is installed, without loading it."""

from __future__ import annotations

from importlib.util import find_spec


def is_installed() -> bool:
    """It brings a part of the package `nvidia`, which others bring parts of too."""
    try:
        return find_spec("nvidia.dali") is not None
    except ModuleNotFoundError:
        return False
