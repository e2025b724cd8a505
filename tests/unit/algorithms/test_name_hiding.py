from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.algorithms.name_hiding import hide_names, names_in_place, stand_ins


def test_a_name_has_the_same_stand_in_wherever_it_turns_up() -> None:
    hidden = stand_ins(["Anna Müller", "Anna", "Tuesday group"])
    text = hide_names("Anna Müller skates; Anna, in 'Tuesday group', and Annabelle", hidden)
    assert text == "[name 2] skates; [name 3], in '[name 1]', and Annabelle"


def test_names_are_hidden_in_every_way_in_which_they_are_written() -> None:
    name = 'Zoë "Z" Å/x'
    text = f"{json.dumps({'name': name})} GET /{quote(name)} {name}"
    hidden = hide_names(text, stand_ins([name]))
    assert "Zo" not in hidden
    assert json.loads(hidden.split(" GET")[0]) == {"name": "[name 1]"}


@pytest.mark.parametrize(
    "name", ["MVI_0001", "GX010042", "C0001", "100CANON", "DCIM", "00012", "VID_20260101_101112_00_001", "x"]
)
def test_what_a_camera_named_stays(name: str) -> None:
    assert stand_ins([name]) == {}


@pytest.mark.parametrize("name", ["ANNA_2019", "Anna", "U12", "IMG_0001 Anna", "Müller", "skate-off"])
def test_what_people_named_does_not(name: str) -> None:
    assert list(stand_ins([name, f" {name} "])) == [name]


def test_a_path_names_its_folders_and_its_file() -> None:
    assert names_in_place("Tuesday/DCIM/Anna skates.final.MP4") == ("Tuesday", "DCIM", "Anna skates.final")
    assert names_in_place("a.mp4") == ("a",)


@given(st.lists(st.text(min_size=1, max_size=12), max_size=6), st.text(max_size=200))
def test_whatever_is_named_the_text_stays_a_text(names: list[str], text: str) -> None:
    assert isinstance(hide_names(text, stand_ins(names)), str)
