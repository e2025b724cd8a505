"""Before the appliance starts: everything that its programs need is made or examined, and what lacks is said with its remedy."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import closing

from appliance.adapters.supervisor.daemon import RunningPlace
from appliance.bootstrap.programs import outpost_config, reports_to_headquarters, runs_own_bus, works_along
from appliance.domain.errors import DiskFull, Misconfigured, Transient
from appliance.domain.place import DataFolder
from appliance.ports.book import BookView
from appliance.settings import Settings

Say = Callable[[str], None]

#: Folders in which nobody else has any business.
PRIVATE = 0o700


def prepare_appliance(settings: Settings, *, say: Say) -> str | None:
    """Make and examine everything that the programs need, so that none of them has to fail for it; the code of the first
    sign-in comes back, None when there are accounts or nobody has to sign in.

    Raises:
        Misconfigured: something has to be mended first.
    """
    from appliance.adapters.ffmpeg.binary import find_ffmpeg
    from appliance.bootstrap import open_encoder, prepare_backend

    data = settings.storage.data_folder
    make_folders(data)
    with RunningPlace(data.run).claim():
        # Nobody else runs on this folder.
        pass
    _require_ports(settings)
    if reports_to_headquarters(settings):
        outpost_config(settings)
    _warn_of_sqlite(say)
    find_ffmpeg(settings.storage.ffmpeg)
    if settings.workers.cpu_processes and not works_along(settings):
        open_encoder(settings)
    if settings.workers.pose_processes:
        prepare_backend(settings, say=say)
    return None if works_along(settings) else _first_run_code(settings)


def make_folders(data: DataFolder) -> None:
    """Make every folder of the appliance. Raises Misconfigured."""
    try:
        for folder in data.all_folders():
            folder.mkdir(parents=True, exist_ok=True)
        for folder in (data.secrets, data.run):
            folder.chmod(PRIVATE)
    except OSError as error:
        kind = DiskFull if error.errno in (errno.ENOSPC, errno.EDQUOT) else Misconfigured
        raise kind(
            f"{error.filename or data.root} cannot be made or entered: {error.strerror or error}",
            remedy="Choose another folder with --data, or let this user own it.",
        ) from error


def _wanted_ports(settings: Settings) -> Iterator[tuple[str, str, int]]:
    if not works_along(settings):
        yield "server.port", settings.server.host, settings.server.port
    if runs_own_bus(settings):
        yield "bus.port", settings.bus.host, settings.bus.port
        yield "bus.monitor_port", "127.0.0.1", settings.bus.monitor_port
    if reports_to_headquarters(settings):
        yield "fleet.port", "127.0.0.1", settings.fleet.port


def _require_ports(settings: Settings) -> None:
    from appliance.adapters.system.network import port_trouble

    taken: dict[int, str] = {}
    for key, host, port in _wanted_ports(settings):
        trouble = f"{taken[port]} wants it too" if port in taken else port_trouble(host, port)
        if trouble:
            raise Misconfigured(
                f"port {port} on {host} cannot be used: {trouble}",
                remedy=f"End what uses it (another appliance: rinkreel down), or set {key} to another port.",
            )
        taken[port] = key


def _warn_of_sqlite(say: Say) -> None:
    from appliance.adapters.sqlite import library_version
    from appliance.domain.health import State
    from appliance.services.doctor import judge_sqlite

    finding = judge_sqlite(library_version())
    if finding.state is not State.OK:
        say(f"SQLite {finding.found}; one process alone writes here, so this is a warning only")


def _first_run_code(settings: Settings) -> str | None:
    from appliance.adapters.sqlite import SqliteBookView
    from appliance.services.api.first_run import prepare_secrets

    data = settings.storage.data_folder
    with closing(SqliteBookView(data.book)) as book:
        code = prepare_secrets(data, has_accounts=has_accounts(book)).first_run_code
    return code if settings.security.sign_in else None


def has_accounts(book: BookView) -> bool:
    """Whether anybody has an account yet; nobody has while there is no book."""
    try:
        return bool(book.accounts())
    except Transient:
        return False
