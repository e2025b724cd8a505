"""Twin of adapters/ffmpeg/session_slots.py."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from appliance.adapters.ffmpeg.encoders import is_refusal
from appliance.adapters.ffmpeg.running import FfmpegFailed, FfmpegStopped
from appliance.adapters.ffmpeg.session_slots import SessionSlots
from appliance.domain.errors import Misconfigured

REPOSITORY = Path(__file__).resolve().parents[4]
HOLDER = """
import sys
from pathlib import Path
from appliance.adapters.ffmpeg.session_slots import SessionSlots
with SessionSlots(folder=Path(sys.argv[1]), count=1).taken():
    print("held", flush=True)
    sys.stdin.read()
"""


def test_as_many_sessions_as_there_are_slots_are_open_at_once(tmp_path: Path) -> None:
    slots = SessionSlots(folder=tmp_path / "slots", count=2, patience_s=0.2)
    with slots.taken() as one, slots.taken() as other:
        assert {one, other} == {0, 1}
        with pytest.raises(FfmpegFailed) as refused, slots.taken():
            pass
    assert is_refusal(refused.value.tail)
    with slots.taken() as again:
        assert again == 0


def test_another_programs_session_counts_and_ends_with_it_however_it_dies(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(FfmpegFailed), SessionSlots(folder=tmp_path, count=1, patience_s=0).taken():
            pass
        holder.kill()
        holder.wait()
    with SessionSlots(folder=tmp_path, count=1, patience_s=0).taken() as number:
        assert number == 0


def test_who_waits_for_a_slot_can_be_told_to_stop(tmp_path: Path) -> None:
    slots, stop = SessionSlots(folder=tmp_path, count=1), threading.Event()
    stop.set()
    with slots.taken(), pytest.raises(FfmpegStopped), slots.taken(stop):
        pass


def test_a_folder_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Misconfigured, match="cannot be counted"), SessionSlots(folder=tmp_path / "file", count=1).taken():
        pass
