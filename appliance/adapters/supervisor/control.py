"""Talks to a running supervisor through its socket (XML-RPC over a Unix socket), with a bound on every wait."""

from __future__ import annotations

import http.client
import socket
import time
import xmlrpc.client
from contextlib import suppress
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError

from appliance.domain.errors import Transient
from appliance.domain.program import ProgramStanding, ProgramState

#: A program that was asked politely to end has this long before it is ended by force.
POLITE_S = 10.0
LOOK_EVERY_S = 0.1


class SupervisorControl:
    """A running supervisor; a ProcessKeeper.

    Args:
        socket_file: where it listens.
        ended_file: where the reason is left when everything is ended, for whoever started it.
    """

    def __init__(self, socket_file: Path, ended_file: Path, *, timeout_s: float = 10.0) -> None:
        self._socket_file, self._ended_file, self._timeout_s = socket_file, ended_file, timeout_s

    def standings(self) -> tuple[ProgramStanding, ...]:
        """Every program, as it stands now. Raises Transient when supervisor does not answer."""
        return tuple(_standing(info) for info in self._call("supervisor.getAllProcessInfo"))

    def restart(self, name: str) -> None:
        """End a program; supervisor starts it anew, as after any end. Raises Transient.

        Stopping and starting it by supervisor's own commands would leave it stopped if this process ended in between.
        """
        before = self._info(name)
        for signal_name, patience_s in (("TERM", POLITE_S), ("KILL", POLITE_S)):
            self._call("supervisor.signalProcess", f"{before['group']}:{name}", signal_name)
            if self._is_replaced(name, before["pid"], patience_s):
                return
        raise Transient(f"{name} (process {before['pid']}) does not end", remedy="")

    def end(self, why: str) -> None:
        """Stop all programs and supervisor itself. Raises Transient, also when it is ending already."""
        if why:
            # First, because whoever asks is ended with the others. On a full disk too, ending is what matters.
            with suppress(OSError):
                self._ended_file.write_text(why, encoding="utf-8")
        self._call("supervisor.shutdown")

    def _info(self, name: str) -> dict[str, Any]:
        found = [info for info in self._call("supervisor.getAllProcessInfo") if info["name"] == name]
        if not found:
            raise Transient(f"supervisor knows no program {name}", remedy="")
        return dict(found[0])

    def _is_replaced(self, name: str, pid: int, patience_s: float) -> bool:
        until = time.monotonic() + patience_s
        while time.monotonic() < until:
            if self._info(name)["pid"] != pid:
                return True
            time.sleep(LOOK_EVERY_S)
        return False

    def _call(self, method: str, *parameters: str) -> Any:
        body = xmlrpc.client.dumps(parameters, method).encode()
        connection = _SocketConnection(self._socket_file, self._timeout_s)
        try:
            connection.request("POST", "/RPC2", body, {"Content-Type": "text/xml"})
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != http.HTTPStatus.OK:
                raise Transient(f"supervisor answers {answer.status} to {method}", remedy="")
            return xmlrpc.client.loads(text)[0][0]
        except xmlrpc.client.Fault as fault:
            raise Transient(f"supervisor does not do {method}: {fault.faultString}", remedy="") from fault
        except (OSError, http.client.HTTPException, ExpatError, IndexError) as error:
            raise Transient(f"supervisor does not answer on {self._socket_file}: {error}", remedy="") from error
        finally:
            connection.close()


class _SocketConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: Path, timeout_s: float) -> None:
        super().__init__("localhost", timeout=timeout_s)
        self._path = path

    def connect(self) -> None:
        """Connect to the socket's file."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def _standing(info: dict[str, Any]) -> ProgramStanding:
    name = str(info["statename"]).lower()
    state = ProgramState(name) if name in set(ProgramState) else ProgramState.UNKNOWN
    is_up = state in (ProgramState.RUNNING, ProgramState.STARTING, ProgramState.STOPPING)
    return ProgramStanding(
        name=str(info["name"]),
        state=state,
        pid=int(info["pid"]),
        up_s=float(max(0, info["now"] - info["start"])) if is_up else 0.0,
        why=str(info["spawnerr"]) or (f"ended with status {info['exitstatus']}" if state is ProgramState.EXITED else ""),
    )
