from __future__ import annotations

from pathlib import Path

from appliance.adapters.supervisor.process_tree import ProcessTree


def test_supervisors_own_files_lie_in_the_run_folder() -> None:
    tree = ProcessTree(run=Path("/d/run"), logs=Path("/d/logs"), socket=Path("/d/run/s"), programs=())
    assert (tree.config_file, tree.pid_file) == (Path("/d/run/supervisord.conf"), Path("/d/run/supervisord.pid"))
