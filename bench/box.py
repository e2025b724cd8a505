"""A whole appliance in a folder of its own, started as an operator would start it, for benches and system tests."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

#: How long the whole appliance may take to be ready on a slow and busy machine.
READY_WITHIN_S = 180.0
#: Settings that make an appliance quick to notice and quick to try again, for footage of a few seconds.
BRISK: Mapping[str, Mapping[str, object]] = {
    "intake": {"rest": "1s", "scan_every": "1s", "give_up_after": "4s"},
    "bus": {"ack_wait": "4s"},
    "workers": {"cpu": 1, "pose": 2, "most_attempts": 50},
    "retention": {"min_free": "200MB"},
    "security": {"sign_in": False},
    "server": {"host": "127.0.0.1"},
}


class NotYetError(Exception):
    """Something did not happen within its time."""


@dataclass(slots=True)
class Box:
    """One appliance. tables: settings by section, over BRISK. host: where its page is reached. before: words before the command,
    which let it run elsewhere."""

    root: Path
    tables: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    port: int = 0
    host: str = "127.0.0.1"
    before: tuple[str, ...] = ()

    @property
    def data(self) -> Path:
        """The appliance's folder."""
        return self.root / "data"

    @property
    def footage(self) -> Path:
        """The share."""
        return self.data / "footage"

    @property
    def page(self) -> str:
        """The page's address."""
        return f"http://{self.host}:{self.port}"

    def start(self, *, wait: bool = True) -> None:
        """Start everything, and wait until it is ready."""
        self.root.mkdir(parents=True, exist_ok=True)
        if not self.port:
            self._write_settings()
        log = (self.root / "up.log").open("ab")
        command = [*self.before, sys.executable, "-m", "appliance", "up", "--config", str(self.root / "rinkreel.toml")]
        with log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self._environment(), start_new_session=True
            )
        if wait:
            self.wait_for(self.is_ready, READY_WITHIN_S, "the appliance is ready")

    def _environment(self) -> dict[str, str]:
        return {**os.environ, **self.environment}

    def _write_settings(self) -> None:
        self.port, nats, monitor = free_ports(3)
        tables: dict[str, dict[str, object]] = {name: dict(table) for name, table in BRISK.items()}
        for name, table in self.tables.items():
            tables.setdefault(name, {}).update(table)
        tables.setdefault("storage", {}).setdefault("data", str(self.data))
        tables["server"].setdefault("port", self.port)
        self.port = int(str(tables["server"]["port"]))
        tables["bus"] = {"port": nats, "monitor_port": monitor, **tables["bus"]}
        (self.root / "rinkreel.toml").write_text(toml_of(tables), encoding="utf-8")

    def is_ready(self) -> bool:
        """Whether the page says that it can work."""
        if self.process is not None and self.process.poll() is not None:
            raise NotYetError(f"the appliance ended with status {self.process.returncode}:\n{self.said()}")
        with contextlib.suppress(OSError, ValueError):
            return self.get("/readyz") is not None
        return False

    def said(self) -> str:
        """The end of what it printed."""
        return (self.root / "up.log").read_text(encoding="utf-8", errors="replace")[-4000:]

    def get(self, path: str) -> Any:
        """An answer of the API as JSON. Raises OSError (urllib's among them)."""
        return self.call("GET", path)

    def fetch(self, path: str) -> bytes:
        """An answer as it came. Raises OSError."""
        with urllib.request.urlopen(self.page + path, timeout=20) as answer:
            return bytes(answer.read())

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Ask the API. Raises OSError."""
        content = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin", "Origin": self.page}
        request = urllib.request.Request(self.page + path, content, headers, method=method)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read() or b"null")

    def items(self) -> list[dict[str, Any]]:
        """Every item of every job; empty while the page cannot be reached."""
        try:
            jobs = self.get("/api/jobs?limit=100")["jobs"]
            return [item for job in jobs for item in self.get(f"/api/status/{job['job_id']}")["items"]]
        except OSError:
            return []

    def programs(self) -> list[psutil.Process]:
        """The processes that supervisord keeps, as they are right now."""
        keeper = self.keeper()
        return [] if keeper is None else [one for one in keeper.children() if one.status() != psutil.STATUS_ZOMBIE]

    def keeper(self) -> psutil.Process | None:
        """The running supervisord, if any."""
        if self.process is None or self.process.poll() is not None:
            return None
        family = [psutil.Process(self.process.pid)]
        with contextlib.suppress(psutil.Error):
            family += family[0].children(recursive=True)
        for one in family:
            with contextlib.suppress(psutil.Error):
                if any("supervisor" in word for word in one.cmdline()[:4]):
                    return one
        return None

    def stop(self) -> None:
        """Stop it politely, and whatever is left of it by force."""
        if self.process is None:
            return
        family = self._family()
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(40)
        _end(family)
        self.process = None

    def cut_power(self) -> None:
        """Every process ends at the same instant, none can say goodbye."""
        assert self.process is not None
        family = self._family()
        for one in family:
            with contextlib.suppress(psutil.Error):
                one.suspend()
        family += [one for one in self._family() if one not in family]
        _end(family)
        self.process.wait(10)
        self.process = None

    def _family(self) -> list[psutil.Process]:
        assert self.process is not None
        try:
            head = psutil.Process(self.process.pid)
            return [head, *head.children(recursive=True)]
        except psutil.Error:
            return []

    def wait_for(self, happened: Callable[[], object], within_s: float, what: str) -> None:
        """Ask again and again. Raises NotYetError with what the appliance said last."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            if happened():
                return
            time.sleep(0.2)
        raise NotYetError(f"not within {within_s:.0f} s: {what}\n{self.said()}\n{json.dumps(self.items(), indent=1)[-3000:]}")


def toml_of(tables: Mapping[str, Mapping[str, object]]) -> str:
    """Tables of plain values as a settings file."""
    rows = ((name, "".join(f"{key} = {json.dumps(value)}\n" for key, value in table.items())) for name, table in tables.items())
    return "\n".join(f"[{name}]\n{text}" for name, text in rows)


def _end(family: list[psutil.Process]) -> None:
    for one in family:
        with contextlib.suppress(psutil.Error):
            one.kill()
    psutil.wait_procs(family, timeout=10)


def free_ports(count: int) -> list[int]:
    """Ports of the loopback address that nobody listens on just now."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]
    finally:
        for one in sockets:
            one.close()


@contextmanager
def running_box(
    root: Path, tables: Mapping[str, Mapping[str, object]] | None = None, environment: Mapping[str, str] | None = None
) -> Iterator[Box]:
    """An appliance that runs while the block does."""
    with kept_running(Box(root=root, tables=tables or {}, environment=environment or {})) as box:
        yield box


@contextmanager
def kept_running(box: Box) -> Iterator[Box]:
    """The same for one that was put together before."""
    try:
        # Inside: what was started and is not ready in time has to be ended as well.
        box.start()
        yield box
    finally:
        box.stop()
