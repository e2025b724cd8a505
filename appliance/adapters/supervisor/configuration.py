"""supervisor's configuration as text."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping

from appliance.adapters.supervisor.process_tree import ProcessTree, Program
from appliance.domain.errors import Misconfigured

LOG_BYTES, LOG_BACKUPS = "10MB", 5
#: The listener hears when a program is given up, and the time.
HEARD = "PROCESS_STATE_FATAL,TICK_5"
#: The listener is the one program of whose end nobody hears, so it is tried for longer than any other.
LISTENER_TRIES = 1_000
NUMBER = "%(process_num)d"
#: supervisor takes what follows a blank and one of these for a remark, and has no way to write it otherwise.
_UNWRITABLE = re.compile(r"[\x00-\x1f\x7f]|\s[;#]|^\s|\s$")


def supervisor_config(tree: ProcessTree) -> str:
    """The configuration file that keeps this tree running.

    Raises:
        Misconfigured: a path cannot be written in supervisor's language.
    """
    return "\n\n".join(_section(name, entries) for name, entries in _sections(tree)) + "\n"


def _sections(tree: ProcessTree) -> Iterator[tuple[str, Mapping[str, object]]]:
    yield (
        "supervisord",
        {
            "nodaemon": "true",
            "silent": "false" if tree.to_terminal else "true",
            "identifier": "rinkreel",
            "logfile": _written(str(tree.logs / "supervisord.log")),
            "logfile_maxbytes": LOG_BYTES,
            "logfile_backups": LOG_BACKUPS,
            "pidfile": _written(str(tree.pid_file)),
            "childlogdir": _written(str(tree.logs)),
            "nocleanup": "true",
        },
    )
    yield "unix_http_server", {"file": _written(str(tree.socket)), "chmod": "0700"}
    factory = "supervisor.rpcinterface:make_main_rpcinterface"
    yield "rpcinterface:supervisor", {"supervisor.rpcinterface_factory": factory}
    wanted = [program for program in tree.programs if program.count != 0]
    for program in wanted:
        yield f"program:{program.name}", _program(program, tree)
    if together := [program for program in wanted if program.together]:
        names = ",".join(program.name for program in together)
        yield "group:together", {"programs": names, "priority": min(program.priority for program in together)}
    if tree.caretaker is not None:
        yield "eventlistener:caretaker", _listener(tree.caretaker, tree)


def _program(program: Program, tree: ProcessTree) -> Mapping[str, object]:
    numbered = program.count is not None
    name = f"{program.name}-{NUMBER}" if numbered else program.name
    numbers = {"numprocs": program.count, "numprocs_start": 1, "process_name": name} if numbered else {}
    return {
        "command": _command(program.command, tail=f" {NUMBER}" if numbered else ""),
        **numbers,
        **_upkeep(tree, tries=tree.start_tries),
        "priority": program.priority,
        "redirect_stderr": "true",
        **_log("stdout", name, tree),
    }


def _listener(command: tuple[str, ...], tree: ProcessTree) -> Mapping[str, object]:
    return {
        "command": _command(command),
        "events": HEARD,
        "buffer_size": 100,
        **_upkeep(tree, tries=LISTENER_TRIES),
        # Its standard output speaks to supervisor.
        "stdout_logfile": "NONE",
        **_log("stderr", "caretaker", tree),
    }


def _upkeep(tree: ProcessTree, *, tries: int) -> Mapping[str, object]:
    return {
        "autorestart": "true",
        "startsecs": tree.steady_s,
        "startretries": tries,
        "stopwaitsecs": tree.stop_wait_s,
        "stopasgroup": "true",
        "killasgroup": "true",
    }


def _log(stream: str, name: str, tree: ProcessTree) -> Mapping[str, object]:
    if tree.to_terminal:
        # supervisor rotates only what has a size; a terminal or a pipe has none.
        return {f"{stream}_logfile": "/dev/stdout", f"{stream}_logfile_maxbytes": 0}
    # supervisor expands a log's name twice, so that a percent sign has to survive two readings.
    folder = _written(_written(str(tree.logs)))
    return {
        f"{stream}_logfile": f"{folder}/{name}.log",
        f"{stream}_logfile_maxbytes": LOG_BYTES,
        f"{stream}_logfile_backups": LOG_BACKUPS,
    }


def _command(command: tuple[str, ...], *, tail: str = "") -> str:
    return _written(shlex.join(command)) + tail


def _written(text: str) -> str:
    if _UNWRITABLE.search(text):
        raise Misconfigured(
            f"{text!r} cannot be written into supervisor's configuration",
            remedy="Choose folders and files whose names have no control characters and no ; or # after a blank.",
        )
    return text.replace("%", "%%")


def _section(name: str, entries: Mapping[str, object]) -> str:
    return "\n".join([f"[{name}]", *(f"{key}={value}" for key, value in entries.items())])
