from __future__ import annotations

from appliance.domain.health import Finding, State


def test_a_finding_without_trouble_needs_no_remedy() -> None:
    assert Finding(name="GPU", state=State.OK, found="none").remedy == ""


def test_states_are_written_as_words() -> None:
    assert [str(state) for state in State] == ["ok", "warn", "bad"]
