"""What an outcome says, whatever shape it has."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from appliance.domain.facts import ChunkAnalysed, StageFailed
from appliance.domain.order import Outcome
from appliance.domain.outbox import ChunkRow, ChunkState

F = TypeVar("F")
ASK_FOR_HELP = "Retry it; if that does not help, send the log to whoever looks after the appliance."


def verdict_on(outcome: Outcome) -> str:
    """done, failed, setback or held."""
    if outcome.held:
        return "held"
    if outcome.setback:
        return "setback"
    return "failed" if not outcome.facts or isinstance(outcome.facts[0], StageFailed) else "done"


def watched_chunk(chunk: ChunkRow, outcome: Outcome) -> ChunkRow:
    """The chunk after it was watched, or given up."""
    told = told_in(ChunkAnalysed, outcome)
    if told is not None:
        return replace(chunk, state=ChunkState.WATCHED, features=told.features, remarks=told.remarks, why="", remedy="")
    failed = failure_in(outcome)
    return replace(chunk, state=ChunkState.FAILED, features="", why=failed.why, remedy=failed.remedy)


def told_in(kind: type[F], outcome: Outcome) -> F | None:
    """The first fact of a kind, if there is one."""
    return next((fact for fact in outcome.facts if isinstance(fact, kind)), None)


def failure_in(outcome: Outcome) -> StageFailed:
    """Why it was given up; a stage that told nothing of use has failed as well."""
    silence = StageFailed(
        stage=outcome.stage, subject=outcome.item_id, why="the program found nothing that it could use", remedy=ASK_FOR_HELP
    )
    return told_in(StageFailed, outcome) or silence
