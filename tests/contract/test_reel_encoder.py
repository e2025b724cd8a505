"""What every reel encoder owes: the plan's frames in sync with their sound, upright, verified, and nothing half made."""

from __future__ import annotations

import _thread
import shutil
import subprocess
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest

from appliance.adapters.ffmpeg.binary import FfmpegBinary, find_ffmpeg
from appliance.adapters.ffmpeg.encoders import SOFTWARE
from appliance.adapters.ffmpeg.reel_encoder import EncodingRule, FfmpegReelEncoder
from appliance.adapters.pyav.prober import PyavProber
from appliance.domain.errors import Unusable
from appliance.domain.media import MediaFile, Orientation, Recording, Transfer
from appliance.domain.reel import Cut, Reel, ReelPlan
from appliance.domain.timespan import Span

FLASH = "drawbox=color=white:t=fill:enable='lt(mod(t+0.0005,{period}),0.045)'"
BEEP = "aevalsrc='if(lt(mod(t,{period}),0.045),0.8*sin(2*PI*1000*t),0)':s={rate}"


@dataclass
class HeardProgress:
    """Keeps what it is told; `then` may interrupt."""

    told: list[tuple[str, float, float]] = field(default_factory=list)
    then: Callable[[], object] = lambda: None

    def advance(self, stage: str, done_s: float, total_s: float) -> None:
        self.told.append((stage, done_s, total_s))
        self.then()


@pytest.fixture(scope="module")
def binary() -> FfmpegBinary:
    return find_ffmpeg()


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory, binary: FfmpegBinary) -> Clips:
    return Clips(folder=tmp_path_factory.mktemp("clips"), binary=binary)


@dataclass
class Clips:
    """Makes short recordings in which a white flash and a beep begin at the same instant, and remembers them."""

    folder: Path
    binary: FfmpegBinary

    def make(self, name: str, *arguments: str) -> MediaFile:
        path = self.folder / name
        if not path.exists():
            command = [str(self.binary.path), "-v", "error", "-nostdin", "-y", *arguments, f"file:{path}"]
            subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
        return PyavProber().probe(path)

    def flashing(self, name: str, *, rate: str = "25", size: str = "160x90", seconds: int = 8, sound: str = "48000") -> MediaFile:
        """A recording with a flash and a beep every second (every 1.001 s where the rate is fractional)."""
        period = "1.001" if "/" in rate else "1"
        pictures = f"color=0x304050:s={size}:r={rate}:d={seconds}," + FLASH.format(period=period)
        beeps = BEEP.format(period=period, rate=sound or "48000") + f":d={seconds}"
        audio = ["-f", "lavfi", "-i", beeps, "-c:a", "aac"] if sound else []
        video = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "50", "-pix_fmt", "yuv420p"]
        return self.make(name, "-f", "lavfi", "-i", pictures, *audio, *video)


def recording(*files: MediaFile, name: str = "rec") -> Recording:
    placed, offset = [], Fraction(0)
    for file in files:
        placed.append(replace(file, offset=offset))
        offset += file.duration
    return Recording(id=name, name=name, files=tuple(placed))


def cut(start_s: float, end_s: float, *, of: str = "rec", title: str = "A moment", score: float = 0.0) -> Cut:
    span = Span(Fraction(start_s).limit_denominator(1000), Fraction(end_s).limit_denominator(1000))
    return Cut(recording_id=of, span=span, title=title, poster_at=span.start + span.length / 2, score=score)


def encoder_with(binary: FfmpegBinary, *, name: str = SOFTWARE, stall_s: float = 60) -> FfmpegReelEncoder:
    return FfmpegReelEncoder(binary, name, prober=PyavProber(), rule=EncodingRule(stall_s=stall_s))


def make_reel(binary: FfmpegBinary, cuts: Sequence[Cut], recordings: Sequence[Recording], target: Path) -> Reel:
    return encoder_with(binary).assemble(ReelPlan(cuts=tuple(cuts)), recordings, target, HeardProgress())


@dataclass
class Played:
    """A reel as a player shows it: times and brightness of its frames, and its sound at 48 kHz."""

    times_s: npt.NDArray[np.float64]
    luma: npt.NDArray[np.float64]
    sound: npt.NDArray[np.float32]

    def flashes(self) -> npt.NDArray[np.float64]:
        white = self.luma > 180
        return np.asarray(self.times_s[white & ~np.concatenate([[False], white[:-1]])])

    def beeps(self) -> npt.NDArray[np.float64]:
        loud = np.flatnonzero(np.abs(self.sound) > 0.1) / 48_000
        return loud[np.diff(loud, prepend=-1.0) > 0.03]


def play(path: Path) -> Played:
    with av.open(str(path)) as container:
        frames = [(frame.time or 0.0, frame.to_ndarray(format="gray").mean()) for frame in container.decode(video=0)]
    with av.open(str(path)) as container:
        blocks = [frame.to_ndarray()[0] for frame in container.decode(audio=0) if (frame.pts or 0) >= 0]
    times, luma = np.array(frames).T
    return Played(times_s=times, luma=luma, sound=np.concatenate(blocks))


def assert_in_sync(played: Played, reel: Reel, cuts: Sequence[Cut]) -> int:
    """Every flash well inside a cut has its beep within one frame; returns how many were compared."""
    bounds = np.cumsum([0.0, *(float(each.span.length) for each in cuts)])
    inside = [flash for flash in played.flashes() if np.abs(bounds - flash).min() > 0.1]
    beeps = played.beeps()
    for flash in inside:
        assert np.abs(beeps - flash).min() <= 1 / float(reel.frame_rate_hz) + 0.005, f"flash at {flash:.3f} s"
    return len(inside)


def leftovers(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class TestReel:
    def test_forty_cuts_have_every_frame_and_stay_in_sync(self, clips: Clips, binary: FfmpegBinary, tmp_path: Path) -> None:
        source = recording(clips.flashing("ntsc.mp4", rate="30000/1001", seconds=9))
        cuts = [cut(0.37 + 0.171 * index, 0.37 + 0.171 * index + 1.313) for index in range(40)]
        reel = make_reel(binary, cuts, [source], tmp_path / "reel.mp4")
        played = play(reel.path)
        planned = ReelPlan(cuts=tuple(cuts)).duration
        assert len(played.times_s) == round(planned * Fraction(30000, 1001))
        assert np.allclose(np.diff(played.times_s), 1001 / 30000, atol=1e-4)
        assert abs(len(played.sound) / 48_000 - float(planned)) < 0.03
        assert assert_in_sync(played, reel, cuts) >= 40

    def test_mixed_rates_sizes_and_sound_meet_in_one_look(self, clips: Clips, binary: FfmpegBinary, tmp_path: Path) -> None:
        vfr = clips.make(
            "vfr.mkv",
            *(
                "-f",
                "lavfi",
                "-i",
                "color=0x304050:s=160x90:r=50:d=8," + FLASH.format(period=1) + ",select='not(eq(mod(n,7),3))'",
            ),
            *("-f", "lavfi", "-i", BEEP.format(period=1, rate=44100) + ":d=8", "-ac", "1", "-c:a", "libmp3lame"),
            *("-fps_mode", "vfr", "-c:v", "libx264", "-preset", "ultrafast", "-g", "60"),
        )
        sources = [
            recording(clips.flashing("pal.mp4"), name="pal"),
            recording(clips.flashing("film60.mp4", rate="60000/1001", sound="44100"), name="fast"),
            recording(clips.flashing("portrait.mp4", rate="30", size="90x160"), name="portrait"),
            recording(clips.flashing("silent.mp4", sound=""), name="silent"),
            recording(vfr, name="vfr"),
        ]
        cuts = [cut(0.45, 2.7, of=source.name) for source in sources] + [cut(3.3, 5.6, of="pal")]
        reel = make_reel(binary, cuts, sources, tmp_path / "reel.mp4")
        assert (reel.width_px, reel.height_px, reel.frame_rate_hz) == (160, 90, Fraction(25))
        played = play(reel.path)
        with_sound = Played(played.times_s, played.luma, played.sound)
        silent_from, silent_to = 3 * 2.25, 4 * 2.25
        with_sound.luma = np.where((played.times_s > silent_from) & (played.times_s < silent_to), 0, played.luma)
        portrait_on = (played.times_s > 2 * 2.25) & (played.times_s < 3 * 2.25)
        with_sound.luma = np.where(portrait_on & (played.luma > 60), 255, with_sound.luma)
        assert assert_in_sync(with_sound, reel, cuts) >= 8
        silence = played.sound[int((silent_from + 0.05) * 48_000) : int((silent_to - 0.05) * 48_000)]
        assert np.abs(silence).max() < 0.01

    def test_a_cut_across_two_camera_files_runs_through(self, clips: Clips, binary: FfmpegBinary, tmp_path: Path) -> None:
        first, second = clips.flashing("GX010001.mp4", seconds=3), clips.flashing("GX020001.mp4", seconds=3)
        cuts = [cut(1.5, 5.3)]
        reel = make_reel(binary, cuts, [recording(first, second)], tmp_path / "reel.mp4")
        played = play(reel.path)
        assert len(played.times_s) == 95
        assert assert_in_sync(played, reel, cuts) == 4

    def test_a_long_cut_is_split_without_a_seam(self, clips: Clips, binary: FfmpegBinary, tmp_path: Path) -> None:
        tone = clips.make(
            "tone.mp4",
            *("-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=46", "-f", "lavfi", "-i", "sine=440:d=46:r=48000"),
            *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"),
        )
        reel = make_reel(binary, [cut(0.5, 45.5)], [recording(tone)], tmp_path / "reel.mp4")
        played = play(reel.path)
        assert len(played.times_s) == 45 * 25
        loudness = np.abs(played.sound[: 48_000 * 44].reshape(-1, 480)).max(axis=1)
        assert loudness[5:].min() > 0.8 * np.median(loudness)

    @pytest.mark.parametrize("suffix", ["ts", "avi", "mkv", "frag.mp4"])
    def test_other_containers_are_cut_where_the_plan_says(
        self, clips: Clips, binary: FfmpegBinary, tmp_path: Path, suffix: str
    ) -> None:
        original = clips.flashing("plain.mp4")
        fragments = ["-movflags", "frag_keyframe+empty_moov"] if suffix == "frag.mp4" else []
        codecs = ["-c:v", "mpeg4", "-g", "50", "-c:a", "mp3"] if suffix == "avi" else ["-c", "copy"]
        copied = clips.make(f"copied.{suffix}", "-i", str(original.path), *codecs, *fragments)
        reel = make_reel(binary, [cut(4.5, 6.5)], [recording(copied)], tmp_path / "reel.mp4")
        played = play(reel.path)
        shown = play(copied.path).flashes() - float(copied.first_picture) - 4.5
        assert np.allclose(played.flashes(), shown[(shown > 0) & (shown < 2)], atol=0.041)
        assert_in_sync(played, reel, [cut(4.5, 6.5)])

    def test_progress_is_told_in_seconds_and_ends_at_the_total(self, clips: Clips, binary: FfmpegBinary, tmp_path: Path) -> None:
        progress = HeardProgress()
        plan = ReelPlan(cuts=(cut(0, 2), cut(3, 6)))
        encoder_with(binary).assemble(plan, [recording(clips.flashing("plain.mp4"))], tmp_path / "reel.mp4", progress)
        assert progress.told[-1] == ("assemble", 5.0, 5.0)
        assert [done for _, done, _ in progress.told] == sorted(done for _, done, _ in progress.told)

    def test_chapters_poster_and_players_needs_are_there(self, clips: Clips, binary: FfmpegBinary, tmp_path: Path) -> None:
        cuts = [cut(0, 2, title="A; jump = #1 \\ (really)"), cut(3, 6, title="Spin\nnext line", score=2.0)]
        reel = make_reel(binary, cuts, [recording(clips.flashing("plain.mp4"))], tmp_path / "reel.mp4")
        with av.open(str(reel.path)) as container:
            chapters = [
                (chapter["metadata"]["title"], chapter["start"] * (chapter["time_base"] or 0)) for chapter in container.chapters()
            ]
            stream = container.streams.video[0]
            assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
            assert container.streams.audio[0].codec_context.name == "aac"
        assert chapters == [("A; jump = #1 \\ (really)", 0), ("Spin\nnext line", 2)]
        data = reel.path.read_bytes()
        assert 0 < data.index(b"moov") < data.index(b"mdat")
        assert reel.poster == tmp_path / "reel.jpg"
        with av.open(str(reel.poster)) as picture:
            shown = next(picture.decode(video=0))
        assert (shown.width, shown.height) == (160, 90)
        assert leftovers(tmp_path) == ["reel.jpg", "reel.mp4"]

    def test_the_same_plan_gives_the_same_bytes(self, clips: Clips, binary: FfmpegBinary, tmp_path: Path) -> None:
        source = recording(clips.flashing("plain.mp4"))
        first, second = (make_reel(binary, [cut(1, 3)], [source], tmp_path / name) for name in ("a.mp4", "b.mp4"))
        assert first.path.read_bytes() == second.path.read_bytes()

    @pytest.mark.parametrize("name", ['-it\'s 100%: "ice" é😀', "new\nline", "a,b;[c]=d"])
    def test_odd_file_names_are_just_names(self, clips: Clips, binary: FfmpegBinary, tmp_path: Path, name: str) -> None:
        odd = tmp_path / f"{name}.mp4"
        shutil.copy(clips.flashing("plain.mp4").path, odd)
        source = recording(replace(clips.flashing("plain.mp4"), path=odd))
        reel = make_reel(binary, [cut(1, 2)], [source], tmp_path / f"reel of {name}" / f"{name}.mp4")
        assert len(play(reel.path).times_s) == 25


class TestPictures:
    @pytest.mark.parametrize("turn_deg", [0, 90, 180, 270])
    @pytest.mark.parametrize("mirrored", [False, True])
    def test_turned_and_mirrored_files_come_out_as_ffmpeg_itself_shows_them(
        self, clips: Clips, binary: FfmpegBinary, tmp_path: Path, turn_deg: int, mirrored: bool
    ) -> None:
        plain = clips.make(
            "corners.mp4",
            *("-f", "lavfi", "-i", "color=black:s=160x96:r=25:d=1,drawbox=0:0:80:48:white:fill,drawbox=80:0:80:48:gray:fill"),
            *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"),
        )
        # -display_rotation counts counterclockwise; the mirror is written so that it applies after the turn.
        flips = ["-display_hflip"] if mirrored else []
        turned = clips.make(
            f"turned{turn_deg}{mirrored}.mp4", "-display_rotation", str(-turn_deg), *flips, "-i", str(plain.path), "-c", "copy"
        )
        assert turned.video.orientation == Orientation(turn_deg=turn_deg, mirrored=mirrored)
        reel = make_reel(binary, [cut(0, 0.4)], [recording(turned)], tmp_path / "reel.mp4")
        size = ["-f", "rawvideo", "-pix_fmt", "gray"]
        shown = subprocess.run(
            [str(binary.path), "-v", "error", "-i", str(turned.path), "-frames:v", "1", *size, "-"],
            capture_output=True,
            check=True,
        ).stdout
        with av.open(str(reel.path)) as container:
            frame = next(container.decode(video=0))
            assert frame.rotation == 0
        expected = np.frombuffer(shown, np.uint8).reshape(reel.height_px, reel.width_px).astype(float)
        assert np.abs(frame.to_ndarray(format="gray") - expected).mean() < 4

    @pytest.mark.parametrize(("transfer", "name"), [(Transfer.HLG, "arib-std-b67"), (Transfer.PQ, "smpte2084")])
    def test_hdr_is_tone_mapped_to_eight_bits(
        self, clips: Clips, binary: FfmpegBinary, tmp_path: Path, transfer: Transfer, name: str
    ) -> None:
        tags = ["-color_trc", name, "-color_primaries", "bt2020", "-colorspace", "bt2020nc"]
        hdr = clips.make(
            f"{transfer}.mp4",
            *(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=s=160x90:r=25:d=1",
                "-c:v",
                "libx265",
                "-x265-params",
                f"log-level=none:transfer={name}",
            ),
            *("-pix_fmt", "yuv420p10le", *tags),
        )
        assert (hdr.video.transfer, hdr.video.bit_depth) == (transfer, 10)
        reel = make_reel(binary, [cut(0, 0.6)], [recording(hdr)], tmp_path / "reel.mp4")
        with av.open(str(reel.path)) as container:
            frame = next(container.decode(video=0))
            assert (frame.format.name, int(frame.color_trc), int(frame.colorspace)) == ("yuv420p", 1, 1)
        assert 20 < frame.to_ndarray(format="gray").mean() < 230

    def test_square_pixels_and_deinterlaced_frames_come_out(self, clips: Clips, binary: FfmpegBinary, tmp_path: Path) -> None:
        wide = clips.make(
            "wide.mp4",
            *("-f", "lavfi", "-i", "testsrc2=s=144x112:r=50:d=2,interlace,setsar=16/11", "-c:v", "libx264"),
            *("-preset", "ultrafast", "-flags", "+ilme+ildct", "-pix_fmt", "yuv420p"),
        )
        assert wide.video.interlaced
        reel = make_reel(binary, [cut(0.2, 1.2)], [recording(wide)], tmp_path / "reel.mp4")
        assert (reel.width_px, reel.height_px, reel.frame_rate_hz) == (208, 112, Fraction(25))
        with av.open(str(reel.path)) as container:
            frame = next(container.decode(video=0))
            assert not frame.interlaced_frame
            assert container.streams.video[0].sample_aspect_ratio in (None, 1)


class TestSound:
    def test_a_cut_after_the_end_of_the_sound_is_silent(self, clips: Clips, binary: FfmpegBinary, tmp_path: Path) -> None:
        pictures, beeps = clips.flashing("plain.mp4"), clips.flashing("two_seconds.mp4", seconds=2)
        short = clips.make(
            "short_sound.mp4", "-i", str(pictures.path), "-i", str(beeps.path), "-map", "0:v", "-map", "1:a", "-c", "copy"
        )
        played = play(make_reel(binary, [cut(4, 6), cut(1.5, 2.5)], [recording(short)], tmp_path / "reel.mp4").path)
        assert len(played.times_s) == 75
        assert np.abs(played.sound[: 2 * 48_000]).max() < 0.01

    def test_sound_that_starts_late_stays_late(self, clips: Clips, binary: FfmpegBinary, tmp_path: Path) -> None:
        late = clips.make(
            "late.mkv",
            *("-f", "lavfi", "-i", "color=gray:s=160x90:r=25:d=6"),
            *("-itsoffset", "2.5", "-f", "lavfi", "-i", "sine=1000:d=3:r=48000"),
            *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"),
        )
        reel = make_reel(binary, [cut(1.5, 4.5)], [recording(late)], tmp_path / "reel.mp4")
        assert np.allclose(play(reel.path).beeps(), [1.0], atol=0.03)


class TestFailure:
    def test_a_file_that_ends_early_gives_what_it_has_and_says_so(
        self, clips: Clips, binary: FfmpegBinary, tmp_path: Path
    ) -> None:
        whole = clips.flashing("plain.mp4")
        shorter = clips.make("shorter.ts", "-i", str(whole.path), "-t", "4", "-c", "copy")
        lying = replace(shorter, duration=whole.duration)
        reel = make_reel(binary, [cut(1, 2), cut(3, 6), cut(7, 8)], [recording(lying)], tmp_path / "reel.mp4")
        assert 1.9 < reel.duration < 2.5
        assert len(reel.remarks) == 2
        assert "shorter.ts: " in reel.remarks[0]
        assert "could not be decoded" in reel.remarks[0]

    def test_nothing_decodable_is_unusable_and_leaves_nothing(self, clips: Clips, binary: FfmpegBinary, tmp_path: Path) -> None:
        whole = clips.flashing("plain.mp4")
        with pytest.raises(Unusable, match="could be decoded"):
            make_reel(binary, [cut(20, 22)], [recording(replace(whole, duration=Fraction(30)))], tmp_path / "reel.mp4")
        assert leftovers(tmp_path) == []

    def test_an_interrupt_stops_everything_and_leaves_nothing(self, clips: Clips, binary: FfmpegBinary, tmp_path: Path) -> None:
        progress = HeardProgress(then=_thread.interrupt_main)
        others = set(threading.enumerate())
        source = recording(clips.flashing("plain.mp4"))
        plan = ReelPlan(cuts=tuple(cut(0, 7) for _ in range(12)))
        with pytest.raises(KeyboardInterrupt):
            encoder_with(binary).assemble(plan, [source], tmp_path / "reel.mp4", progress)
        assert leftovers(tmp_path) == []
        assert not [thread for thread in set(threading.enumerate()) - others if "ThreadPool" in thread.name]


def fake_ffmpeg(folder: Path, body: str) -> FfmpegBinary:
    script = folder / "fake-ffmpeg"
    script.write_text(f"#!/bin/sh\n{body}\n")
    script.chmod(0o755)
    return FfmpegBinary(path=script, version="9.0", origin="a test")
