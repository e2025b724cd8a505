from __future__ import annotations

from appliance.domain.program import Happening, HappeningKind, ProgramStanding, ProgramState


def test_a_program_that_is_not_up_has_neither_a_process_nor_a_past() -> None:
    standing = ProgramStanding(name="ledger", state=ProgramState.STOPPED)
    assert (standing.pid, standing.up_s, standing.why) == (0, 0.0, "")


def test_a_tick_concerns_no_program() -> None:
    assert Happening(kind=HappeningKind.TICK).program == ""


def test_states_are_written_as_words() -> None:
    assert f"{ProgramState.FATAL} {HappeningKind.TICK}" == "fatal tick"
