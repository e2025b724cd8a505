"""`rinkreel up`: starts the whole appliance, says where it is, and stops it again on Ctrl-C."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from typing import IO, TYPE_CHECKING, Any

from appliance.cli.options import add_appliance_options, add_common_options, flags_from
from appliance.cli.speaking import note, tell
from appliance.cli.statuses import Status

if TYPE_CHECKING:
    from appliance.bootstrap.running import RunningAppliance
    from appliance.settings import Settings

#: Longer than this to get ready is told, and goes on.
READY_WITHIN_S = 60.0


def add_verb(verbs: Any) -> None:
    """Add the verb to the command line."""
    parser: argparse.ArgumentParser = verbs.add_parser(
        "up",
        help="start the appliance: share, page, workers",
        description="Starts everything and stays until it is stopped: by Ctrl-C, a polite kill, or rinkreel down from elsewhere.",
    )
    parser.add_argument("--detach", action="store_true", help="come back once it is ready; it goes on by itself")
    parser.add_argument(
        "--logs",
        choices=("auto", "files", "terminal"),
        default="auto",
        help="where programs log: to files in the folder logs, or here (default: files on a terminal, here elsewhere)",
    )
    add_appliance_options(parser)
    add_common_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Prepare, start, announce, wait."""
    from appliance.bootstrap.preparing import prepare_appliance
    from appliance.bootstrap.programs import ServeCall
    from appliance.bootstrap.running import start_appliance
    from appliance.settings import load_settings

    settings = load_settings(config=args.config, flags=flags_from(args))
    code = prepare_appliance(settings, say=_said(quiet=args.quiet))
    call = ServeCall(config=args.config, data=args.data, port=args.port)
    appliance = start_appliance(settings, call, to_terminal=logs_here(args))
    try:
        if appliance.process.stdout is not None:
            threading.Thread(target=pour, args=(appliance.process.stdout, sys.stdout.fileno()), daemon=True).start()
        # A terminal that is closed ends what runs in it.
        signal.signal(signal.SIGHUP, signal.getsignal(signal.SIGTERM))
        is_ready = _announce(appliance, settings, code, args)
        if appliance.process.poll() is None:
            _tell_systemd(is_ready=is_ready)
        if args.detach and (is_ready or appliance.process.poll() is None):
            return Status.MADE if is_ready else Status.NOT_RUNNING
        appliance.process.wait()
    except KeyboardInterrupt:
        note("stopping; recordings that are being worked on go on from there next time")
        appliance.stop()
        note("stopped")
        return Status.MADE
    return _ending(appliance, settings)


def logs_here(args: argparse.Namespace) -> bool:
    """Whether programs log to our standard output: a service's log is kept by what runs the service."""
    if args.logs == "auto":
        return not args.detach and not sys.stdout.isatty()
    return bool(args.logs == "terminal" and not args.detach)


def pour(source: IO[bytes], target: int) -> None:
    """Hand on what the programs say. When nobody listens any more it is still taken from them, so that none has to wait."""
    listened = True
    while said := os.read(source.fileno(), 65536):
        while said and listened:
            try:
                said = said[os.write(target, said) :]
            except OSError:
                listened = False


def welcome(settings: Settings, code: str | None) -> str:
    """Where everything is, for people."""
    from appliance.bootstrap.addresses import page_addresses

    folder = settings.storage.data_folder
    first, *others = page_addresses(settings) or ("",)
    if not first:
        return f"Works along for {settings.bus.media_url}."
    lines = [f"The page:       {first}", *(f"                {other}" for other in others), f"Drop footage:   {folder.footage}"]
    if code:
        lines.append(f"First sign-in:  {code}   (once, to make the first account)")
    return "\n".join(lines)


def _announce(appliance: RunningAppliance, settings: Settings, code: str | None, args: argparse.Namespace) -> bool:
    is_ready = appliance.wait_until_ready(READY_WITHIN_S)
    if not is_ready and appliance.process.poll() is None:
        note(f"not ready after {READY_WITHIN_S:.0f} seconds; it goes on trying. Look with: rinkreel status")
        for standing in appliance.unready():
            note(f"  {standing.name}: {standing.state} {standing.why}".rstrip())
    if appliance.process.poll() is None:
        tell(welcome(settings, code))
        if not args.quiet:
            note("Stop it with: rinkreel down" if args.detach else "Stop it with Ctrl-C, or from elsewhere with: rinkreel down")
    return is_ready


def _tell_systemd(*, is_ready: bool) -> None:
    """Up either way: what is not ready yet is tried on, and the page says what is away."""
    from appliance.bootstrap.running import watcher_line
    from appliance.domain.errors import Transient

    try:
        watcher_line().ready("all of it works" if is_ready else "up, but not all of it is ready yet; see rinkreel status")
    except Transient as error:
        note(f"rinkreel: {error.why}")


def _ending(appliance: RunningAppliance, settings: Settings) -> int:
    logs = settings.storage.data_folder.logs
    if program := appliance.why_ended():
        note(f"rinkreel: {program} does not stay up, so everything was ended")
        note(f"  remedy: Its log says why: {logs}. Mend that, then start it again with: rinkreel up.")
        return Status.NOT_RUNNING
    if appliance.process.returncode:
        note(f"rinkreel: supervisord ended with status {appliance.process.returncode}")
        note(f"  remedy: Its last words are in {logs / 'supervisord.err'} and {logs / 'supervisord.log'}.")
        return Status.NOT_RUNNING
    note("stopped")
    return Status.MADE


def _said(*, quiet: bool) -> Any:
    return (lambda _text: None) if quiet else note
