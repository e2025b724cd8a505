"""Wires headquarters: which rinks there are, its server, its page."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.adapters.supervisor.daemon import RunningPlace, start_supervisor
from appliance.adapters.supervisor.process_tree import ProcessTree, Program
from appliance.algorithms.nkey_making import SEED_BYTES, public_text, seed_text
from appliance.bootstrap.programs import BUS, leashed, python_command
from appliance.bootstrap.running import RunningAppliance, write_private
from appliance.bootstrap.surroundings import Surroundings, open_surroundings
from appliance.domain.errors import Misconfigured
from appliance.domain.fleet import RINK_NAME, RinkStanding, require_rink_name
from appliance.domain.place import HeadquartersFolder
from appliance.settings import Settings

if TYPE_CHECKING:
    from appliance.services.overseer import Overseer

PUBLIC, SEED = ".pub", ".seed"
PAGE = "page"
#: Headquarters that does not answer for this long is ended.
UNWELL_FOR_S, LOOK_EVERY_S = 180.0, 5.0


def make_home(settings: Settings) -> HeadquartersFolder:
    """Every folder of headquarters. Raises Misconfigured."""
    home = settings.headquarters_folder
    try:
        for folder in home.all_folders():
            folder.mkdir(parents=True, exist_ok=True)
        for folder in home.private_folders:
            folder.chmod(0o700)
    except OSError as error:
        raise Misconfigured(
            f"{error.filename or home.root} cannot be made or entered: {error.strerror or error}",
            remedy="Let headquarters.home name a folder that this user owns.",
        ) from error
    return home


def known_rinks(home: HeadquartersFolder) -> dict[str, str]:
    """Public key by rink."""
    paths = sorted(home.rinks.glob(f"*{PUBLIC}"))
    return {path.stem: path.read_text(encoding="ascii").strip() for path in paths if RINK_NAME.fullmatch(path.stem)}


def add_rink(settings: Settings, name: str) -> Path:
    """Make a rink's key; the file that has to go to the rink. A rink that is there gets a new key, and the old one is void.

    Raises:
        Misconfigured: no rink can be called that.
    """
    require_rink_name(name)
    home = make_home(settings)
    seed = seed_text(secrets.token_bytes(SEED_BYTES))
    key = home.keys / f"{name}{SEED}"
    write_private(key, seed + "\n")
    (home.rinks / f"{name}{PUBLIC}").write_text(public_text(seed) + "\n", encoding="ascii")
    _tell_server(settings)
    return key


def remove_rink(settings: Settings, name: str) -> None:
    """Let a rink in no more. Raises Misconfigured when there is none of that name."""
    home = make_home(settings)
    public = home.rinks / f"{require_rink_name(name)}{PUBLIC}"
    if not public.is_file():
        raise Misconfigured(f"there is no rink {name}", remedy=f"There are: {', '.join(known_rinks(home)) or 'none'}.")
    public.unlink()
    (home.keys / f"{name}{SEED}").unlink(missing_ok=True)
    _tell_server(settings)


def server_text(settings: Settings) -> str:
    """What headquarters' server is told. Raises Misconfigured."""
    from appliance.adapters.jetstream.headquarters import HeadquartersRule, headquarters_config

    table, home = settings.headquarters, settings.headquarters_folder
    if table.tls_cert is None or table.tls_key is None:
        raise Misconfigured(
            "headquarters has no certificate, and rinks are let in over TLS alone",
            remedy="Set headquarters.tls_cert and headquarters.tls_key (docs/fleet.md has the two lines that make them).",
        )
    rule = HeadquartersRule(
        store=home.nats,
        port=table.bus_port,
        credential=_password(home),
        leaf_host=table.host,
        leaf_port=table.port,
        tls_cert=table.tls_cert,
        tls_key=table.tls_key,
        rinks=known_rinks(home),
        store_bytes=table.store_bytes,
    )
    return headquarters_config(rule)


def start_headquarters(settings: Settings, config: Path | None, *, to_terminal: bool = False) -> RunningAppliance:
    """Start its server and its page. Raises Misconfigured."""
    from appliance.adapters.jetstream.server import find_nats_server

    home = make_home(settings)
    place = RunningPlace(home.run)
    with place.claim() as lock:
        write_private(_config_file(home), server_text(settings))
        words = ("headquarters", "page", *(("--config", str(config.absolute())) if config else ()))
        programs = (
            Program(name=BUS, command=leashed((str(find_nats_server()), "-c", str(_config_file(home)))), priority=10),
            Program(name=PAGE, command=leashed(python_command(*words)), priority=20),
        )
        tree = ProcessTree(
            run=home.run,
            logs=home.logs,
            socket=place.make_socket(),
            programs=programs,
            to_terminal=to_terminal,
            steady_s=1,
        )
        health = f"http://127.0.0.1:{settings.headquarters.page_port}/healthz"
        return RunningAppliance(start_supervisor(tree, lock), place, health)


def keep_well(running: RunningAppliance, patience_s: float = UNWELL_FOR_S, look_every_s: float = LOOK_EVERY_S) -> None:
    """Come back when it ended, or after ending it because it was unwell for too long: whoever keeps it starts it anew."""
    while running.wait_until_ready(patience_s):
        time.sleep(look_every_s)
    running.stop()


async def run_page(settings: Settings, stop: asyncio.Event) -> None:
    """Serve the fleet's page until stopped."""
    from appliance.services.api.fleet_page import create_fleet_app
    from appliance.services.api.server import Listening, serve_app

    make_home(settings)
    listening = Listening(host="127.0.0.1", port=settings.headquarters.page_port)
    with open_surroundings(settings, PAGE) as around:
        async with open_overseer(settings, around) as overseer:
            await serve_app(create_fleet_app(overseer.look, around.clock), listening, stop)


async def look_at_fleet(settings: Settings) -> tuple[Sequence[RinkStanding], float]:
    """Every rink as it stands, and headquarters' time. Raises Transient while its server does not run."""
    # Whoever looks wants the table, and hears of a server that is away as an error.
    quiet = settings.model_copy(update={"logs": settings.logs.model_copy(update={"level": "error"})})
    with open_surroundings(quiet, "headquarters") as around:
        async with open_overseer(settings, around) as overseer:
            return await overseer.look(), around.clock.now_s()


@asynccontextmanager
async def open_overseer(settings: Settings, around: Surroundings) -> AsyncIterator[Overseer]:
    """Whoever looks at the fleet, with a connection that mends itself."""
    from appliance.adapters.jetstream.fleet_ears import JetstreamFleetEars
    from appliance.adapters.jetstream.headquarters import READER
    from appliance.adapters.jetstream.place import BusPlace
    from appliance.services.overseer import Overseer

    home = settings.headquarters_folder
    place = BusPlace(
        url=f"nats://127.0.0.1:{settings.headquarters.bus_port}",
        credential=_password(home),
        user=READER,
        client_name="rinkreel headquarters",
    )
    ears = JetstreamFleetEars(place, around.journal)
    await ears.open()
    try:
        silent_after_s = float(settings.headquarters.silent_after)
        yield Overseer(ears=ears, clock=around.clock, rinks=lambda: tuple(known_rinks(home)), silent_after_s=silent_after_s)
    finally:
        await ears.close()


def _password(home: HeadquartersFolder) -> str:
    """Made once. Raises Misconfigured when it cannot be read."""
    from appliance.adapters.jetstream.server import new_credential

    path = home.secrets / "reader.secret"
    try:
        if not path.is_file():
            write_private(path, new_credential() + "\n")
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(
            f"headquarters' own password cannot be read: {error}", remedy="Run this as the user who owns headquarters.home."
        ) from error


def _config_file(home: HeadquartersFolder) -> Path:
    return home.run / "nats-server.conf"


def _tell_server(settings: Settings) -> None:
    """A server that runs is started anew: reloading leaves new rinks without their one opening. Nothing is lost by it; rinks
    keep what they have and dial in again within seconds. Raises Transient when whoever keeps it does not answer."""
    home = settings.headquarters_folder
    place = RunningPlace(home.run)
    if place.is_taken():
        write_private(_config_file(home), server_text(settings))
        place.control.restart(BUS)
