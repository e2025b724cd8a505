from __future__ import annotations

import shlex
import signal
from pathlib import Path
from typing import Any

import pytest
from supervisor.options import ServerOptions  # type: ignore[import-untyped]

from appliance.adapters.supervisor.configuration import supervisor_config
from appliance.adapters.supervisor.process_tree import ProcessTree, Program
from appliance.domain.errors import Misconfigured


def tree_in(folder: Path, *programs: Program, caretaker: tuple[str, ...] | None = None, to_terminal: bool = False) -> ProcessTree:
    run, logs = folder / "run", folder / "logs"
    for each in (run, logs):
        each.mkdir(parents=True, exist_ok=True)
    return ProcessTree(run=run, logs=logs, socket=run / "s.sock", programs=programs, caretaker=caretaker, to_terminal=to_terminal)


def read_back(tree: ProcessTree) -> Any:
    """The configuration as supervisor itself understands it."""
    tree.config_file.write_text(supervisor_config(tree), encoding="utf-8")
    options = ServerOptions()
    options.realize(["-c", str(tree.config_file), "-n"])
    return options


def processes_of(options: Any) -> dict[str, Any]:
    return {process.name: process for group in options.process_group_configs for process in group.process_configs}


@pytest.fixture
def options(tmp_path: Path) -> Any:
    programs = (
        Program(name="nats-server", command=("/bin/nats", "-c", "x.conf"), priority=10),
        Program(name="worker-pose", command=("/bin/python", "serve"), count=3, priority=40),
        Program(name="worker-cpu", command=("/bin/python", "serve"), count=0, priority=40),
    )
    return read_back(tree_in(tmp_path, *programs, caretaker=("/bin/python", "care")))


def test_supervisor_runs_in_the_foreground_and_listens_on_a_socket_of_its_own_alone(options: Any, tmp_path: Path) -> None:
    assert options.nodaemon
    (server,) = options.server_configs
    assert server["file"] == str(tmp_path / "run" / "s.sock")
    assert server["chmod"] == 0o700


def test_every_program_comes_as_often_as_it_is_wanted(options: Any) -> None:
    names = {"nats-server", "worker-pose-1", "worker-pose-2", "worker-pose-3", "caretaker"}
    assert set(processes_of(options)) == names


def test_numbered_programs_know_their_number_and_have_logs_of_their_own(options: Any, tmp_path: Path) -> None:
    second = processes_of(options)["worker-pose-2"]
    assert shlex.split(second.command) == ["/bin/python", "serve", "2"]
    assert second.stdout_logfile == str(tmp_path / "logs" / "worker-pose-2.log")


def test_programs_are_started_again_a_bounded_number_of_times_and_ended_with_their_children(options: Any) -> None:
    for process in processes_of(options).values():
        assert process.autorestart.__name__ == "RestartUnconditionally"
        assert process.startretries in (20, 1_000)
        assert (process.stopasgroup, process.killasgroup, process.stopwaitsecs) == (True, True, 15)
        assert process.stopsignal == signal.SIGTERM


def test_the_bus_starts_before_the_workers(options: Any) -> None:
    groups = {group.name: group.priority for group in options.process_group_configs}
    assert groups["nats-server"] < groups["worker-pose"]


def test_programs_that_are_stopped_together_are_one_group_and_the_others_groups_of_their_own(tmp_path: Path) -> None:
    programs = (
        Program(name="nats-server", command=("/bin/n",), priority=10),
        Program(name="ledger", command=("/bin/l",), priority=20, together=True),
        Program(name="worker-pose", command=("/bin/w",), count=2, priority=50, together=True),
        Program(name="worker-cpu", command=("/bin/w",), count=0, priority=50, together=True),
    )
    groups = {group.name: group for group in read_back(tree_in(tmp_path, *programs)).process_group_configs}
    assert {name: group.priority for name, group in groups.items()} == {"nats-server": 10, "together": 20}
    assert {each.name for each in groups["together"].process_configs} == {"ledger", "worker-pose-1", "worker-pose-2"}


def test_logs_are_bounded(options: Any) -> None:
    for name, process in processes_of(options).items():
        log, size, backups = (
            (process.stderr_logfile, process.stderr_logfile_maxbytes, process.stderr_logfile_backups)
            if name == "caretaker"
            else (process.stdout_logfile, process.stdout_logfile_maxbytes, process.stdout_logfile_backups)
        )
        assert log.endswith(f"{name}.log")
        assert (size, backups) == (10 * 1024**2, 5)


def test_the_caretaker_hears_of_programs_that_are_given_up_and_of_time(options: Any) -> None:
    (pool,) = [group for group in options.process_group_configs if hasattr(group, "pool_events")]
    assert sorted(event.__name__ for event in pool.pool_events) == ["ProcessStateFatalEvent", "Tick5Event"]
    assert processes_of(options)["caretaker"].stdout_logfile is None


def test_on_a_terminal_everything_goes_to_supervisors_own_output(tmp_path: Path) -> None:
    tree = tree_in(tmp_path, Program(name="api", command=("/bin/a",)), caretaker=("/bin/c",), to_terminal=True)
    processes = processes_of(read_back(tree))
    assert (processes["api"].stdout_logfile, processes["api"].stdout_logfile_maxbytes) == ("/dev/stdout", 0)
    assert processes["caretaker"].stderr_logfile == "/dev/stdout"


@pytest.mark.parametrize("name", ["a b", "100% %(here)s", 'it\'s "so"', "ünïcode", "a;b#c", "$HOME ~"])
def test_odd_names_of_folders_reach_supervisor_as_they_are(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    tree = tree_in(folder, Program(name="api", command=("/bin/a", "--data", str(folder), name), count=1))
    options = read_back(tree)
    (api,) = processes_of(options).values()
    assert shlex.split(api.command) == ["/bin/a", "--data", str(folder), name, "1"]
    assert api.stdout_logfile == str(folder / "logs" / "api-1.log")
    assert options.pidfile == str(tree.pid_file)
    assert options.server_configs[0]["file"] == str(tree.socket)


@pytest.mark.parametrize("name", ["a ;b", "a #b", "a\nb", " a", "a "])
def test_names_that_supervisor_would_misread_are_refused(tmp_path: Path, name: str) -> None:
    tree = ProcessTree(run=tmp_path, logs=tmp_path / "l", socket=Path(name), programs=())
    with pytest.raises(Misconfigured, match="cannot be written"):
        supervisor_config(tree)
