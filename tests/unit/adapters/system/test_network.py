from __future__ import annotations

import http.server
import ipaddress
import socket
import threading
from collections.abc import Iterator

import pytest

from appliance.adapters.system.network import answers_well, lan_address, port_trouble


class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/well" else 503)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent."""


@pytest.fixture
def page() -> Iterator[str]:
    with http.server.HTTPServer(("127.0.0.1", 0), Health) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_port_that_is_taken_is_told_as_that() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert port_trouble("127.0.0.1", port) == "another program listens there"
        assert port_trouble("0.0.0.0", port) == "another program listens there"


def test_a_free_port_is_no_trouble_even_when_it_was_used_just_now() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        port = server.getsockname()[1]
        accepted, _ = server.accept()
        accepted.close()
        assert client.recv(1) == b""
    assert port_trouble("127.0.0.1", port) == ""


def test_an_address_of_another_machine_is_told_as_that() -> None:
    assert port_trouble("192.0.2.1", 4222) == "this machine does not have that address"
    assert "no address of this machine" in port_trouble("no such name.invalid", 4222)


def test_the_lan_knows_this_machine_by_a_real_address_if_at_all() -> None:
    address = lan_address()
    assert address is None or not ipaddress.ip_address(address).is_loopback


def test_a_health_page_is_well_only_when_it_says_so(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert answers_well(f"{page}/well", 5)
    assert not answers_well(f"{page}/ill", 5)


def test_nobody_there_is_not_well() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert not answers_well(f"http://127.0.0.1:{port}/", 0.2)
    assert not answers_well(f"http://127.0.0.1:{port}/", 0.2)
