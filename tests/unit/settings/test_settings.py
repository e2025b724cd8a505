from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import platformdirs
import pytest

from appliance import settings as settings_module
from appliance.domain.errors import Misconfigured
from appliance.domain.rules import MotionRule, ReelRule, WatchingRule
from appliance.settings import Settings, cutting, environment_name, known_keys, load_settings, usable_cores, watcher_socket

REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def no_file_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(platformdirs, "user_config_path", lambda: tmp_path / "no config")


def loaded(text: str = "", *, tmp_path: Path, environment: dict[str, str] | None = None, **flags: object) -> Settings:
    path = tmp_path / "rinkreel.toml"
    path.write_text(text)
    named = {name.replace("__", "."): value for name, value in flags.items()}
    return load_settings(config=path, environment=environment or {}, flags=named)


def test_nothing_set_gives_the_rules_of_the_domain() -> None:
    settings = load_settings(environment={})
    assert settings.watching.rule() == WatchingRule()
    assert settings.motion.rule() == MotionRule()
    assert settings.reel.rule() == ReelRule()


def test_the_file_is_read_and_durations_are_exact(tmp_path: Path) -> None:
    settings = loaded('[reel]\nbudget = "3m"\npad_before = 0.1\n[motion]\nmin_moving = "0:01"', tmp_path=tmp_path)
    assert settings.reel.rule() == ReelRule(pad_before=Fraction(1, 10), budget=Fraction(180))
    assert settings.motion.rule().min_moving == 1


def test_command_line_beats_environment_beats_file(tmp_path: Path) -> None:
    text = "[motion]\nthreshold = 0.2\nmerge_gap = 5\nmin_moving = 7"
    environment = {"RINKREEL_MOTION_MERGE_GAP": "4s", "RINKREEL_MOTION_MIN_MOVING": "6"}
    rule = loaded(text, tmp_path=tmp_path, environment=environment, motion__min_moving="3").motion.rule()
    assert (rule.movement_threshold_hps, float(rule.merge_gap), float(rule.min_moving)) == (0.2, 4.0, 3.0)


def test_a_flag_that_was_not_given_changes_nothing(tmp_path: Path) -> None:
    assert loaded("[motion]\nthreshold = 0.2", tmp_path=tmp_path, motion__threshold=None).motion.threshold == 0.2


def test_a_variable_that_is_set_to_nothing_is_not_set(tmp_path: Path) -> None:
    settings = loaded("[motion]\nthreshold = 0.2", tmp_path=tmp_path, environment={"RINKREEL_MOTION_THRESHOLD": ""})
    assert settings.motion.threshold == 0.2
    assert loaded(tmp_path=tmp_path, environment={"RINKREEL_STORAGE_MODELS": ""}).storage.models is None


def test_the_environment_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("[watching]\ntarget_fps = 5")
    assert load_settings(environment={"RINKREEL_CONFIG": str(tmp_path / "mine.toml")}).watching.target_fps == 5


def test_the_users_own_file_is_read_when_there_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rinkreel.toml").write_text('[watching]\ntarget_fps = "30000/1001"')
    monkeypatch.setattr(platformdirs, "user_config_path", lambda: tmp_path)
    assert load_settings(environment={}).watching.target_fps == Fraction(30000, 1001)


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("[motion]\ntreshold = 1", "motion.threshold"),
        ("[moton]\nthreshold = 1", "motion"),
        ("[reel]\nmerge_gap = 1", "motion.merge_gap"),
        ("[watching]\ntarget_hight = 360", "watching.target_height"),
    ],
)
def test_an_unknown_key_is_refused_with_the_nearest_known_one(tmp_path: Path, text: str, suggestion: str) -> None:
    with pytest.raises(Misconfigured, match="no setting") as caught:
        loaded(text, tmp_path=tmp_path)
    assert caught.value.remedy == f"Did you mean {suggestion}?"


def test_an_unknown_key_like_no_other_lists_what_is_known(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured) as caught:
        loaded("[zzz]\nq = 1", tmp_path=tmp_path)
    assert "storage, watching, motion, reel" in caught.value.remedy


def test_an_unknown_variable_is_refused_too() -> None:
    with pytest.raises(Misconfigured) as caught:
        load_settings(environment={"RINKREEL_MOTON_THRESHOLD": "1", "HOME": "/root"})
    assert caught.value.remedy == "Did you mean RINKREEL_MOTION_THRESHOLD?"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[reel]\npad_after = "soon"', "a duration looks like"),
        ("[watching]\ntarget_fps = 0", "a rate is a number above zero"),
        ("[watching]\nchunk = 0", "longer than zero"),
        ("[reel]\nbudget = 0", "longer than zero"),
        ("[motion]\nthreshold = -1", "greater than 0"),
        ("[motion]\nthreshold = inf", "finite"),
        ('[watching]\nbackend = "tensorflow"', "'mediapipe' or 'onnx'"),
        ("[watching]\nworkers = 0", "greater than or equal to 1"),
        ('[reel]\nencoder = "x; rm"', "pattern"),
    ],
)
def test_a_senseless_value_is_refused_with_its_key_and_source(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(Misconfigured, match=said) as caught:
        loaded(text, tmp_path=tmp_path)
    assert "rinkreel.toml" in caught.value.why
    assert caught.value.remedy.startswith("Correct ")


@pytest.mark.parametrize("text", ["[motion", "motion = 3", "\x00"])
def test_a_file_that_is_no_settings_file_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(Misconfigured):
        loaded(text, tmp_path=tmp_path)


def test_a_named_file_that_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="could not be read"):
        load_settings(config=tmp_path / "nothing.toml", environment={})


def test_release_follows_the_threshold_unless_given(tmp_path: Path) -> None:
    rule = loaded("[motion]\nthreshold = 0.09", tmp_path=tmp_path).motion.rule()
    assert rule.release_hps == pytest.approx(MotionRule().release_hps * 0.09 / MotionRule().movement_threshold_hps)
    assert loaded("[motion]\nrelease = 0.05", tmp_path=tmp_path).motion.rule().release_hps == 0.05


def test_a_release_above_the_threshold_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="released"):
        loaded("[motion]\nthreshold = 0.1\nrelease = 0.2", tmp_path=tmp_path)


def test_models_lie_in_the_data_root_unless_moved(tmp_path: Path) -> None:
    environment = {"RINKREEL_HOME": str(tmp_path)}
    assert load_settings(environment=environment).storage.models_folder == tmp_path / "models"
    moved = load_settings(environment=environment | {"RINKREEL_STORAGE_MODELS": "/srv/models"})
    assert moved.storage.models_folder == Path("/srv/models")


def test_workers_are_as_many_as_cores_but_never_more_than_eight(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(cutting, "usable_cores", lambda: 64)
    assert load_settings(environment={}).watching.processes == 8
    assert loaded('[watching]\nworkers = "auto"', tmp_path=tmp_path).watching.processes == 8
    assert load_settings(environment={"RINKREEL_WATCHING_WORKERS": "12"}).watching.processes == 12
    assert usable_cores() >= 1


def test_budget_all_means_every_moment(tmp_path: Path) -> None:
    assert loaded('[reel]\nbudget = "3m"', tmp_path=tmp_path, reel__budget="all").reel.rule().budget is None


def test_settings_survive_a_trip_through_json() -> None:
    dumped = load_settings(environment={}).model_dump(mode="json")
    kept = {"pad_before": 2.0, "pad_after": 3.0, "budget": None, "encoder": "auto", "sessions": 2, "cutting": "auto"}
    assert dumped["reel"] == kept


def test_the_documentation_lists_every_key_with_its_variable_and_meaning() -> None:
    page = (REPOSITORY / "docs" / "configuration.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    expected = [
        (f"`{section}.{key}`", f"`{environment_name(section, key)}`", settings_module.describe_key(section, key))
        for section, keys in known_keys().items()
        for key in keys
    ]
    assert [tuple(cell.strip() for cell in row.strip("|").split("|"))[:4] for row in rows] == [
        (key, variable, f"`{description.default}`", description.meaning) for key, variable, description in expected
    ]


@pytest.mark.parametrize(
    ("flags", "may_copy"),
    [
        ({}, True),
        ({"reel.cutting": "exact"}, False),
        ({"reel.budget": "3m"}, False),
        ({"reel.encoder": "libx264"}, False),
        ({"reel.cutting": "auto", "reel.budget": "all"}, True),
    ],
)
def test_pictures_are_copied_only_where_nobody_asked_for_anything_exact(flags: dict[str, object], may_copy: bool) -> None:
    assert load_settings(flags=flags, environment={}).reel.may_copy is may_copy


def test_systemd_says_where_it_listens_if_it_does() -> None:
    assert watcher_socket({"NOTIFY_SOCKET": "/run/systemd/notify"}) == "/run/systemd/notify"
    assert watcher_socket({}) == ""
