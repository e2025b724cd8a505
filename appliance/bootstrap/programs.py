"""Which programs the appliance is made of on this box, and how each is called."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from appliance.adapters.supervisor.daemon import RunningPlace
from appliance.adapters.supervisor.process_tree import ProcessTree, Program
from appliance.domain.errors import Misconfigured
from appliance.settings import Settings

#: What `rinkreel serve` can run.
ROLES = ("ledger", "watcher", "api", "janitor", "reporter", "worker-cpu", "worker-pose", "caretaker")
BUS, OUTPOST = "nats-server", "outpost"
#: What speaks with headquarters. A box works without.
FLEET_PROGRAMS = frozenset({OUTPOST, "reporter"})
#: Low numbers start first and stop last: who is asked is there before who asks.
PRIORITIES = {
    **{BUS: 10, OUTPOST: 10, "ledger": 20, "api": 30, "watcher": 40, "janitor": 40},
    **{"worker-cpu": 50, "worker-pose": 50, "reporter": 60},
}
_PYTHON = (sys.executable, "-P", "-m")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeCall:
    """What was said on the command line, to be said again to every program."""

    config: Path | None = None
    data: Path | None = None
    port: int | None = None

    def command(self, role: str) -> tuple[str, ...]:
        """How a program is called."""
        given = {"--config": self.config, "--data": self.data, "--port": self.port}
        words = (
            word
            for option, value in given.items()
            if value is not None
            for word in (option, str(value.absolute()) if isinstance(value, Path) else str(value))
        )
        return python_command("serve", role, *words)


def plan_programs(settings: Settings, call: ServeCall, *, to_terminal: bool = False) -> ProcessTree:
    """All programs of this box; one that only works along has workers alone.

    Raises:
        Misconfigured: the bus's server is not installed.
    """
    data = settings.storage.data_folder
    return ProcessTree(
        run=data.run,
        logs=data.logs,
        socket=RunningPlace(data.run).make_socket(),
        programs=tuple(_programs(settings, call)),
        caretaker=leashed(call.command("caretaker")),
        to_terminal=to_terminal,
    )


def works_along(settings: Settings) -> bool:
    """Whether this box only works for another one, whose page it reads footage from."""
    return bool(settings.bus.media_url)


def runs_own_bus(settings: Settings) -> bool:
    """Whether this box runs the bus itself."""
    return not settings.bus.url and not works_along(settings)


def bus_config_file(settings: Settings) -> Path:
    """What the own bus is told."""
    return settings.storage.data_folder.run / "nats-server.conf"


def bus_config(settings: Settings) -> str:
    """The text of that file. Raises Misconfigured."""
    from appliance.adapters.jetstream.server import ServerRule, server_config

    bus = settings.bus
    return server_config(
        ServerRule(
            store=settings.storage.data_folder.nats,
            host=bus.host,
            port=bus.port,
            monitor_port=bus.monitor_port,
            store_bytes=bus.store_bytes,
            credential=bus_credential(settings),
            tls_cert=bus.tls_cert,
            tls_key=bus.tls_key,
        )
    )


def bus_credential(settings: Settings) -> str | None:
    """The bus's password; None when it has none. Raises Misconfigured when its file cannot be read."""
    path = settings.bus.credential
    if path is None:
        return None
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(
            f"the bus's password cannot be read from {path}: {error}",
            remedy="Let `bus.credential` name a file that this user can read, with one line of letters, digits, - and _.",
        ) from error


def reports_to_headquarters(settings: Settings) -> bool:
    """Whether this box tells anybody how it stands. One that works along has a head that does."""
    return bool(settings.fleet.url) and not works_along(settings)


def outpost_config_file(settings: Settings) -> Path:
    """What the outpost is told."""
    return settings.storage.data_folder.run / "outpost.conf"


def outpost_config(settings: Settings) -> str:
    """The text of that file. Raises Misconfigured."""
    from appliance.adapters.jetstream.outpost import OutpostRule
    from appliance.adapters.jetstream.outpost import outpost_config as text_of

    fleet = settings.fleet
    rule = OutpostRule(
        store=settings.storage.data_folder.outpost,
        port=fleet.port,
        rink=fleet.rink,
        headquarters=fleet.url,
        seed=_rink_seed(settings),
        ca=fleet.ca,
    )
    return text_of(rule)


def _rink_seed(settings: Settings) -> str:
    path = settings.fleet.credentials
    try:
        return path.read_text(encoding="ascii").strip() if path is not None else ""
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(
            f"the rink's key cannot be read from {path}: {error}",
            remedy="Let `fleet.credentials` name the file that `rinkreel headquarters add` made, readable by this user.",
        ) from error


def _programs(settings: Settings, call: ServeCall) -> Iterator[Program]:
    _require_a_head(settings)
    if runs_own_bus(settings):
        from appliance.adapters.jetstream.server import find_nats_server

        yield _program(BUS, (str(find_nats_server()), "-c", str(bus_config_file(settings))))
    if not works_along(settings):
        for role in ("ledger", "api", "watcher", "janitor"):
            yield _program(role, call.command(role))
    if reports_to_headquarters(settings):
        from appliance.adapters.jetstream.server import find_nats_server

        yield _program(OUTPOST, (str(find_nats_server()), "-c", str(outpost_config_file(settings))))
        yield _program("reporter", call.command("reporter"))
    # Reels are made on the box that keeps them.
    cpu = 0 if works_along(settings) else settings.workers.cpu_processes
    counts = {"worker-cpu": cpu, "worker-pose": settings.workers.pose_processes}
    for role, count in counts.items():
        yield _program(role, (*call.command(role), "--index"), count=count)


def _require_a_head(settings: Settings) -> None:
    """A box that works along has to know where it is let in."""
    if not works_along(settings):
        return
    if not settings.bus.url:
        raise Misconfigured(
            "bus.media_url is set, so this box works for another one, but bus.url does not say where that one's bus is",
            remedy="Set bus.url to that box's bus, tls://ADDRESS:4222, or leave bus.media_url out.",
        )
    if settings.bus.credential is None:
        raise Misconfigured(
            "this box works for another one, which lets nobody in without the bus's password",
            remedy="Copy that box's password file here and let bus.credential name it.",
        )


def _program(name: str, command: tuple[str, ...], *, count: int | None = None) -> Program:
    together = name not in (BUS, OUTPOST)
    return Program(name=name, command=leashed(command), count=count, priority=PRIORITIES[name], together=together)


def python_command(*words: str) -> tuple[str, ...]:
    """How a verb of this product is called."""
    return (*_PYTHON, "appliance", *words)


def leashed(command: tuple[str, ...]) -> tuple[str, ...]:
    """The same command, ending with supervisor however that ends."""
    return (*_PYTHON, "appliance.adapters.supervisor.leash", *command)
