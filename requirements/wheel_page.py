"""Puts the built page into the wheel; hatchling calls it (pyproject.toml, tool.hatch.build.targets.wheel.hooks.custom).

`make page` builds web/dist, which is not committed. A wheel made without it shows the small built-in page: that is said.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

#: Where `appliance.bootstrap.page_finding` looks first.
PLACE = "appliance/services/api/page/dist"


class WheelPage(BuildHookInterface[Any]):
    """Adds web/dist to a wheel; an editable install finds it where it is."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before a wheel is made; `version` is "standard" or "editable"."""
        if version == "editable":
            return
        built = Path(self.root) / "web" / "dist"
        if not (built / "index.html").is_file():
            self.app.display_warning("web/dist is not built: this wheel shows the small page; `make page` builds the other.")
            return
        for file in sorted(path for path in built.rglob("*") if path.is_file() and not path.name.startswith(".")):
            build_data["force_include"][str(file)] = f"{PLACE}/{file.relative_to(built).as_posix()}"
