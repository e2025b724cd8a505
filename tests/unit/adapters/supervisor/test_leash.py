from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import SLEEPER, is_alive, wait_until

LEASH = (sys.executable, "-m", "appliance.adapters.supervisor.leash")


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's promise is Linux's")
def test_a_program_on_the_leash_ends_with_the_one_that_started_it(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    parent = (
        "import pathlib, subprocess, sys, time\n"
        "child = subprocess.Popen(sys.argv[2:])\n"
        "pathlib.Path(sys.argv[1]).write_text(str(child.pid))\n"
        "time.sleep(3600)\n"
    )
    ready = tmp_path / "ready"
    child = f"import pathlib\npathlib.Path({str(ready)!r}).touch()\n{SLEEPER}"
    with subprocess.Popen([sys.executable, "-c", parent, str(told), *LEASH, sys.executable, "-c", child]) as starter:
        wait_until(ready.exists, "the program becoming itself")
        pid = int(told.read_text())
        assert is_alive(pid)
        starter.kill()
        starter.wait()
        wait_until(lambda: not is_alive(pid), "its end")


def test_the_program_has_its_own_arguments_and_status() -> None:
    code = "import sys\nprint(sys.argv[1:])\nsys.exit(7)"
    done = subprocess.run([*LEASH, sys.executable, "-c", code, "a b", "%"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (7, "['a b', '%']\n")
