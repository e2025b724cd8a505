"""What the page shows of the machine: its lights, what it chose to work with, how warm it is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Generic, TypeVar

from appliance.bootstrap.keeping import floor_bytes
from appliance.bootstrap.station import Station
from appliance.domain.errors import RinkreelError
from appliance.domain.health import Choices, Finding, ToolTrial
from appliance.ports.surroundings import Journal

T = TypeVar("T")
#: Models and encoders do not come and go; hashing and trying them takes seconds.
KNOWN_FOR_S = 300.0
#: Whoever ends waits this long for what is being looked at.
LEAVE_S = 5.0


class Remembered(Generic[T]):
    """Looks at something slow beside whoever asks, who gets what was seen last; None before anything was."""

    def __init__(self, look: Callable[[], T], journal: Journal, for_s: float = KNOWN_FOR_S) -> None:
        self._look, self._journal, self._for_s = look, journal, for_s
        self._lock = threading.Lock()
        self._seen: T | None = None
        self._due_s = float("-inf")
        self._thread: threading.Thread | None = None

    def now(self) -> T | None:
        """What was seen last; looks anew when that was a while ago."""
        with self._lock:
            if monotonic() >= self._due_s:
                self._due_s = monotonic() + self._for_s
                self._thread = threading.Thread(target=self._refresh, daemon=True)
                self._thread.start()
            return self._seen

    def wait(self) -> None:
        """Until what is being looked at was seen."""
        if self._thread is not None:
            self._thread.join(LEAVE_S)

    def _refresh(self) -> None:
        try:
            seen = self._look()
        except Exception as error:  # noqa: BLE001 - what cannot be seen is not shown, and the page goes on
            self._journal.warn("the machine could not be looked at", why=repr(error))
            return
        with self._lock:
            self._seen = seen


class Lights:
    """Answers to what `/api/box` asks of the machine."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._choices = Remembered(self._look_at_choices, station.around.journal)
        self._models = Remembered(self._look_at_models, station.around.journal)

    def begin(self) -> None:
        """Look once, so that whoever asks first need not wait."""
        self._choices.now()
        self._models.now()

    def close(self) -> None:
        """Wait until nothing is looked at any more."""
        self._choices.wait()
        self._models.wait()

    def choices(self) -> Choices | None:
        """What the machine works with; None until it is known."""
        return self._choices.now()

    def lights(self) -> Sequence[Finding]:
        """How folders, disk and models stand."""
        from appliance.adapters.system.folders import folder_trouble
        from appliance.algorithms.light_judging import judge_disk, judge_folder

        data, around, settings = self._station.data, self._station.around, self._station.settings
        models = self._models.now()
        return (
            judge_folder("footage", folder_trouble(data.footage, settings.intake.mount_marker)),
            judge_folder("work", folder_trouble(data.work)),
            judge_folder("reels", folder_trouble(data.reels)),
            judge_disk(around.disk.free_bytes(data.root), floor_bytes(settings, around)),
            *(() if models is None else (models,)),
        )

    def _look_at_choices(self) -> Choices:
        from appliance.adapters.ffmpeg.binary import find_ffmpeg
        from appliance.adapters.ffmpeg.encoders import try_encoders
        from appliance.adapters.system.graphics import nvidia_graphics
        from appliance.algorithms.choice_telling import tell_choices
        from appliance.bootstrap import chosen_backend
        from appliance.bootstrap.gpu_wiring import graphics_labels

        settings = self._station.settings
        trials = [
            ToolTrial(name=trial.name, works=trial.works, why=trial.why)
            for trial in try_encoders(find_ffmpeg(settings.storage.ffmpeg))
        ]
        graphics = graphics_labels() or nvidia_graphics()[0]
        return tell_choices(chosen_backend(settings), trials, settings.reel.encoder, graphics)

    def _look_at_models(self) -> Finding:
        from appliance.algorithms.light_judging import judge_models
        from appliance.bootstrap import chosen_backend, open_shelf
        from appliance.domain.model import ModelState

        try:
            shelf = open_shelf(self._station.settings)
            names = chosen_backend(self._station.settings).models
            return judge_models([name for name in names if shelf.state(name) is not ModelState.READY])
        except RinkreelError as error:
            return judge_models((), error.why)
