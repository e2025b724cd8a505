"""A release is gathered from what may be handed on; where something is missing there is none."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from requirements.build_release import (
    PLATFORMS,
    SHIPPED_MODELS,
    Order,
    build_own_wheel,
    epoch_of,
    expectation,
    take_models,
    write_golden,
    write_pins,
)
from requirements.install import ROOT
from requirements.release_sealing import SealError


def order(tmp_path: Path, **words: object) -> Order:
    plain: dict[str, object] = {
        **{"source": tmp_path, "platform": "x86_64-cpu", "python": "3.11", "key": tmp_path / "key", "out": tmp_path / "out"},
        **{"wheels": tmp_path / "wheels", "models": tmp_path / "models", "golden": None, "epoch_s": 1},
    }
    return Order(**(plain | words))  # type: ignore[arg-type]


def test_every_platform_has_its_lock() -> None:
    assert all((ROOT / "requirements" / f"{lock}.txt").is_file() for lock, _tags in PLATFORMS.values())


def test_only_models_without_a_warning_in_the_manifest_are_handed_on() -> None:
    import tomllib

    cards = tomllib.loads((ROOT / "models" / "manifest.toml").read_text(encoding="utf-8"))
    by_file = {card["file"]: card for card in cards.values()}
    for name in SHIPPED_MODELS:
        assert by_file[name]["licence"] == "Apache-2.0"
        assert "licence" not in by_file[name]["note"]


def test_models_come_with_the_notes_that_vouch_for_them(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    for name in (*SHIPPED_MODELS, "pose_landmarker_full.task.built.json", "rtmo_s.onnx"):
        (tmp_path / "models" / name).write_text(name)
    take_models(tmp_path / "models", tmp_path / "taken")
    taken = {path.name for path in (tmp_path / "taken").iterdir()}
    assert taken == {*SHIPPED_MODELS, "pose_landmarker_full.task.built.json"}
    (tmp_path / "models" / SHIPPED_MODELS[0]).unlink()
    with pytest.raises(SealError, match="rinkreel models build"):
        take_models(tmp_path / "models", tmp_path / "again")


def test_the_box_is_told_the_hash_of_every_wheel(tmp_path: Path) -> None:
    (tmp_path / "wheels").mkdir()
    with zipfile.ZipFile(tmp_path / "wheels" / "one-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr("one-1.0.dist-info/METADATA", "Name: one\nVersion: 1.0\n")
    write_pins(tmp_path)
    [line] = (tmp_path / "pins.txt").read_text().splitlines()
    assert line.startswith("one==1.0 --hash=sha256:")
    assert len(line.rsplit(":", 1)[1]) == 64


def test_a_release_without_the_page_is_none(tmp_path: Path) -> None:
    with pytest.raises(SealError, match="make page"):
        build_own_wheel(order(tmp_path), tmp_path)


def test_what_has_to_be_found_again_is_taken_from_a_report() -> None:
    report = {"segments": [{"start_s": 1.0, "end_s": 2.5, "score": 1.0}], "reels": [{"duration_s": 4.0}, {"duration_s": 1.5}]}
    assert json.loads(expectation(report)) == {"reel_s": 5.5, "segments": [[1.0, 2.5]]}


def test_a_golden_session_of_before_is_kept_as_it_is(tmp_path: Path) -> None:
    golden = tmp_path / "golden"
    golden.mkdir()
    (golden / "expected.json").write_text("{}")
    write_golden(order(tmp_path, golden=golden), tmp_path / "new")
    assert (tmp_path / "new" / "expected.json").read_text() == "{}"


def test_the_time_in_a_release_is_its_commits_unless_another_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    assert epoch_of(tmp_path) == 1_790_000_000
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert epoch_of(tmp_path) == 0
