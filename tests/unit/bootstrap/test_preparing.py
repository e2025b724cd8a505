from __future__ import annotations

import socket
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from appliance.adapters.supervisor.daemon import RunningPlace
from appliance.bootstrap.preparing import make_folders, prepare_appliance
from appliance.domain.errors import Misconfigured
from appliance.domain.place import DataFolder
from appliance.settings import Settings, load_settings


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


@pytest.fixture
def settings_for(tmp_path: Path) -> Callable[..., Settings]:
    """Settings of a small box on free ports: it does not watch, so that no model is needed."""
    page, bus, monitor = free_ports(3)

    def make(**flags: object) -> Settings:
        usual = {
            "storage.data": tmp_path / "data",
            "server.host": "127.0.0.1",
            "server.port": page,
            "bus.port": bus,
            "bus.monitor_port": monitor,
            "workers.cpu": 0,
            "workers.pose": 0,
        }
        named = {key.replace("__", "."): value for key, value in flags.items()}
        return load_settings(flags=usual | named, environment={})

    return make


def test_every_folder_is_made_and_secrets_are_private(tmp_path: Path) -> None:
    data = DataFolder(root=tmp_path / "deep" / "data")
    make_folders(data)
    make_folders(data)
    assert all(folder.is_dir() for folder in data.all_folders())
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in (data.secrets, data.run)} == {0o700}


def test_a_folder_that_cannot_be_made_is_told_with_its_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Misconfigured, match="cannot be made") as refused:
        make_folders(DataFolder(root=tmp_path / "file" / "data"))
    assert "--data" in refused.value.remedy


def test_the_first_run_has_a_code_that_stays_until_there_is_an_account(settings_for: Callable[..., Settings]) -> None:
    code = prepare_appliance(settings_for(), say=lambda _: None)
    assert code
    assert prepare_appliance(settings_for(), say=lambda _: None) == code


def test_without_sign_in_there_is_no_code(settings_for: Callable[..., Settings]) -> None:
    assert prepare_appliance(settings_for(security__sign_in=False), say=lambda _: None) is None


@pytest.mark.parametrize("key", ["server.port", "bus.port", "bus.monitor_port"])
def test_a_port_that_is_taken_is_told_with_the_setting_that_moves_it(settings_for: Callable[..., Settings], key: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = settings_for(**{key.replace(".", "__"): taken.getsockname()[1]})
        with pytest.raises(Misconfigured, match="another program listens there") as refused:
            prepare_appliance(settings, say=lambda _: None)
    assert key in refused.value.remedy


def test_one_port_for_two_things_is_refused(settings_for: Callable[..., Settings]) -> None:
    port = settings_for().server.port
    with pytest.raises(Misconfigured, match=r"server\.port wants it too"):
        prepare_appliance(settings_for(bus__port=port), say=lambda _: None)


def test_what_runs_already_is_not_prepared_again(settings_for: Callable[..., Settings]) -> None:
    settings = settings_for()
    make_folders(settings.storage.data_folder)
    with RunningPlace(settings.storage.data_folder.run).claim(), pytest.raises(Misconfigured, match="already running"):
        prepare_appliance(settings, say=lambda _: None)


def test_a_box_that_works_along_needs_no_ports_and_has_no_code(settings_for: Callable[..., Settings]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        settings = settings_for(bus__url="tls://10.0.0.2:4222", bus__media_url="http://10.0.0.2:8080", server__port=port)
        assert prepare_appliance(settings, say=lambda _: None) is None
