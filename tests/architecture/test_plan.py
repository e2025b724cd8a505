"""The floor plan is closed: whatever a room tells is heard, and whatever a room hears is told."""

from __future__ import annotations

import ast
import inspect
import re
from typing import get_args

import pytest

from appliance.domain.facts import Fact
from appliance.pipeline import BEGINNINGS, ENDS, GATHERED, PLAN, Room

from .conftest import SourceFile

HEARD = {room.hears for room in PLAN}
TOLD = {fact for room in PLAN for fact in room.tells}
GATHERED_PARTS = {part for parts in GATHERED.values() for part in parts}
rooms = pytest.mark.parametrize("room", PLAN, ids=lambda room: room.name)


def stage_file(room: Room, product: tuple[SourceFile, ...]) -> SourceFile:
    return next(source for source in product if source.module == room.stage.__module__)


@rooms
def test_every_fact_a_room_tells_is_heard_by_another_gathered_or_an_end(room: Room) -> None:
    elsewhere = {other.hears for other in PLAN if other is not room} | GATHERED_PARTS | set(ENDS)
    assert set(room.tells) - elsewhere == set()


@rooms
def test_every_fact_a_room_hears_is_told_gathered_or_a_beginning(room: Room) -> None:
    elsewhere = {fact for other in PLAN if other is not room for fact in other.tells} | set(GATHERED) | set(BEGINNINGS)
    assert room.hears in elsewhere


def test_what_is_gathered_is_told_and_what_it_becomes_is_heard() -> None:
    assert GATHERED_PARTS <= TOLD
    assert set(GATHERED) <= HEARD


def test_every_beginning_is_heard_and_no_end_is() -> None:
    assert set(BEGINNINGS) <= HEARD
    assert set(ENDS) & HEARD == set()


def test_a_fact_is_heard_by_one_room_and_told_by_one() -> None:
    assert len(HEARD) == len(PLAN)
    assert sum(len(room.tells) for room in PLAN) == len(TOLD)


def test_rooms_come_in_the_order_that_facts_walk() -> None:
    known = set(BEGINNINGS)
    for room in PLAN:
        known |= {whole for whole, parts in GATHERED.items() if known.issuperset(parts)}
        assert room.hears in known, room.name
        known |= set(room.tells)


def test_the_plan_and_the_list_of_facts_name_the_same() -> None:
    assert HEARD | TOLD | set(GATHERED) | GATHERED_PARTS | set(BEGINNINGS) | set(ENDS) == set(get_args(Fact))


def test_every_file_of_the_stages_is_a_room_of_its_own_name(product: tuple[SourceFile, ...]) -> None:
    files = {source.module for source in product if source.module.startswith("appliance.stages.")}
    assert sorted(files) == sorted(f"appliance.stages.{room.name}" for room in PLAN)
    assert [room.stage.__module__ for room in PLAN] == [f"appliance.stages.{room.name}" for room in PLAN]


@rooms
def test_a_stage_hears_one_fact_and_takes_its_collaborators_by_name(room: Room) -> None:
    assert inspect.iscoroutinefunction(room.stage)
    signature = inspect.signature(room.stage, eval_str=True)
    heard, *collaborators = signature.parameters.values()
    assert heard.name == "heard"
    assert heard.annotation is room.hears
    assert {each.kind for each in collaborators} == {inspect.Parameter.KEYWORD_ONLY}
    assert [each.name for each in collaborators if each.default is not inspect.Parameter.empty] == []
    assert signature.return_annotation == list[Fact]


@rooms
def test_a_stage_makes_the_facts_that_the_plan_says_it_tells(room: Room, product: tuple[SourceFile, ...]) -> None:
    names = {fact.__name__ for fact in get_args(Fact)}
    tree = stage_file(room, product).tree
    calls = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert calls & names == {fact.__name__ for fact in room.tells}


@rooms
def test_a_stage_file_says_in_about_three_sentences_what_arrives_is_decided_and_leaves(
    room: Room, product: tuple[SourceFile, ...]
) -> None:
    text = ast.get_docstring(stage_file(room, product).tree) or ""
    sentences = re.findall(r"[^.]+\.(?=\s|$)", text)
    assert 2 <= len(sentences) <= 4
    assert len(text) <= 400
    assert re.search(r"\barrives?\b|\bhave been\b", sentences[0])
    assert re.search(r"\bleaves?\b", text)


@rooms
def test_a_stage_file_has_one_public_function(room: Room, product: tuple[SourceFile, ...]) -> None:
    functions = [node for node in stage_file(room, product).tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert [each.name for each in functions if not each.name.startswith("_")] == [room.name]


@rooms
def test_a_stage_never_waits_logs_or_reads_a_clock(room: Room, product: tuple[SourceFile, ...]) -> None:
    imported = {name.split(".")[0] for name in stage_file(room, product).imports()}
    assert imported & {"time", "logging", "os", "datetime", "random"} == set()
    tree = stage_file(room, product).tree
    assert [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "sleep"] == []
