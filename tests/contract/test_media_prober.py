"""What every media prober must do, whatever it is built on."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from appliance.adapters.pyav.prober import PyavProber
from appliance.domain.errors import Misconfigured, Transient, Unusable
from appliance.domain.media import Orientation, Transfer
from appliance.ports import MediaProber
from appliance.services.prober_process import ProberProcess

from ..media_files import (
    MIRROR,
    TURN_90,
    TURN_90_MIRROR,
    TURN_180,
    TURN_270,
    Clip,
    cut_short,
    write_clip,
    write_sound,
)


@pytest.fixture(scope="module", params=["here", "in a process of its own"])
def prober(request: pytest.FixtureRequest) -> Iterator[MediaProber]:
    if request.param == "here":
        yield PyavProber()
        return
    apart = ProberProcess(PyavProber)
    yield apart
    apart.close()


class TestMediaProber:
    def test_a_plain_file_is_described_exactly(self, prober: MediaProber, tmp_path: Path) -> None:
        file = prober.probe(write_clip(tmp_path / "a.mp4", Clip(seconds=2, sound=True)))
        assert file.duration == 2
        assert file.size_bytes == (tmp_path / "a.mp4").stat().st_size
        assert (file.video.codec, file.video.width_px, file.video.height_px) == ("h264", 96, 64)
        assert (file.video.frame_rate_hz, file.video.variable_rate, file.video.bit_depth) == (Fraction(30), False, 8)
        assert (file.video.orientation, file.video.transfer, file.video.pixel_aspect) == (
            Orientation(),
            Transfer.SDR,
            Fraction(1),
        )
        assert file.audio is not None
        assert (file.audio.codec, file.audio.sample_rate_hz, file.audio.channels) == ("aac", 48_000, 2)
        assert file.remarks == ()

    def test_a_file_without_sound_has_none(self, prober: MediaProber, tmp_path: Path) -> None:
        file = prober.probe(write_clip(tmp_path / "a.mp4"))
        assert (file.audio, file.remarks) == (None, ())

    @pytest.mark.parametrize(
        ("matrix", "orientation", "size"),
        [
            (TURN_90, Orientation(turn_deg=90), (64, 96)),
            (TURN_180, Orientation(turn_deg=180), (96, 64)),
            (TURN_270, Orientation(turn_deg=270), (64, 96)),
            (MIRROR, Orientation(mirrored=True), (96, 64)),
            (TURN_90_MIRROR, Orientation(turn_deg=90, mirrored=True), (64, 96)),
        ],
    )
    def test_turns_and_mirrors_are_read(
        self, prober: MediaProber, tmp_path: Path, matrix: tuple[int, ...], orientation: Orientation, size: tuple[int, int]
    ) -> None:
        video = prober.probe(write_clip(tmp_path / "a.mp4", Clip(seconds=0.2, matrix=matrix))).video
        assert (video.orientation, video.display_size_px) == (orientation, size)

    def test_pixels_that_are_not_square_are_noticed(self, prober: MediaProber, tmp_path: Path) -> None:
        video = prober.probe(write_clip(tmp_path / "a.mp4", Clip(seconds=0.2, aspect=Fraction(2)))).video
        assert (video.pixel_aspect, video.display_size_px) == (Fraction(2), (192, 64))

    def test_a_variable_rate_is_noticed(self, prober: MediaProber, tmp_path: Path) -> None:
        stamps = [0, 33, 66, 300, 333, 400, 900, 933, 1000]
        video = prober.probe(write_clip(tmp_path / "a.mp4", Clip(stamps=stamps))).video
        assert video.variable_rate
        assert 7 < video.frame_rate_hz < 10

    def test_more_than_eight_bits_and_hdr_are_noticed(self, prober: MediaProber, tmp_path: Path) -> None:
        options = {"preset": "ultrafast", "x264-params": "transfer=smpte2084:colorprim=bt2020"}
        clip = Clip(seconds=0.2, pixel_format="yuv420p10le", options=options)
        video = prober.probe(write_clip(tmp_path / "a.mp4", clip)).video
        assert (video.bit_depth, video.transfer) == (10, Transfer.PQ)

    def test_interlaced_pictures_are_noticed(self, prober: MediaProber, tmp_path: Path) -> None:
        options = {"preset": "ultrafast", "x264-params": "tff=1"}
        assert prober.probe(write_clip(tmp_path / "a.mp4", Clip(seconds=0.2, options=options))).video.interlaced

    @pytest.mark.parametrize("name", ["a.mp4", "a.ts", "a.mkv"])
    def test_a_clock_that_does_not_start_at_zero_is_kept(self, prober: MediaProber, tmp_path: Path, name: str) -> None:
        file = prober.probe(write_clip(tmp_path / name, Clip(stamps=range(5000, 7000, 40))))
        assert file.first_picture == 5
        assert file.duration == pytest.approx(2, abs=0.05)

    @pytest.mark.parametrize("suffix", [".ts", ".mp4", ".mov", ".mkv", ".avi"])
    def test_b_pictures_do_not_disturb_where_a_file_begins_and_ends(
        self, prober: MediaProber, tmp_path: Path, suffix: str
    ) -> None:
        clip = Clip(seconds=1, options={"preset": "fast", "bf": "3", "g": "30"})
        assert prober.probe(write_clip(tmp_path / f"a{suffix}", clip)).duration == pytest.approx(1, abs=0.07)

    def test_a_length_that_no_header_states_is_read_off_the_packets(self, prober: MediaProber, tmp_path: Path) -> None:
        file = prober.probe(write_clip(tmp_path / "live.mkv", Clip(seconds=3, container_options={"live": "1"})))
        assert file.duration == pytest.approx(3, abs=0.01)

    @pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
    @pytest.mark.parametrize("seconds", [10, 80])
    def test_a_file_cut_short_yields_what_is_there_and_says_so(
        self, prober: MediaProber, tmp_path: Path, suffix: str, seconds: int
    ) -> None:
        clip = Clip(seconds=seconds, rate_hz=5, container_options={"movflags": "faststart"} if suffix == ".mp4" else {})
        whole = write_clip(tmp_path / f"whole{suffix}", clip)
        file = prober.probe(cut_short(whole, tmp_path / f"cut{suffix}", 0.5))
        assert seconds * 0.2 < file.duration < seconds * 0.6
        assert "the rest is missing" in " ".join(file.remarks)

    @pytest.mark.parametrize(("suffix", "options"), [(".ts", {}), (".MTS", {"mpegts_m2ts_mode": "1"})])
    def test_a_transport_stream_that_ends_within_a_packet_says_so(
        self, prober: MediaProber, tmp_path: Path, suffix: str, options: dict[str, str]
    ) -> None:
        whole = write_clip(tmp_path / f"whole{suffix}", Clip(seconds=2, container_options=options))
        assert not any("the rest is missing" in remark for remark in prober.probe(whole).remarks)
        (tmp_path / f"cut{suffix}").write_bytes(whole.read_bytes()[:-2000])
        assert "the rest is missing" in " ".join(prober.probe(tmp_path / f"cut{suffix}").remarks)

    def test_the_suffix_does_not_matter(self, prober: MediaProber, tmp_path: Path) -> None:
        path = write_clip(tmp_path / "a.mp4").rename(tmp_path / "clip: 1.bin")
        assert prober.probe(path).duration == 2

    def test_a_recording_that_was_never_closed_is_unusable_and_says_how_to_mend_it(
        self, prober: MediaProber, tmp_path: Path
    ) -> None:
        broken = cut_short(write_clip(tmp_path / "a.mp4"), tmp_path / "b.mp4", 0.5)
        with pytest.raises(Unusable, match="not closed by the camera") as caught:
            prober.probe(broken)
        assert "camera" in caught.value.remedy

    def test_sound_alone_is_unusable(self, prober: MediaProber, tmp_path: Path) -> None:
        with pytest.raises(Unusable, match="no moving picture"):
            prober.probe(write_sound(tmp_path / "a.mp4"))

    def test_a_picture_under_another_name_is_unusable(self, prober: MediaProber, tmp_path: Path) -> None:
        path = write_clip(
            tmp_path / "a.png", Clip(seconds=0.1, rate_hz=10, codec="png", pixel_format="rgb24", options={}, format="image2")
        )
        with pytest.raises(Unusable, match="picture, not a recording"):
            prober.probe(path.rename(tmp_path / "a.mp4"))

    @pytest.mark.parametrize(
        "content", [b"", b"\x00" * 5000, b"skating times\n" * 400, b"#EXTM3U\n/etc/hostname\n", bytes(range(256)) * 40]
    )
    def test_what_is_no_video_is_unusable_and_says_why(self, prober: MediaProber, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "a.mp4"
        path.write_bytes(content)
        with pytest.raises(Unusable) as caught:
            prober.probe(path)
        assert caught.value.why.startswith("a.mp4 ")
        assert caught.value.remedy

    def test_a_file_that_went_away_may_come_back(self, prober: MediaProber, tmp_path: Path) -> None:
        with pytest.raises(Transient):
            prober.probe(tmp_path / "gone.mp4")

    def test_a_folder_is_unusable(self, prober: MediaProber, tmp_path: Path) -> None:
        with pytest.raises((Unusable, Misconfigured)):
            prober.probe(tmp_path)


def test_every_odd_file_ends_in_a_description_or_in_a_reason(shared_folder: Path) -> None:
    prober = PyavProber()
    usable, refused = [], {}
    for path in sorted((shared_folder / "footage" / "odd").iterdir()):
        try:
            file = prober.probe(path)
        except Unusable as refusal:
            refused[path.name] = refusal.why
        else:
            usable.append(path.name)
            assert file.duration > 0
            assert 1 <= file.video.frame_rate_hz <= 240
            assert file.duration < 400
    assert len(usable) > 40
    assert all(why.startswith(name) or name in why for name, why in refused.items())


@pytest.mark.parametrize(
    ("name", "duration_s"),
    [
        ("mb_annex-b.mp4", 0.5),
        ("ax_sample_fragmented.mp4", 1.0),
        ("ax_sample_mdat_too_long.mp4", 1.0),
        ("mb_annex-b-avc.mkv", 35.2),
    ],
)
def test_a_lying_length_is_found_out(shared_folder: Path, name: str, duration_s: float) -> None:
    assert PyavProber().probe(shared_folder / "footage" / "odd" / name).duration == pytest.approx(duration_s, abs=0.1)


@pytest.mark.parametrize(
    ("name", "orientation", "transfer"),
    [
        ("ax_sample_rotate_and_reflect.mp4", Orientation(turn_deg=90, mirrored=True), Transfer.SDR),
        ("ax_dolbyVision-hdr.MOV", Orientation(turn_deg=90), Transfer.HLG),
        ("ax_hdr10-video-with-sdr-container.mp4", Orientation(), Transfer.PQ),
        ("decord_video_270.mov", Orientation(turn_deg=270), Transfer.SDR),
        ("ax_sample_with_htc_rotation_track_name.mkv", Orientation(), Transfer.SDR),
    ],
)
def test_phones_and_cameras_are_understood(shared_folder: Path, name: str, orientation: Orientation, transfer: Transfer) -> None:
    video = PyavProber().probe(shared_folder / "footage" / "odd" / name).video
    assert (video.orientation, video.transfer) == (orientation, transfer)
