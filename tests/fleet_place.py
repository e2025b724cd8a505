"""A headquarters and rinks of a test's own: real servers on loopback, with the configurations that the product writes."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from appliance.adapters.jetstream.headquarters import READER
from appliance.adapters.jetstream.outpost import OutpostRule, outpost_config
from appliance.adapters.jetstream.place import BusPlace
from appliance.adapters.jetstream.server import find_nats_server
from appliance.bootstrap.headquarters import add_rink, make_home, server_text
from appliance.domain.errors import Misconfigured
from appliance.domain.fleet import BoxReport
from appliance.settings import Settings, load_settings
from bench.box import free_ports
from tests.conftest import skip_or_fail
from tests.nats_place import PATIENCE_S, listens

AT_S = 1_790_000_000.0


def a_report(rink: str = "north", number: int = 0) -> BoxReport:
    """How a rink's box could stand."""
    return BoxReport(
        rink=rink,
        at_s=AT_S + 60 * number,
        version="0.1.0",
        orders={"pose": 3},
        items={"completed": number, "queued": 1},
        waits_s=40.0,
        last_reel_at_s=AT_S - 3600,
        disk_free_bytes=9 * 10**11,
        disk_total_bytes=10**12,
        disk_wanted_bytes=10**10,
        hottest_c=55.0,
    )


@dataclass(kw_only=True)
class LooseServer:
    """A server that is told a text: started, killed, started again."""

    folder: Path
    port: int
    text: str
    running: subprocess.Popen[bytes] | None = field(default=None)

    def start(self) -> None:
        """Start it and wait until it listens."""
        config, log_file = self.folder / "nats-server.conf", self.folder / "nats-server.log"
        config.write_text(self.text, encoding="utf-8")
        with log_file.open("ab") as log:
            self.running = subprocess.Popen([find_nats_server(), "-c", config], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        until_s = time.monotonic() + PATIENCE_S
        while not listens("127.0.0.1", self.port):
            assert self.running.poll() is None, self.said()
            assert time.monotonic() < until_s, self.said()
            time.sleep(0.02)

    def kill(self) -> None:
        """End it as a power cut would."""
        if self.running is not None:
            self.running.kill()
            self.running.wait(PATIENCE_S)
            self.running = None

    def said(self) -> str:
        """Its log."""
        return (self.folder / "nats-server.log").read_text(encoding="utf-8", errors="replace")


@dataclass(kw_only=True)
class Rink:
    """A rink's outpost. seed: its key."""

    name: str
    seed: str
    server: LooseServer

    @property
    def place(self) -> BusPlace:
        """How its reporter reaches it."""
        return BusPlace(url=f"nats://127.0.0.1:{self.server.port}", ack_wait_s=2.0, client_name="test")


@dataclass(kw_only=True)
class HeadquartersPlace:
    """Headquarters, and the rinks that were let in."""

    root: Path
    settings: Settings
    cert: Path
    server: LooseServer
    rinks: list[Rink] = field(default_factory=list)

    @property
    def place(self) -> BusPlace:
        """How its own reader reaches it."""
        secret = self.settings.headquarters_folder.secrets / "reader.secret"
        return BusPlace(
            url=f"nats://127.0.0.1:{self.server.port}", credential=secret.read_text().strip(), user=READER, client_name="test"
        )

    @property
    def address(self) -> str:
        """Where rinks dial in."""
        return f"tls://{self.settings.headquarters.host}:{self.settings.headquarters.port}"

    def let_in(self, name: str) -> Rink:
        """Add a rink; its outpost is not started."""
        key = add_rink(self.settings, name)
        self.server.text = server_text(self.settings)
        return self.dial_in(name, key.read_text().strip())

    def dial_in(self, name: str, seed: str) -> Rink:
        """An outpost that says that it is this rink, and has this key: the rink's own, or a thief's."""
        folder = self.root / f"{name}-{len(self.rinks)}"
        folder.mkdir()
        rule = OutpostRule(
            store=folder / "store",
            port=free_ports(1)[0],
            rink=name,
            headquarters=self.address,
            seed=seed,
            ca=self.cert,
            again_after_s=1,
        )
        rink = Rink(name=name, seed=seed, server=LooseServer(folder=folder, port=rule.port, text=outpost_config(rule)))
        self.rinks.append(rink)
        return rink

    def end(self) -> None:
        """Kill everything."""
        for server in (self.server, *(rink.server for rink in self.rinks)):
            server.kill()


@contextmanager
def headquarters_in(root: Path, host: str = "127.0.0.1") -> Iterator[HeadquartersPlace]:
    """A headquarters that is not started yet, where rinks dial in at `host`.

    Skips by the names `nats` and `openssl` where they are missing.
    """
    try:
        find_nats_server()
    except Misconfigured as error:
        skip_or_fail("nats", error.why)
    cert, key = certificate_for(host, root)
    bus, leaf, page = free_ports(3)
    environment = {
        "RINKREEL_HEADQUARTERS_HOME": str(root / "headquarters"),
        "RINKREEL_HEADQUARTERS_HOST": host,
        "RINKREEL_HEADQUARTERS_PORT": str(leaf),
        "RINKREEL_HEADQUARTERS_BUS_PORT": str(bus),
        "RINKREEL_HEADQUARTERS_PAGE_PORT": str(page),
        "RINKREEL_HEADQUARTERS_TLS_CERT": str(cert),
        "RINKREEL_HEADQUARTERS_TLS_KEY": str(key),
    }
    settings = load_settings(environment=environment)
    home = make_home(settings)
    place = HeadquartersPlace(
        root=root,
        settings=settings,
        cert=cert,
        server=LooseServer(folder=home.run, port=bus, text=server_text(settings)),
    )
    try:
        yield place
    finally:
        place.end()


def certificate_for(host: str, folder: Path) -> tuple[Path, Path]:
    """A certificate for an address that vouches for itself, and its key."""
    if shutil.which("openssl") is None:
        skip_or_fail("openssl", "no certificate can be made without it")
    cert, key = folder / "headquarters.crt", folder / "headquarters.key"
    words = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    words += ["-subj", "/CN=headquarters", "-addext", f"subjectAltName=IP:{host}"]
    subprocess.run([*words, "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True, timeout=60)
    return cert, key
