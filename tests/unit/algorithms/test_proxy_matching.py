from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from appliance.algorithms.proxy_matching import proxy_matches
from appliance.domain.media import MediaFile, VideoTrack

VIDEO = VideoTrack(index=0, codec="h264", width_px=64, height_px=48, frame_rate_hz=Fraction(30), time_base=Fraction(1, 90_000))


def lasting(duration_s: str) -> MediaFile:
    return MediaFile(path=Path("a.mp4"), container="mp4", size_bytes=1, duration=Fraction(duration_s), video=VIDEO)


@pytest.mark.parametrize(("full", "proxy"), [("10", "10.5"), ("10", "9.5"), ("600", "606"), ("600", "594")])
def test_half_a_second_or_one_per_cent_of_difference_is_the_same_time_line(full: str, proxy: str) -> None:
    assert proxy_matches(lasting(full), lasting(proxy))


@pytest.mark.parametrize(("full", "proxy"), [("10", "10.6"), ("10", "5"), ("600", "607"), ("600", "300")])
def test_more_than_that_is_another_time_line(full: str, proxy: str) -> None:
    assert not proxy_matches(lasting(full), lasting(proxy))
