from __future__ import annotations

from pathlib import Path

import pytest

from appliance.bootstrap.addresses import health_address, page_addresses
from appliance.settings import Settings, load_settings


def settings_with(**flags: object) -> Settings:
    return load_settings(flags={key.replace("__", "."): value for key, value in flags.items()}, environment={})


@pytest.fixture(autouse=True)
def known_lan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appliance.adapters.system.network.lan_address", lambda: "192.168.1.20")


def test_a_page_of_the_lan_is_found_by_the_machines_address_and_here() -> None:
    assert page_addresses(settings_with()) == ("http://192.168.1.20:8080/", "http://localhost:8080/")


def test_without_a_network_the_page_is_found_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appliance.adapters.system.network.lan_address", lambda: None)
    assert page_addresses(settings_with()) == ("http://localhost:8080/",)


@pytest.mark.parametrize(("host", "address"), [("127.0.0.1", "http://127.0.0.1:81/"), ("fd00::7", "http://[fd00::7]:81/")])
def test_a_page_of_one_address_is_found_there_alone(host: str, address: str) -> None:
    assert page_addresses(settings_with(server__host=host, server__port=81)) == (address,)


@pytest.mark.parametrize(("typed", "first"), [("rink.example", "http://rink.example"), ("https://rink.example", None)])
def test_the_address_that_people_type_comes_first(typed: str, first: str | None) -> None:
    assert page_addresses(settings_with(server__address=typed))[0] == (first or typed)


def test_with_a_certificate_the_page_is_found_by_https() -> None:
    settings = settings_with(server__tls_cert=Path("c.pem"), server__tls_key=Path("k.pem"))
    assert page_addresses(settings)[0] == "https://192.168.1.20:8080/"
    assert health_address(settings) == "https://127.0.0.1:8080/readyz"
    assert health_address(settings, "healthz") == "https://127.0.0.1:8080/healthz"


@pytest.mark.parametrize(("host", "asked"), [("0.0.0.0", "127.0.0.1"), ("::", "[::1]"), ("10.0.0.9", "10.0.0.9")])
def test_health_is_asked_for_where_the_page_listens(host: str, asked: str) -> None:
    assert health_address(settings_with(server__host=host)) == f"http://{asked}:8080/readyz"


def test_a_box_that_works_along_has_no_page() -> None:
    settings = settings_with(bus__url="tls://10.0.0.2:4222", bus__media_url="http://10.0.0.2:8080")
    assert page_addresses(settings) == ()
    assert health_address(settings) is None
