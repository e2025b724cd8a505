from __future__ import annotations

from itsdangerous import URLSafeSerializer

from appliance.services.api.security_shares import ShareTokens, new_share_id

from .front_door import KEY


def test_a_token_names_its_row_and_nobody_else_can_make_one() -> None:
    tokens = ShareTokens(KEY)
    share_id = new_share_id()
    token = tokens.token_of(share_id)
    assert tokens.share_id_in(token) == share_id
    assert ShareTokens(bytes(32)).share_id_in(token) is None
    for changed in (token[:-2], token + "x", token.replace(".", ""), "", "../..", "a" * 500):
        assert tokens.share_id_in(changed) is None


def test_session_cookies_are_no_tokens() -> None:
    tokens = ShareTokens(KEY)
    assert tokens.share_id_in(str(URLSafeSerializer(KEY, salt="session").dumps("x"))) is None
