from __future__ import annotations

import pytest

from appliance.algorithms.nkey_making import public_bytes, public_text, seed_text

#: Seed and public key. Source: RFC 8032, section 7.1, tests 1 to 3.
VECTORS = (
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    ),
)


@pytest.mark.parametrize(("seed", "public"), VECTORS)
def test_the_public_half_is_that_of_the_standard(seed: str, public: str) -> None:
    assert public_bytes(bytes.fromhex(seed)).hex() == public


def test_keys_look_as_nats_wants_them() -> None:
    seed = seed_text(bytes(range(32)))
    assert (seed[:2], len(seed)) == ("SU", 58)
    assert (public_text(seed)[0], len(public_text(seed))) == ("U", 56)


@pytest.mark.parametrize("text", ["", "SU", "SUAIFTUA", "X" * 58, "!" * 58, seed_text(bytes(32))[:-1] + "7", "SOA" + "A" * 55])
def test_what_is_no_seed_or_was_copied_wrongly_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="seed"):
        public_text(text)


def test_a_seed_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        seed_text(b"short")
