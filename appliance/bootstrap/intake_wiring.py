"""Wires the way in: what the watch folder and uploads share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.bootstrap.station import Station
from appliance.ports.book import BookView

if TYPE_CHECKING:
    from appliance.services.intake import Intake


def open_intake(station: Station, book: BookView) -> Intake:
    """The way into the originals."""
    from appliance.adapters.originals import FolderOriginals
    from appliance.adapters.pyav.prober import PyavProber
    from appliance.services.intake import Intake, IntakeTools
    from appliance.services.prober_process import ProberProcess

    tools = IntakeTools(
        data=station.data,
        desk=station.bus,
        book=book,
        originals=FolderOriginals(data=station.data),
        prober=ProberProcess(PyavProber),
        clock=station.around.clock,
        journal=station.around.journal,
        rules=station.settings.cut_rules(),
        keep_duplicates=station.settings.intake.keep_duplicates,
    )
    return Intake(tools)
