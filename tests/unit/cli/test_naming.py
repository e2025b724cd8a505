from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from appliance.cli.naming import TargetNamer, checked_target, guarded, paths_of, refuse_inputs
from appliance.domain.errors import Misconfigured
from appliance.domain.media import Recording

MakeRecording = Callable[..., Recording]


def namer(output: Path | None = None, *, into_folder: bool = True, force: bool = False, group: str | None = None) -> TargetNamer:
    return TargetNamer(output=output, into_folder=into_folder, force=force, group=group)


def test_without_a_name_the_reel_is_called_after_its_recording(
    recording_named: MakeRecording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert namer().name_target([recording_named("GX0123")]) == Path("highlight_GX0123.mp4")


def test_several_recordings_are_called_after_their_folder_or_the_first(
    recording_named: MakeRecording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    both = [recording_named("a"), recording_named("b")]
    assert namer(group="card").name_target(both) == Path("highlight_card.mp4")
    assert namer().name_target(both) == Path("highlight_a.mp4")
    assert namer(group="card").name_target(both[:1]) == Path("highlight_a.mp4")


def test_a_folder_is_made_and_two_of_one_name_do_not_share_a_reel(recording_named: MakeRecording, tmp_path: Path) -> None:
    naming = namer(tmp_path / "new" / "reels")
    targets = [naming.name_target([recording_named("a")]) for _ in range(2)]
    assert [target.name for target in targets] == ["highlight_a.mp4", "highlight_a_2.mp4"]
    assert targets[0].parent.is_dir()


def test_what_is_there_is_replaced_only_when_told_to(recording_named: MakeRecording, tmp_path: Path) -> None:
    (tmp_path / "reel.mp4").touch()
    with pytest.raises(Misconfigured, match="is there already") as caught:
        namer(tmp_path / "reel.mp4", into_folder=False).name_target([recording_named()])
    assert "--force" in caught.value.remedy
    assert namer(tmp_path / "reel.mp4", into_folder=False, force=True).name_target([recording_named()]) == tmp_path / "reel.mp4"


@pytest.mark.parametrize("target", ["clip.mp4", "sub/../clip.mp4", "link.mp4"])
def test_no_force_writes_over_a_recording(recording_named: MakeRecording, tmp_path: Path, target: str) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "clip.mp4").touch()
    (tmp_path / "link.mp4").symlink_to(tmp_path / "clip.mp4")
    recording = recording_named(path=tmp_path / "clip.mp4")
    with pytest.raises(Misconfigured, match="already taken"):
        namer(tmp_path / target, into_folder=False, force=True).name_target([recording])


def test_report_and_plot_stay_away_from_recordings_and_their_twins(recording_named: MakeRecording, tmp_path: Path) -> None:
    recording = recording_named(path=tmp_path / "clip.mp4", proxy=tmp_path / "clip.lrv")
    assert list(paths_of(recording)) == [tmp_path / "clip.mp4", tmp_path / "clip.lrv"]
    with pytest.raises(Misconfigured):
        guarded(namer(tmp_path / "reel.mp4", into_folder=False), [tmp_path / "clip.lrv"])([recording])
    assert guarded(namer(tmp_path / "reel.mp4", into_folder=False), [tmp_path / "a.json"])([recording]).name == "reel.mp4"


@pytest.mark.parametrize("name", ["reel.avi", "reel", "no folder/reel.mp4"])
def test_a_name_that_no_reel_can_have_is_refused_with_a_remedy(tmp_path: Path, name: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        checked_target(tmp_path / name)
    assert caught.value.remedy


def test_a_folder_is_no_reel(tmp_path: Path) -> None:
    (tmp_path / "reels.mp4").mkdir()
    with pytest.raises(Misconfigured, match="is a folder"):
        checked_target(tmp_path / "reels.mp4")


def test_other_files_may_be_written(tmp_path: Path) -> None:
    refuse_inputs([tmp_path / "report.json"], [tmp_path / "clip.mp4"])
