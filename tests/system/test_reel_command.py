"""Files in, reel out, with the real thing: drawn sessions, real pose models, real ffmpeg, real processes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from appliance.adapters.ffmpeg.binary import find_ffmpeg
from appliance.adapters.ffmpeg.recording_writer import FfmpegRecordingWriter
from appliance.adapters.model_shelf import ModelShelf
from appliance.adapters.pyav.prober import PyavProber
from appliance.cli import main
from appliance.cli.statuses import Status
from appliance.domain.timespan import Span, seconds_from_float
from appliance.services.demonstrator import Demonstration, draw_demonstration

REPOSITORY = Path(__file__).resolve().parents[2]
Report = dict[str, Any]


class Silence:
    def advance(self, stage: str, done_s: float, total_s: float) -> None:
        return None


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Demonstration]:
    """Draws a scene of the catalogue, once."""
    folder, made = tmp_path_factory.mktemp("drawn"), dict[str, Demonstration]()

    def draw(name: str) -> Demonstration:
        if name not in made:
            made[name] = draw_demonstration(name, folder, FfmpegRecordingWriter(find_ffmpeg()), Silence())
        return made[name]

    return draw


Draw = Callable[[str], Demonstration]


@pytest.fixture(autouse=True)
def own_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, pose_weights: ModelShelf) -> None:
    """Models as they are on this machine; everything else in the test's own folder, which is the current one."""
    monkeypatch.setenv("RINKREEL_STORAGE_MODELS", str(pose_weights.root))
    monkeypatch.setenv("RINKREEL_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)


def spans_of(report: Report) -> list[Span]:
    return [Span(seconds_from_float(row["start_s"]), seconds_from_float(row["end_s"])) for row in report["segments"]]


def read_report(name: str) -> Report:
    report: Report = json.loads(Path(name).read_text(encoding="utf-8"))
    return report


def test_a_recording_becomes_a_reel_a_report_and_a_plot(drawn: Draw, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    session = drawn("follow_glide")
    words = ["reel", str(session.recording), "-o", "reel.mp4", "--json", "report.json", "--plot", "motion.png"]
    assert main(words) == Status.MADE
    report = read_report("report.json")
    tally = session.compare(spans_of(report))
    assert (tally.recall or 0) > 0.8
    assert (tally.precision or 0) > 0.8
    reel = PyavProber().probe(tmp_path / "reel.mp4")
    assert abs(float(reel.duration) - report["reels"][0]["duration_s"]) < 0.1
    assert reel.audio is not None
    assert report["backend"]["name"] in ("mediapipe", "onnx")
    assert all(row["reason"] for row in report["segments"])
    assert set(report["timings_s"]) == {"probe", "analyse", "select", "assemble"}
    assert Path("motion.png").read_bytes().startswith(b"\x89PNG")
    assert capsys.readouterr().out.startswith("reel.mp4: ")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["motion.png", "reel.jpg", "reel.mp4", "report.json"]


def test_a_reel_that_is_there_is_kept_until_force_is_given_and_a_budget_is_kept(
    drawn: Draw, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("reel.mp4").write_bytes(b"precious")
    words = ["reel", str(drawn("follow_glide").recording), "-o", "reel.mp4"]
    assert main(words) == Status.MISCONFIGURED
    assert "--force" in capsys.readouterr().err
    assert Path("reel.mp4").read_bytes() == b"precious"
    bare = ["--budget", "3s", "--pad-before", "0", "--pad-after", "0"]
    assert main([*words, *bare, "--force", "--workers", "1", "--quiet"]) == Status.MADE
    assert PyavProber().probe(Path("reel.mp4")).duration <= Fraction(31, 10)


def test_a_recording_is_never_written_over(drawn: Draw) -> None:
    copy = shutil.copy(drawn("empty_ice").recording, "own.mp4")
    before = Path(copy).read_bytes()
    assert main(["reel", "own.mp4", "-o", "own.mp4", "--force"]) == Status.MISCONFIGURED
    assert Path(copy).read_bytes() == before


def test_where_nothing_moves_there_is_no_reel_and_detection_finds_nothing(
    drawn: Draw, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recording = str(drawn("empty_ice").recording)
    assert main(["reel", recording]) == Status.NOTHING_MOVES
    assert "nothing moves in empty_ice" in capsys.readouterr().out
    assert main(["detect", recording, "--json", "-", "--quiet"]) == Status.MADE
    assert json.loads(capsys.readouterr().out) == {"duration_s": 4.0, "segments": []}
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_used_is_told_and_the_rest_is_made(drawn: Draw, capsys: pytest.CaptureFixture[str]) -> None:
    Path("broken.mp4").write_bytes(b"this is no video" * 1000)
    assert main(["reel", "broken.mp4"]) == Status.UNUSABLE
    assert (
        main(["reel", "broken.mp4", str(drawn("follow_glide").recording), "-o", "reels/", "--json", "r.json"])
        == Status.PARTLY_MADE
    )
    assert Path("reels/highlight_follow_glide.mp4").is_file()
    assert [row["subject"] for row in read_report("r.json")["failed"]] == ["broken.mp4"]
    assert "broken.mp4" in capsys.readouterr().err


def test_a_card_with_chapters_proxies_and_litter_is_one_recording(drawn: Draw, capsys: pytest.CaptureFixture[str]) -> None:
    card = Path("card")
    card.mkdir()
    source = drawn("follow_glide").recording
    for number in ("01", "02"):
        shutil.copy(source, card / f"GX{number}0123.MP4")
        shutil.copy(source, card / f"GL{number}0123.LRV")
        (card / f"._GX{number}0123.MP4").write_bytes(b"\x00\x05\x16\x07" + bytes(200))
    (card / "notes.txt").write_text("training on Monday")
    assert main(["reel", "card", "-o", "reel.mp4", "--budget", "2s", "--json", "report.json", "--quiet"]) == Status.MADE
    report = read_report("report.json")
    (recording,) = report["recordings"]
    assert [Path(file["path"]).name for file in recording["files"]] == ["GX010123.MP4", "GX020123.MP4"]
    assert [Path(file["proxy"]).name for file in recording["files"]] == ["GL010123.LRV", "GL020123.LRV"]
    assert report["duration_s"] == pytest.approx(22.0, abs=0.1)
    assert {Path(row["path"]).name for row in report["ignored"]} == {"._GX010123.MP4", "._GX020123.MP4", "notes.txt"}
    assert report["failed"] == []
    assert any(row["start_s"] > 11 for row in report["segments"])


@pytest.mark.skipif(os.name != "posix", reason="posix: process groups")
@pytest.mark.parametrize("stage", ["backend", "watching", "cutting"])
def test_an_interrupt_leaves_no_file_no_process_and_no_half_reel(drawn: Draw, tmp_path: Path, stage: str) -> None:
    out = tmp_path / "out"
    out.mkdir()
    words = [sys.executable, "-m", "appliance", "reel", str(drawn("follow_glide").recording), "-o", str(out / "reel.mp4")]
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    with subprocess.Popen(
        words, env=environment, cwd=out, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stderr is not None
        next(line for line in process.stderr if line.startswith(stage))
        os.killpg(process.pid, signal.SIGINT)
        # The pipe closes only when every process that inherited it is gone.
        _, said = process.communicate(timeout=30)
    assert process.returncode == Status.INTERRUPTED, said
    assert "interrupted" in said
    assert "Traceback" not in said
    assert list(out.iterdir()) == []
    assert list(tmp_path.iterdir()) == [out]
