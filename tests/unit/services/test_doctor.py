from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from appliance.domain.errors import Misconfigured
from appliance.domain.health import Finding, State, ToolTrial
from appliance.services.doctor import (
    Machine,
    examine,
    judge_backends,
    judge_encoders,
    judge_graphics,
    judge_models,
    judge_providers,
    judge_python,
    judge_room,
    judge_sqlite,
    worst_state,
)

SOUND = Machine(
    python_version=lambda: (3, 13, 1),
    ffmpeg=lambda: "7.1",
    encoders=lambda: [ToolTrial(name="h264_nvenc", works=False, why="no device"), ToolTrial(name="libx264", works=True)],
    providers=lambda module: [module],
    import_error=lambda _: None,
    models=lambda: [ToolTrial(name="blazepose", works=True, why="ready")],
    graphics=lambda: ((), "no NVIDIA driver"),
    free_bytes=lambda: 10**12,
    sqlite_version=lambda: (3, 51, 3),
)


def findings_of(**changes: Any) -> dict[str, Finding]:
    return {finding.name: finding for finding in examine(dataclasses.replace(SOUND, **changes))}


def test_a_sound_machine_has_nothing_to_mend() -> None:
    findings = examine(SOUND)
    assert worst_state(findings) is State.OK
    assert all(not finding.remedy for finding in findings)


def test_what_the_drivers_library_tells_of_gpus_takes_the_place_of_their_names() -> None:
    told = [Finding(name="GPU", state=State.OK, found="NVIDIA H200, 141 GiB")]
    assert findings_of(graphics_findings=lambda: told)["GPU"].found == "NVIDIA H200, 141 GiB"
    assert "no NVIDIA driver" in findings_of()["GPU"].found


def test_whatever_is_wrong_with_one_question_the_others_are_answered() -> None:
    def crash() -> str:
        raise ZeroDivisionError("by the driver")

    def refuse() -> str:
        raise Misconfigured("no ffmpeg was found", remedy="Install one.")

    findings = findings_of(ffmpeg=refuse, free_bytes=crash)
    assert findings["ffmpeg"] == Finding(name="ffmpeg", state=State.BAD, found="no ffmpeg was found", remedy="Install one.")
    assert "ZeroDivisionError: by the driver" in findings["disk"].found
    assert findings["SQLite"].state is State.OK


def test_everything_that_is_not_well_comes_with_a_remedy() -> None:
    findings = findings_of(
        python_version=lambda: (3, 14, 0),
        encoders=lambda: [ToolTrial(name="libx264", works=False, why="not built in")],
        providers=lambda _: [],
        import_error=lambda _: "libEGL.so.1 is missing",
        models=lambda: [],
        free_bytes=lambda: 10,
        sqlite_version=lambda: (3, 40, 1),
    )
    assert worst_state(findings.values()) is State.BAD
    assert all(finding.remedy for finding in findings.values() if finding.state is not State.OK)


@pytest.mark.parametrize(
    ("version", "state"), [((3, 11, 0), State.OK), ((3, 13, 9), State.OK), ((3, 10, 0), State.WARN), ((3, 14, 0), State.WARN)]
)
def test_pythons_that_are_not_tested_are_warned_of(version: tuple[int, ...], state: State) -> None:
    assert judge_python(version).state is state


@pytest.mark.parametrize(
    ("version", "state"),
    [((3, 6, 23), State.OK), ((3, 7, 0), State.WARN), ((3, 40, 1), State.WARN), ((3, 51, 2), State.WARN), ((3, 51, 3), State.OK)],
)
def test_the_wal_reset_bug_is_warned_of(version: tuple[int, ...], state: State) -> None:
    assert judge_sqlite(version).state is state


def test_two_providers_of_one_module_are_bad() -> None:
    finding = judge_providers("cv2", ["opencv-python", "opencv-contrib-python-headless"], "opencv-contrib-python-headless")
    assert finding.state is State.BAD
    assert "opencv-python" in finding.found


def test_hardware_encoders_that_do_not_work_are_no_trouble_while_another_does() -> None:
    findings = list(judge_encoders(SOUND.encoders()))
    assert [finding.state for finding in findings] == [State.OK, State.OK]
    assert findings[0].found == "no: no device"


def test_one_backend_is_enough() -> None:
    assert [finding.state for finding in judge_backends("libEGL.so.1 is missing", None)] == [State.WARN, State.OK]
    assert [finding.state for finding in judge_backends(None, "no module")] == [State.OK, State.WARN]
    assert [finding.state for finding in judge_backends("no", "no")] == [State.BAD, State.BAD]


def test_models_that_are_not_there_are_fetched_later() -> None:
    findings = list(judge_models([ToolTrial(name="blazepose", works=False, why="not here")]))
    assert worst_state(findings) is State.WARN
    assert "models pull" in findings[-1].remedy


def test_a_gpu_is_named_and_its_absence_is_well() -> None:
    assert judge_graphics(["NVIDIA L4"], "").found == "NVIDIA L4"
    assert judge_graphics([], "no NVIDIA driver").state is State.OK


@pytest.mark.parametrize(("free", "state"), [(10**12, State.OK), (3 * 10**9, State.WARN), (10**9, State.BAD)])
def test_little_room_is_warned_of_and_no_room_is_bad(free: int, state: State) -> None:
    assert judge_room(free).state is state
