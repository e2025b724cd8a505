from __future__ import annotations

import pytest

from appliance.domain.account import Role


@pytest.mark.parametrize(
    ("role", "other", "covers"),
    [
        (Role.ADMIN, Role.VIEWER, True),
        (Role.ADMIN, Role.ADMIN, True),
        (Role.OPERATOR, Role.VIEWER, True),
        (Role.OPERATOR, Role.ADMIN, False),
        (Role.VIEWER, Role.OPERATOR, False),
    ],
)
def test_each_role_may_do_what_those_below_it_may(role: Role, other: Role, covers: bool) -> None:
    assert role.covers(other) is covers
