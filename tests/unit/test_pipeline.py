from __future__ import annotations

from appliance.pipeline import BEGINNINGS, ENDS, PLAN, Lane


def test_a_recording_is_probed_watched_selected_from_and_assembled_in_this_order() -> None:
    assert [room.name for room in PLAN] == ["probe", "analyse", "select", "assemble"]


def test_only_watching_needs_a_pose_model() -> None:
    assert [room.name for room in PLAN if room.lane is Lane.POSE] == ["analyse"]


def test_a_room_is_named_after_its_stage() -> None:
    assert all(room.name == room.stage.__name__ for room in PLAN)


def test_the_plan_leads_from_a_recording_that_arrives_to_a_reel() -> None:
    assert PLAN[0].hears in BEGINNINGS
    assert set(PLAN[-1].tells) <= set(ENDS)
