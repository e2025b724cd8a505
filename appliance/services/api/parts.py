"""What the front door is made from: ports, plain values, and a few callables. The composition root fills it in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from appliance.domain.health import Choices, Finding
from appliance.domain.house_rules import HouseRules
from appliance.domain.job import Item, Job, Source
from appliance.domain.motion import MotionSignal
from appliance.domain.place import DataFolder
from appliance.ports.book import BookView
from appliance.ports.bus import Desk, Ears
from appliance.ports.extras import ExtrasMaker
from appliance.ports.surroundings import Clock, Disk, Journal
from appliance.services.api.first_run import SigningSecrets
from appliance.services.intake import IncomingFile, Taken

#: Says why something is not well, or None.
Probe = Callable[[], Awaitable[str | None]]


class TakesIn(Protocol):
    """The way into the originals, as `services.intake` offers it."""

    async def open_job(self, name: str, source: Source) -> Job:
        """An upload begins."""

    async def take(self, job: Job, files: Sequence[IncomingFile], *, name: str | None = None) -> Taken:
        """Move the files of one recording into the originals and add it."""

    async def refuse(self, job: Job, place: str, size_bytes: int, why: str, remedy: str) -> str:
        """List a file that is not taken, with the reason; the answer is its item's id."""

    async def settle(self, job: Job) -> None:
        """Nothing more is expected."""

    def check(self, path: Path) -> None:
        """Raise Unusable unless this is a recording."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiRule:
    """Plain values. address: what people type, with port and perhaps scheme; empty: as the request says. secure: people come
    by HTTPS."""

    chunk_bytes: int = 1024**2
    max_upload_bytes: int = 64 * 1024**3
    max_files: int = 200
    upload_expires_s: float = 86_400.0
    min_free_bytes: int = 0
    sign_in: bool = True
    session_for_s: float = 30 * 86_400.0
    share_for_s: float = 7 * 86_400.0
    attempts: int = 10
    box_name: str = "Rinkreel"
    address: str = ""
    secure: bool = False
    bus_credential: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiLooks:
    """What the front door looks up elsewhere.

    signal: (item id, artefact's name) → the motion signal; raises Transient. expires_at_s: (item, now) → when its reel goes.
    probes: by the name of what they look at. gpu: whether one is there and used.
    versions: of the programs that matter. lights: how folders, disk and models stand. choices: what the machine works with;
    None until it is known. temperatures: degrees Celsius by sensor. defaults: what counts where the staff chose nothing. fixed:
    by key, what the staff may not change: its value, and the variable that sets it.
    """

    signal: Callable[[str, str], MotionSignal]
    defaults: HouseRules = field(default_factory=HouseRules)
    fixed: Callable[[], Mapping[str, tuple[str, str]]] = dict
    expires_at_s: Callable[[Item, float], float | None] = lambda _item, _now: None
    probes: Mapping[str, Probe] = field(default_factory=dict)
    gpu: Callable[[], bool] = lambda: False
    versions: Mapping[str, str] = field(default_factory=dict)
    lights: Callable[[], Sequence[Finding]] = tuple
    choices: Callable[[], Choices | None] = lambda: None
    temperatures: Callable[[], Mapping[str, float]] = dict


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportLooks:
    """What is told to somebody who helps from afar. settings: as text. findings: of the machine. logs: the end of each, by name.
    describe: what a media file holds. secrets: what may stand nowhere."""

    settings: Callable[[], str] = str
    findings: Callable[[], Sequence[Finding]] = tuple
    logs: Callable[[], Mapping[str, str]] = dict
    describe: Callable[[Path], str] = lambda _path: ""
    secrets: Callable[[], Sequence[str]] = field(default=tuple, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiParts:
    """Everything that the front door needs from outside. extras: who makes pictures and films on demand; None: nobody."""

    data: DataFolder
    book: BookView
    desk: Desk
    ears: Ears
    intake: TakesIn
    clock: Clock
    disk: Disk
    journal: Journal
    looks: ApiLooks
    secrets: SigningSecrets
    rule: ApiRule = ApiRule()
    extras: ExtrasMaker | None = None
    support: SupportLooks = SupportLooks()
    page: Path | None = None
