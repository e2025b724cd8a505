from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from appliance.adapters.system.moved_bytes import PROC, moved_bytes

MIB = 1024**2

pytestmark = pytest.mark.skipif(not (PROC / "self" / "io").exists(), reason="procfs: this system does not count bytes")


def test_what_this_process_writes_is_counted(tmp_path: Path) -> None:
    before = moved_bytes()
    (tmp_path / "a").write_bytes(bytes(2 * MIB))
    assert moved_bytes() - before >= 2 * MIB


def test_what_a_child_writes_is_counted_while_it_runs_and_afterwards(tmp_path: Path) -> None:
    before = moved_bytes()
    code = (
        f"import sys; open({str(tmp_path / 'b')!r}, 'wb').write(bytes({3 * MIB})); print('written', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"written\n"
        assert moved_bytes() - before >= 3 * MIB
    assert moved_bytes() - before >= 3 * MIB
