from __future__ import annotations

import pytest

from appliance.domain.account import Role
from appliance.services.api.security_keys import is_credential, key_of, make_key


def test_a_key_is_known_by_its_text_and_only_its_digest_is_kept() -> None:
    key, text = make_key("backup", Role.VIEWER, 1.0)
    other, _ = make_key("other", Role.ADMIN, 1.0)
    assert text.startswith(f"rk_{key.id}_")
    assert text.rsplit("_", 1)[1] not in repr(key)
    assert key_of(f"Bearer {text}", (other, key)) == key
    assert key_of(f"bearer {text}", (key,)) == key
    assert key_of(f"Bearer {text}", (other,)) is None


def test_anything_else_opens_nothing() -> None:
    key, text = make_key("backup", Role.VIEWER, 1.0)
    other, other_text = make_key("other", Role.ADMIN, 1.0)
    mixed = f"rk_{other.id}_{text.rsplit('_', 1)[1]}"
    for said in ("", "Bearer", text, f"Basic {text}", f"Bearer {text}0", f"Bearer {text[:-1]}", f"Bearer {mixed}"):
        assert key_of(said, (key, other)) is None
    assert key_of(f"Bearer {other_text}", (key, other)) == other


@pytest.mark.parametrize(
    ("said", "good"),
    [("Bearer secret", True), ("Bearer secre", False), ("secret", False), ("Bearer \udcff", False), ("Basic secret", False)],
)
def test_a_credential_is_exactly_that(said: str, good: bool) -> None:
    assert is_credential(said, "secret") is good
