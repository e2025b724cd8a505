from __future__ import annotations

import pickle

import pytest

from appliance.domain.errors import Misconfigured, RinkreelError, Transient, Unusable

BRANCHES = (Transient, Unusable, Misconfigured)


@pytest.mark.parametrize("kind", BRANCHES)
def test_an_error_says_what_happened_and_what_can_be_done(kind: type[RinkreelError]) -> None:
    error = kind("a.mp4 holds no video", remedy="Copy it again.")
    assert str(error) == error.why == "a.mp4 holds no video"
    assert error.remedy == "Copy it again."


@pytest.mark.parametrize("kind", BRANCHES)
def test_an_error_travels_between_processes_whole(kind: type[RinkreelError]) -> None:
    back = pickle.loads(pickle.dumps(kind("why", remedy="remedy")))
    assert type(back) is kind
    assert (back.why, back.remedy, str(back)) == ("why", "remedy", "why")


def test_a_remedy_may_be_unknown() -> None:
    assert Transient("the share went away").remedy == ""


def test_every_error_belongs_to_one_branch_alone() -> None:
    for kind in BRANCHES:
        assert issubclass(kind, RinkreelError)
        assert [other for other in BRANCHES if issubclass(kind, other)] == [kind]
