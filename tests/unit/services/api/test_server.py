from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import httpx
import pytest

from appliance.domain.account import Role
from appliance.domain.errors import Misconfigured
from appliance.services.api.server import Listening, listening_socket, serve_app

from .front_door import FOOTAGE, Box


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


async def answering(url: str) -> None:
    async with httpx.AsyncClient() as client, asyncio.timeout(10):
        while True:
            try:
                await client.get(f"{url}/healthz")
            except httpx.TransportError:
                await asyncio.sleep(0.01)
            else:
                return


def test_it_serves_until_told_to_stop_and_lets_no_stream_hold_it_up(box: Box) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    account = box.add_account("anna", Role.VIEWER)
    cookies = {"rinkreel_session": box.house.sessions.issue(account)}

    async def run() -> str:
        stop = asyncio.Event()
        serving = asyncio.create_task(serve_app(box.app, Listening(host="127.0.0.1", port=port), stop))
        await answering(url)
        async with (
            httpx.AsyncClient(cookies=cookies) as client,
            client.stream("GET", f"{url}/api/events", timeout=10) as stream,
        ):
            lines = stream.aiter_lines()
            first = await anext(lines)
            stop.set()
            async with asyncio.timeout(10):
                await serving
                assert [line async for line in lines if line] in ([], [": still here"])
        return first

    assert asyncio.run(run()) == "retry: 3000"


def test_an_upload_that_is_cut_off_on_the_wire_goes_on_where_it_was(box: Box) -> None:
    port = free_port()
    account = box.add_account("anna", Role.OPERATOR)
    cookie = box.house.sessions.issue(account)
    headers = {
        "Cookie": f"rinkreel_session={cookie}",
        "X-Rinkreel-CSRF": box.house.sessions.page_token(cookie),
        "Tus-Resumable": "1.0.0",
    }
    content = FOOTAGE + bytes(range(256)) * 2000

    async def run() -> None:
        stop = asyncio.Event()
        serving = asyncio.create_task(serve_app(box.app, Listening(host="127.0.0.1", port=port), stop))
        await answering(f"http://127.0.0.1:{port}")
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers) as client:
            made = await client.post("/api/tus/", headers={"Upload-Length": str(len(content))})
            place = made.headers["Location"]
            await cut_off(port, place, headers, content)
            offset = await settled_offset(client, place)
            assert 0 < offset < len(content)
            rest = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
            assert (await client.patch(place, content=content[offset:], headers=rest)).status_code == 204
        stop.set()
        await serving

    asyncio.run(run())
    (stored,) = (path for path in box.data.originals.rglob("*") if path.is_file())
    assert stored.read_bytes() == content


async def cut_off(port: int, place: str, headers: dict[str, str], content: bytes) -> None:
    """Announce everything, send half of it, and hang up without a word."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    told = {
        **headers,
        "Host": f"127.0.0.1:{port}",
        "Upload-Offset": "0",
        "Content-Type": "application/offset+octet-stream",
        "Content-Length": str(len(content)),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    writer.write(f"PATCH {place} HTTP/1.1\r\n{head}\r\n".encode() + content[: len(content) // 2])
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    assert reader


async def settled_offset(client: httpx.AsyncClient, place: str) -> int:
    """Where the upload is, once the server has noticed that the other end is gone."""
    async with asyncio.timeout(10):
        while True:
            offset = int((await client.head(place)).headers["Upload-Offset"])
            if offset:
                return offset
            await asyncio.sleep(0.01)


def test_a_port_that_is_taken_is_said_so_with_what_to_do(box: Box) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listening = Listening(host="127.0.0.1", port=taken.getsockname()[1])
        with pytest.raises(Misconfigured, match="cannot listen") as caught:
            asyncio.run(serve_app(box.app, listening, asyncio.Event()))
    assert "server.port" in caught.value.remedy


@pytest.mark.parametrize("host", ["not a host", "203.0.113.77"])
def test_an_address_that_is_not_ours_is_said_so(host: str) -> None:
    with pytest.raises(Misconfigured):
        listening_socket(Listening(host=host, port=0))


def test_small_answers_do_not_wait_for_more() -> None:
    with (
        listening_socket(Listening(host="127.0.0.1", port=0)) as listener,
        socket.create_connection(listener.getsockname()),
        listener.accept()[0] as accepted,
    ):
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_both_kinds_of_addresses_can_be_listened_on(tmp_path: Path) -> None:
    with listening_socket(Listening(host="127.0.0.1", port=0)) as four:
        assert four.family is socket.AF_INET
    if socket.has_dualstack_ipv6():
        with listening_socket(Listening(host="::1", port=0)) as six:
            assert six.family is socket.AF_INET6
