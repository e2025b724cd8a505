"""The connection comes whenever it can, says at once that it is lost, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from nats.aio.client import Client

from appliance.adapters.jetstream import line as line_module
from appliance.adapters.jetstream.line import Line, Link
from appliance.adapters.jetstream.place import BusPlace
from appliance.adapters.jetstream.server import ServerRule
from appliance.domain.errors import Transient
from tests.appliance_fakes import HeardJournal
from tests.conftest import skip_or_fail
from tests.nats_place import NatsServer, free_port, running_nats

SOON_S = 15.0
TOKEN = "a-token-of-some-length"


@pytest.fixture
def nats(tmp_path: Path) -> Iterator[NatsServer]:
    with running_nats(tmp_path) as server:
        yield server


def test_without_a_server_a_call_is_told_so_and_the_journal_once() -> None:
    journal = HeardJournal()

    async def check() -> None:
        line = Line(BusPlace(url=f"nats://127.0.0.1:{free_port()}"), journal)
        with pytest.raises(Transient, match="telling: the bus is not reached"):
            await line.link("telling", 0.8)
        await line.close()

    asyncio.run(check())
    assert journal.events == ["bus not reached"]
    assert "Connect call failed" in str(journal.lines[0][1]["why"])


def test_whatever_goes_on_hears_at_once_that_the_connection_is_lost(nats: NatsServer) -> None:
    async def check() -> None:
        line = Line(nats.place(), HeardJournal())
        link = await line.link("waiting", SOON_S)
        waiting = asyncio.ensure_future(link.until_gone(asyncio.sleep(3600), "waiting"))
        await asyncio.sleep(0)
        nats.kill()
        with pytest.raises(Transient, match="waiting: the bus is not reached"):
            await asyncio.wait_for(waiting, SOON_S)
        await line.close()

    asyncio.run(check())


def test_every_connection_is_greeted_also_a_later_one(nats: NatsServer) -> None:
    greeted: list[Link] = []

    async def greeting(link: Link) -> None:
        greeted.append(link)

    async def check() -> None:
        line = Line(nats.place(), HeardJournal())
        first = await line.link("greeting", SOON_S)
        await line.greet(greeting)
        nats.restart()
        while len(greeted) < 2:
            await asyncio.sleep(0.01)
        assert greeted[0] is first
        assert greeted[1] is not first
        await line.close()

    asyncio.run(asyncio.wait_for(check(), SOON_S))


def test_a_greeting_that_fails_is_tried_again_on_the_next_connection(nats: NatsServer) -> None:
    journal, tried = HeardJournal(), []

    async def greeting(link: Link) -> None:
        tried.append(link)
        if len(tried) == 1:
            raise ConnectionResetError

    async def check() -> None:
        line = Line(nats.place(), journal)
        await line.greet(greeting)
        while len(tried) < 2:
            await asyncio.sleep(0.01)
        await line.close()

    asyncio.run(asyncio.wait_for(check(), SOON_S))
    assert "bus not usable" in journal.events


def test_a_wrong_password_is_told_and_the_right_one_enters(tmp_path: Path) -> None:
    rule = ServerRule(store=tmp_path / "nats", port=free_port(), monitor_port=free_port(), credential=TOKEN)
    journal = HeardJournal()

    async def check(server: NatsServer) -> None:
        wrong = Line(replace(server.place(), credential="another-token-than-that"), journal)
        with pytest.raises(Transient):
            await wrong.link("entering", 1.0)
        await wrong.close()
        right = Line(server.place(), HeardJournal())
        assert (await right.link("entering", SOON_S)).client.is_connected
        await right.close()

    with running_nats(tmp_path, rule) as server:
        asyncio.run(check(server))
    event, fields = journal.lines[0]
    assert event == "bus not reached"
    assert "uthorization" in str(fields["why"])
    assert TOKEN not in str(journal.lines)


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate of this test's own for the loopback address, and its key."""
    program = shutil.which("openssl")
    if program is None:
        skip_or_fail("openssl", "no program to make a certificate with")
    cert, key = tmp_path / "bus.pem", tmp_path / "bus.key"
    options = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=rinkreel"]
    names = ["-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([str(program), "req", *options, *names, "-keyout", key, "-out", cert], check=True, capture_output=True)
    return cert, key


def test_over_tls_only_the_server_that_is_vouched_for_is_believed(tmp_path: Path, certificate: tuple[Path, Path]) -> None:
    cert, key = certificate
    plain = ServerRule(store=tmp_path / "nats", port=free_port(), monitor_port=free_port())
    rule = replace(plain, credential=TOKEN, tls_cert=cert, tls_key=key)
    journal = HeardJournal()

    async def check(server: NatsServer) -> None:
        believing = Line(server.place(), HeardJournal())
        link = await believing.link("entering", SOON_S)
        assert (await link.client.rtt()) > 0
        await believing.close()
        doubting = Line(replace(server.place(), tls_ca=None), journal)
        with pytest.raises(Transient):
            await doubting.link("entering", 1.0)
        await doubting.close()

    with running_nats(tmp_path, rule) as server:
        assert server.url.startswith("tls://")
        asyncio.run(check(server))
    assert "certificate" in str(journal.lines[0]).lower()


def test_a_server_that_is_silent_counts_as_lost(nats: NatsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appliance.adapters.jetstream.line.PING_S", 1)

    async def check() -> None:
        line = Line(nats.place(), HeardJournal())
        link = await line.link("waiting", SOON_S)
        assert nats.running is not None
        nats.running.send_signal(signal.SIGSTOP)
        try:
            with pytest.raises(Transient):
                await asyncio.wait_for(link.until_gone(asyncio.sleep(3600), "waiting"), SOON_S)
        finally:
            nats.running.send_signal(signal.SIGCONT)
        assert (await line.link("going on", SOON_S)) is not link
        await line.close()

    asyncio.run(check())


def test_work_that_is_given_up_is_ended_with_it(nats: NatsServer) -> None:
    ended = []

    async def work() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            ended.append(True)

    async def check() -> None:
        line = Line(nats.place(), HeardJournal())
        link = await line.link("waiting", SOON_S)
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(link.until_gone(work(), "waiting"), 0.05)
        await line.close()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(check())
    assert ended == [True]


class DeafClient(Client):
    """Swallows that it was cancelled while connecting, as the real one does now and then."""

    async def connect(self, *_: object, **__: object) -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(3600)
        raise ConnectionRefusedError


def test_a_client_that_does_not_hear_that_it_was_cancelled_does_not_keep_the_line_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_module, "Client", DeafClient)

    async def check() -> None:
        line = Line(BusPlace(url="nats://127.0.0.1:1"), HeardJournal())
        await asyncio.sleep(0.01)
        await asyncio.wait_for(line.close(), SOON_S)

    asyncio.run(check())
