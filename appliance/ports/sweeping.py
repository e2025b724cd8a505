"""Looking through the data folder and removing what is not needed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from appliance.domain.leftover import Leftover


class FileSweeper(Protocol):
    """Works below the data folder alone, and never through links. May raise Transient or Misconfigured as the disk has it."""

    def entries(self, folder: Path) -> tuple[Leftover, ...]:
        """What lies directly in a folder, by name; hidden things are passed over. A folder that is not there is empty."""

    def find(self, folder: Path, patterns: Sequence[str]) -> tuple[Leftover, ...]:
        """Whatever below a folder has such a name, hidden or not."""

    def remove(self, path: Path) -> None:
        """Remove a file, or a folder with all that is in it. What is not there is fine.

        Raises:
            ValueError: the path is not inside one of the data folder's own folders.
        """
