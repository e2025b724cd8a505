"""Twin of adapters/ffmpeg/copying.py; that the pictures come out unchanged is in tests/contract."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import pytest

from appliance.adapters.ffmpeg.binary import FfmpegBinary
from appliance.adapters.ffmpeg.copying import CopyPlan, check_copies, copy_parts, growth_remark, plan_copies
from appliance.adapters.ffmpeg.cutting import ReelLook
from appliance.adapters.ffmpeg.rendering import RenderedPart
from appliance.adapters.ffmpeg.running import FfmpegRunner
from appliance.domain.errors import Transient
from appliance.domain.media import MediaFile, PictureGroup, PictureRun, Recording, VideoTrack
from appliance.domain.reel import Cut, ReelPlan
from appliance.domain.timespan import Seconds, Span

RATE = Fraction(30_000, 1001)
LOOK = ReelLook(width_px=64, height_px=64, rate_hz=RATE)
FILE = MediaFile(
    path=Path("/a.mp4"),
    container="mov,mp4",
    size_bytes=1,
    duration=600 / RATE,
    video=VideoTrack(index=3, codec="h264", width_px=64, height_px=64, frame_rate_hz=RATE, time_base=1 / RATE / 1001),
)
RECORDING = Recording(id="r", name="r", files=(FILE,))


def plan_of(*spans: tuple[float, float]) -> ReelPlan:
    cuts = [Span(Fraction(start), Fraction(end)) for start, end in spans]
    return ReelPlan(cuts=tuple(Cut(recording_id="r", span=span, title="t", poster_at=span.start) for span in cuts))


@dataclass
class Groups:
    """A key frame every 60 frames, no B-frames; a file's setup may be its own."""

    setup_of: Callable[[MediaFile], bytes] = lambda _file: b"avcC"
    closed = 0

    def close(self) -> None:
        self.closed += 1

    def read_groups(self, file: MediaFile, span: Span, reach: Seconds) -> PictureRun:
        assert reach == 5
        first, last = int(span.start * RATE) // 60, -(-span.end * RATE // 60)
        groups = [
            PictureGroup(stamps=tuple((60 * place + frame) / RATE for frame in range(60))) for place in range(first, int(last))
        ]
        return PictureRun(groups=tuple(groups), end=60 * int(last) / RATE, pixel_format="yuv420p", setup=self.setup_of(file))


def copies_of(plan: ReelPlan) -> CopyPlan:
    copies = plan_copies(plan, [RECORDING], LOOK, Groups())
    assert isinstance(copies, CopyPlan)
    return copies


def test_parts_are_whole_groups_and_their_samples_never_drift() -> None:
    copies = copies_of(plan_of((3, 3.5), (7, 9), (13, 13.5)))
    assert [(part.start, part.frames, part.cut_index) for part in copies.parts] == [
        (60 / RATE, 60, 0),
        (180 / RATE, 120, 1),
        (360 / RATE, 60, 2),
    ]
    assert sum(part.samples for part in copies.parts) == LOOK.sample_at(240)
    assert copies.plan.duration == 240 / RATE
    assert growth_remark(copies, plan_of((3, 3.5), (7, 9), (13, 13.5))).startswith("cut on key frames: 5.0 s more")


def test_cuts_that_touch_play_as_one_part() -> None:
    copies = copies_of(plan_of((3, 3.5), (4.5, 5)))
    assert [(part.frames, part.opens_cut, part.closes_cut) for part in copies.parts] == [(120, True, True)]
    assert len(copies.plan.cuts) == 1


@pytest.mark.parametrize(
    ("look", "groups", "file", "reason"),
    [
        (replace(LOOK, width_px=32), Groups(), FILE, "another size"),
        (replace(LOOK, rate_hz=Fraction(30)), Groups(), FILE, "evenly"),
        (LOOK, Groups(lambda file: file.path.name.encode()), FILE, "coded differently"),
        (LOOK, Groups(), replace(FILE, remarks=("odd",)), "odd"),
    ],
)
def test_a_reel_that_cannot_be_copied_says_why(look: ReelLook, groups: Groups, file: MediaFile, reason: str) -> None:
    second = replace(file, path=Path("/b.mp4"), offset=file.duration)
    found = plan_copies(plan_of((3, 25)), [Recording(id="r", name="r", files=(file, second))], look, groups)
    assert isinstance(found, str)
    assert reason in found


def test_pictures_are_copied_from_the_key_frame_and_sound_is_decoded(tmp_path: Path) -> None:
    copies = replace(copies_of(plan_of((7, 9))), reordered=2)
    runner = FfmpegRunner(binary=FfmpegBinary(path=Path("/ffmpeg"), version="9.0", origin="a test"), stall_s=1)
    copier = copy_parts(copies, LOOK, runner, (tmp_path, 2))
    arguments = copier.part_arguments(copies.parts[0], tmp_path / "v.mp4", tmp_path / "a.pcm")
    told = " ".join(arguments)
    assert "-map 1:3 -c:v copy -copypriorss 0 -frames:v 120" in told
    assert f"-ss {float(Fraction(359, 2) / RATE):.6f}" in told
    assert "dts=(N-2)/(30000/1001)/TB" in told
    assert copier.recipe.name == "copy"


def test_a_part_that_lacks_a_packet_is_not_believed() -> None:
    (part,) = copies_of(plan_of((3, 3.5))).parts
    whole = RenderedPart(part=part, frames=60, pictures=Path("v"), sound=Path("a"))
    check_copies([whole])
    with pytest.raises(Transient, match="59 packets"):
        check_copies([whole, replace(whole, frames=59)])


def test_files_that_stayed_open_are_closed_once_the_plan_is_made() -> None:
    groups = Groups()
    plan_copies(plan_of((1, 3)), [RECORDING], LOOK, groups)
    assert groups.closed == 1
