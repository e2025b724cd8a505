"""A real NATS server of a test's own, which may be killed, restarted and robbed of its store."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from appliance.adapters.jetstream.place import BusPlace
from appliance.adapters.jetstream.server import ServerRule, find_nats_server, server_config
from appliance.domain.errors import Misconfigured
from tests.conftest import skip_or_fail

#: How long a server may take to listen, and to end.
PATIENCE_S = 20.0


def free_port() -> int:
    """A loopback port that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(kw_only=True)
class NatsServer:
    """The server: started, killed, started again on the same port."""

    folder: Path
    rule: ServerRule
    running: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def url(self) -> str:
        return f"{'tls' if self.rule.tls_cert else 'nats'}://{self.rule.host}:{self.rule.port}"

    def place(self, *, ack_wait_s: float = 30.0, leads: bool = False) -> BusPlace:
        """How to reach it."""
        return BusPlace(
            url=self.url,
            credential=self.rule.credential,
            tls_ca=self.rule.tls_cert,
            ack_wait_s=ack_wait_s,
            store_bytes=self.rule.store_bytes,
            client_name="test",
            leads=leads,
        )

    def start(self) -> None:
        """Start it and wait until it listens."""
        config = self.folder / "nats-server.conf"
        config.touch(mode=0o600)
        config.write_text(server_config(self.rule), encoding="utf-8")
        with (self.folder / "nats-server.log").open("ab") as log:
            self.running = subprocess.Popen([find_nats_server(), "-c", config], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        until_s = time.monotonic() + PATIENCE_S
        while not listens(self.rule.host, self.rule.port):
            said = (self.folder / "nats-server.log").read_text(encoding="utf-8", errors="replace")
            assert self.running.poll() is None, said
            assert time.monotonic() < until_s, said
            time.sleep(0.02)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it as it would like to be ended."""
        self._end(signal.SIGTERM)

    def restart(self) -> None:
        """Kill it and start it again."""
        self.kill()
        self.start()

    def wipe(self) -> None:
        """Kill it, take its store away, and start it again."""
        self.kill()
        shutil.rmtree(self.rule.store, ignore_errors=True)
        self.start()

    def _end(self, how: signal.Signals) -> None:
        if self.running is not None:
            self.running.send_signal(how)
            self.running.wait(PATIENCE_S)
            self.running = None


def listens(host: str, port: int) -> bool:
    """Whether a NATS server greets whoever comes."""
    try:
        with socket.create_connection((host, port), timeout=1) as line:
            return line.recv(4).startswith(b"INFO")
    except OSError:
        return False


@contextmanager
def running_nats(folder: Path, rule: ServerRule | None = None) -> Iterator[NatsServer]:
    """A server with its store below `folder`; skips the test by the name `nats` where its program is missing."""
    try:
        find_nats_server()
    except Misconfigured as error:
        skip_or_fail("nats", error.why)
    folder.mkdir(parents=True, exist_ok=True)
    default = ServerRule(store=folder / "nats", port=free_port(), monitor_port=free_port(), store_bytes=256 * 1024**2)
    server = NatsServer(folder=folder, rule=rule or default)
    server.start()
    try:
        yield server
    finally:
        server.kill()
