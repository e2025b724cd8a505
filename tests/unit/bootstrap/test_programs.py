from __future__ import annotations

from pathlib import Path

import pytest

from appliance.bootstrap.programs import (
    BUS,
    ROLES,
    ServeCall,
    bus_config,
    bus_credential,
    plan_programs,
    runs_own_bus,
    works_along,
)
from appliance.domain.errors import Misconfigured
from appliance.settings import Settings, load_settings


def settings_in(folder: Path, **flags: object) -> Settings:
    named = {key.replace("__", "."): value for key, value in flags.items()}
    return load_settings(flags={"storage.data": folder / "data", **named}, environment={})


@pytest.fixture(autouse=True)
def run_folder(tmp_path: Path) -> None:
    (tmp_path / "data" / "run").mkdir(parents=True)


def test_a_box_of_its_own_runs_every_program(tmp_path: Path) -> None:
    tree = plan_programs(settings_in(tmp_path, workers__cpu=2, workers__pose=3), ServeCall())
    counts = {program.name: program.count for program in tree.programs}
    assert counts == {
        BUS: None,
        **dict.fromkeys(("ledger", "api", "watcher", "janitor")),
        "worker-cpu": 2,
        "worker-pose": 3,
    }
    # The reporter runs where there is a headquarters.
    assert {*counts, "caretaker", "reporter"} == {BUS, *ROLES}
    assert tree.caretaker is not None


def test_who_is_asked_starts_before_who_asks(tmp_path: Path) -> None:
    order = [each.name for each in sorted(plan_programs(settings_in(tmp_path), ServeCall()).programs, key=lambda p: p.priority)]
    assert order[:2] == [BUS, "ledger"]
    assert {*order[-2:]} == {"worker-cpu", "worker-pose"}


def test_all_but_the_bus_are_stopped_at_the_same_time(tmp_path: Path) -> None:
    tree = plan_programs(settings_in(tmp_path), ServeCall())
    assert [each.name for each in tree.programs if not each.together] == [BUS]


def test_every_program_hears_what_was_said_on_the_command_line(tmp_path: Path) -> None:
    call = ServeCall(config=Path("a b.toml"), data=tmp_path / "d", port=81)
    command = call.command("ledger")
    assert command[3:6] == ("appliance", "serve", "ledger")
    assert command[6:] == ("--config", str(Path("a b.toml").absolute()), "--data", str(tmp_path / "d"), "--port", "81")
    tree = plan_programs(settings_in(tmp_path), call)
    assert all(command[6:] == each.command[-6:] for each in tree.programs if each.name in ("ledger", "api"))


def test_several_alike_are_told_their_number(tmp_path: Path) -> None:
    tree = plan_programs(settings_in(tmp_path), ServeCall())
    (pose,) = (each for each in tree.programs if each.name == "worker-pose")
    assert pose.command[-1] == "--index"


def test_every_program_ends_with_supervisor(tmp_path: Path) -> None:
    tree = plan_programs(settings_in(tmp_path), ServeCall())
    commands = [each.command for each in tree.programs] + [tree.caretaker or ()]
    assert all("appliance.adapters.supervisor.leash" in command for command in commands)


def test_with_a_bus_elsewhere_none_is_run_here(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, bus__url="nats://10.0.0.2:4222")
    names = {each.name for each in plan_programs(settings, ServeCall()).programs}
    assert not runs_own_bus(settings)
    assert BUS not in names
    assert "ledger" in names


def test_a_box_that_works_along_has_workers_alone(tmp_path: Path) -> None:
    settings = settings_in(
        tmp_path, bus__url="tls://10.0.0.2:4222", bus__media_url="http://10.0.0.2:8080", bus__credential=tmp_path / "secret"
    )
    assert works_along(settings)
    assert {each.name for each in plan_programs(settings, ServeCall()).programs} == {"worker-cpu", "worker-pose"}


def test_working_along_without_a_bus_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"bus\.url"):
        plan_programs(settings_in(tmp_path, bus__media_url="http://10.0.0.2:8080"), ServeCall())


def test_working_along_without_a_password_is_refused(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, bus__url="tls://10.0.0.2:4222", bus__media_url="http://10.0.0.2:8080")
    with pytest.raises(Misconfigured, match="password") as refused:
        plan_programs(settings, ServeCall())
    assert "bus.credential" in refused.value.remedy


def test_the_bus_is_told_its_settings_and_its_password(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("abcdefghijklmnopqrstuvwxyz\n")
    settings = settings_in(tmp_path, bus__port=5222, bus__monitor_port=5223, bus__credential=secret)
    text = bus_config(settings)
    assert '"127.0.0.1:5222"' in text
    assert '"127.0.0.1:5223"' in text
    assert "abcdefghijklmnopqrstuvwxyz" in text
    assert str(tmp_path / "data" / "nats") in text


def test_a_password_that_cannot_be_read_is_told_with_its_remedy(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="cannot be read"):
        bus_credential(settings_in(tmp_path, bus__credential=tmp_path / "none"))
    assert bus_credential(settings_in(tmp_path)) is None
