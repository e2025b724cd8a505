"""What every maker of extras owes: the whole thing or nothing, made where it was asked for, and stopped when asked to."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from threading import Event

import av
import numpy as np
import pytest

from appliance.adapters.ffmpeg.binary import find_ffmpeg
from appliance.adapters.ffmpeg.encoders import SOFTWARE
from appliance.adapters.ffmpeg.extras import FfmpegExtras
from appliance.adapters.ffmpeg.reel_encoder import FfmpegReelEncoder
from appliance.adapters.pyav.prober import PyavProber
from appliance.algorithms.rest_planning import plan_rest
from appliance.algorithms.sheet_planning import plan_sheet
from appliance.domain.errors import Transient, Unusable
from appliance.domain.media import Recording
from appliance.domain.reel import Cut, ReelPlan
from appliance.domain.timespan import Span
from appliance.ports.extras import ExtrasMaker

from ..extras_fakes import PaperExtras
from ..fakes import HeardProgress
from ..media_files import TURN_90, Clip, write_clip

makers = pytest.mark.parametrize("maker", [FfmpegExtras(find_ffmpeg()), PaperExtras()], ids=["ffmpeg", "paper"])


def recording_of(*paths: Path) -> Recording:
    files, offset = [], Fraction(0)
    for path in paths:
        file = replace(PyavProber().probe(path), offset=offset)
        files.append(file)
        offset += file.duration
    return Recording(id="r", name="a", files=tuple(files))


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """Twelve seconds in two chapters."""
    folder = tmp_path_factory.mktemp("clips")
    return recording_of(*(write_clip(folder / f"it's {n}: %d.mp4", Clip(seconds=6, sound=True)) for n in range(2)))


@makers
def test_each_thing_appears_where_it_was_asked_for_and_nothing_else_does(
    maker: ExtrasMaker, recording: Recording, tmp_path: Path
) -> None:
    film = plan_rest(recording.span, None, (96, 64))
    assert film is not None
    maker.draw_sheet(recording, plan_sheet(recording.duration, 4), tmp_path / "new" / "sheet.jpg", Event())
    maker.film_fast(recording, film, tmp_path / "new" / "film.mp4", Event())
    maker.copy_clip(recording.files[0].path, Span(Fraction(1), Fraction(3)), tmp_path / "new" / "clip.mp4", Event())
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["clip.mp4", "film.mp4", "sheet.jpg"]
    assert all(path.stat().st_size for path in (tmp_path / "new").iterdir())


@makers
def test_whoever_is_told_to_stop_leaves_nothing(maker: ExtrasMaker, recording: Recording, tmp_path: Path) -> None:
    stop = Event()
    stop.set()
    with pytest.raises(Transient):
        maker.draw_sheet(recording, plan_sheet(recording.duration, 4), tmp_path / "sheet.jpg", stop)
    assert list(tmp_path.iterdir()) == []


def test_a_sheet_has_its_pictures_in_rows_and_is_black_where_there_are_none(recording: Recording, tmp_path: Path) -> None:
    sheet = plan_sheet(recording.duration, 5)
    FfmpegExtras(find_ffmpeg()).draw_sheet(recording, sheet, tmp_path / "sheet.jpg", Event())
    with av.open(str(tmp_path / "sheet.jpg")) as container:
        picture = next(container.decode(video=0)).to_ndarray(format="gray")
    assert picture.shape == (3 * 90, 5 * 160)
    cells = [picture[90 * row : 90 * row + 90, 160 * column : 160 * column + 160] for row in range(3) for column in range(5)]
    shown = [cell.max() > 100 for cell in cells]
    assert shown == [True] * 12 + [False] * 3


def test_a_fast_film_has_the_planned_length_and_shape_over_all_chapters(recording: Recording, tmp_path: Path) -> None:
    kept = Cut(recording_id="r", span=Span(Fraction(2), Fraction(4)), title="", poster_at=Fraction(2))
    film = plan_rest(recording.span, ReelPlan(cuts=(kept,)), (96, 64))
    assert film is not None
    FfmpegExtras(find_ffmpeg()).film_fast(recording, film, tmp_path / "film.mp4", Event())
    made = PyavProber().probe(tmp_path / "film.mp4")
    assert (made.video.width_px, made.video.height_px, made.audio) == (96, 64, None)
    assert float(made.duration) == pytest.approx(10 / 8, abs=0.2)


def test_a_turned_phone_gives_upright_pictures(tmp_path: Path) -> None:
    recording = recording_of(write_clip(tmp_path / "a.mp4", Clip(seconds=2, matrix=TURN_90)))
    sheet = plan_sheet(recording.duration, 1)
    FfmpegExtras(find_ffmpeg()).draw_sheet(recording, sheet, tmp_path / "sheet.jpg", Event())
    with av.open(str(tmp_path / "sheet.jpg")) as container:
        picture = next(container.decode(video=0)).to_ndarray(format="gray")[:90]
    columns = np.flatnonzero(picture.max(axis=0) > 40)
    assert 55 <= columns.max() - columns.min() <= 65


def test_a_clip_plays_for_as_long_as_was_asked_with_its_sound(recording: Recording, tmp_path: Path) -> None:
    FfmpegExtras(find_ffmpeg()).copy_clip(recording.files[0].path, Span(Fraction(2), Fraction(4)), tmp_path / "c.mp4", Event())
    made = PyavProber().probe(tmp_path / "c.mp4")
    assert made.audio is not None
    assert float(made.duration) == pytest.approx(2, abs=0.1)


def test_what_does_not_decode_is_said_so(recording: Recording, tmp_path: Path) -> None:
    path = tmp_path / "broken.mp4"
    path.write_bytes(b"no video")
    broken = replace(recording, files=(replace(recording.files[0], path=path),))
    film = plan_rest(recording.files[0].span, None, (96, 64))
    assert film is not None
    with pytest.raises(Unusable):
        FfmpegExtras(find_ffmpeg()).draw_sheet(broken, plan_sheet(Fraction(2), 2), tmp_path / "x.jpg", Event())
    with pytest.raises(Unusable):
        FfmpegExtras(find_ffmpeg()).film_fast(broken, film, tmp_path / "x.mp4", Event())
    assert sorted(each.name for each in tmp_path.iterdir()) == ["broken.mp4"]


def test_clips_of_a_reel_are_its_chapters_picture_by_picture(recording: Recording, tmp_path: Path) -> None:
    spans = (Span(Fraction(1), Fraction(3)), Span(Fraction(7), Fraction(8)))
    plan = ReelPlan(cuts=tuple(Cut(recording_id="r", span=span, title="", poster_at=span.start) for span in spans))
    encoder = FfmpegReelEncoder(find_ffmpeg(), SOFTWARE, prober=PyavProber())
    reel = encoder.assemble(plan, [recording], tmp_path / "reel.mp4", HeardProgress())
    assert [chapter.source for chapter in reel.chapters] == list(spans)
    assert [chapter.played for chapter in reel.chapters] == [Span(Fraction(0), Fraction(2)), Span(Fraction(2), Fraction(3))]
    for chapter in reel.chapters:
        FfmpegExtras(find_ffmpeg()).copy_clip(reel.path, chapter.played, tmp_path / "clip.mp4", Event())
        with av.open(str(tmp_path / "clip.mp4")) as container:
            frames = sum(1 for _ in container.decode(video=0))
        assert frames == chapter.played.length * 30
