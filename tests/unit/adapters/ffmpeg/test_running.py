"""Twin of adapters/ffmpeg/running.py."""

from __future__ import annotations

import _thread
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.adapters.ffmpeg.binary import FfmpegBinary, find_ffmpeg
from appliance.adapters.ffmpeg.running import FfmpegFailed, FfmpegRunner, FfmpegStopped, Tick, cause_in, file_argument
from appliance.domain.errors import Misconfigured, Transient

SOURCE = ("-f", "lavfi", "-i", "testsrc=s=64x64:r=25:d=2")
TO_NOWHERE = ("-f", "null", "-")


def runner_of(folder: Path, body: str, *, stall_s: float = 10.0) -> FfmpegRunner:
    script = folder / "ffmpeg"
    script.write_text(f"#!/bin/sh\n{body}\n")
    script.chmod(0o755)
    return FfmpegRunner(binary=FfmpegBinary(path=script, version="9.0", origin="a test"), stall_s=stall_s)


def test_frames_and_length_are_heard_and_given_back() -> None:
    heard: list[Tick] = []
    tick = FfmpegRunner(binary=find_ffmpeg()).run([*SOURCE, *TO_NOWHERE], hear=heard.append)
    assert (tick.frames, tick.out_us) == (50, 2_000_000)
    assert heard[-1] == tick


def test_an_error_carries_what_ffmpeg_said_first() -> None:
    with pytest.raises(FfmpegFailed, match="No such file or directory") as caught:
        FfmpegRunner(binary=find_ffmpeg()).run(["-i", "file:/nowhere/at all.mp4", *TO_NOWHERE])
    assert isinstance(caught.value, Transient)
    assert caught.value.remedy


def test_only_the_last_four_kilobytes_of_errors_are_kept(tmp_path: Path) -> None:
    runner = runner_of(tmp_path, "head -c 100000 /dev/zero | tr '\\0' x >&2; echo last >&2; exit 3")
    with pytest.raises(FfmpegFailed, match="status 3") as caught:
        runner.run([])
    assert len(caught.value.tail) <= 4096
    assert caught.value.tail.endswith("last")


def test_a_process_without_progress_is_killed_with_its_children(tmp_path: Path) -> None:
    runner = runner_of(tmp_path, f'sleep 600 & echo $! > "{tmp_path}/child"; wait', stall_s=0.3)
    with pytest.raises(FfmpegFailed, match=r"no progress for 0\.3 s"):
        runner.run([])
    child = int((tmp_path / "child").read_text())
    deadline = time.monotonic() + 10
    while is_alive(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not is_alive(child)


def is_alive(pid: int) -> bool:
    """A process that was killed goes when the system gets to it; one that nobody waited for stays as a name alone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] != "Z"
    except OSError:
        return False


def test_repeating_the_same_progress_is_a_stall(tmp_path: Path) -> None:
    runner = runner_of(tmp_path, "while :; do echo frame=7; echo progress=continue; sleep 0.05; done", stall_s=0.4)
    with pytest.raises(FfmpegFailed, match="no progress"):
        runner.run([])


def test_a_stop_is_obeyed(tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(FfmpegStopped):
        runner_of(tmp_path, "exec sleep 600").run([], stop=stop)


def test_ctrl_c_kills_it_and_comes_through(tmp_path: Path) -> None:
    def interrupt(_tick: Tick) -> None:
        _thread.interrupt_main()

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        runner_of(tmp_path, f'echo $$ > "{tmp_path}/pid"; echo frame=1; exec sleep 600').run([], hear=interrupt)
    assert time.monotonic() - began < 10
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_it_never_reads_the_terminal(tmp_path: Path) -> None:
    runner_of(tmp_path, f'echo "$*" > "{tmp_path}/arguments"; cat').run(["-x"])
    assert "-nostdin" in (tmp_path / "arguments").read_text().split()


def test_it_runs_as_nice_as_asked(tmp_path: Path) -> None:
    script = runner_of(
        tmp_path, f'sleep 0.2; ps -o ni= -p $$ > "{tmp_path}/nice" || cut -d" " -f19 /proc/$$/stat > "{tmp_path}/nice"'
    )
    FfmpegRunner(binary=script.binary, nice=3).run([])
    expected = min(19, os.getpriority(os.PRIO_PROCESS, 0) + 3)
    assert int((tmp_path / "nice").read_text()) == expected


def test_what_is_fed_arrives(tmp_path: Path) -> None:
    runner_of(tmp_path, f'cat > "{tmp_path}/got"').run([], feed=(b"x" * 70_000 for _ in range(3)))
    assert (tmp_path / "got").stat().st_size == 210_000


def test_what_a_feed_raises_comes_out(tmp_path: Path) -> None:
    def feed() -> Iterator[bytes]:
        yield b"one"
        raise ValueError("drawn badly")

    with pytest.raises(ValueError, match="drawn badly"):
        runner_of(tmp_path, "cat > /dev/null").run([], feed=feed())


def test_a_feed_to_a_process_that_died_says_why_it_died(tmp_path: Path) -> None:
    with pytest.raises(FfmpegFailed, match="broken"):
        runner_of(tmp_path, "echo broken >&2; exit 1").run([], feed=(b"x" * 70_000 for _ in range(100)))


def test_a_binary_that_cannot_start_is_an_operators_matter(tmp_path: Path) -> None:
    missing = FfmpegBinary(path=tmp_path / "gone", version="9.0", origin="a test")
    with pytest.raises(Misconfigured, match="does not start"):
        FfmpegRunner(binary=missing).run([])


def test_file_arguments_are_absolute_and_literal() -> None:
    assert file_argument(Path("/a/-b:c's %d.mp4")) == "file:/a/-b:c's %d.mp4"
    assert file_argument(Path("x.mp4")) == f"file:{Path.cwd()}/x.mp4"


def test_the_cause_is_the_first_line_without_its_sender() -> None:
    assert cause_in("[libx264 @ 0x1] it broke\nConversion failed!") == "it broke"
    assert cause_in("") == "it said nothing"
