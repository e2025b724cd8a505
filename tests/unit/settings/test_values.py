from __future__ import annotations

import pytest

from appliance.settings.values import size_from


@pytest.mark.parametrize(
    ("text", "size_bytes"),
    [(5, 5), ("5", 5), ("5b", 5), ("2k", 2048), ("500MB", 500 * 1024**2), ("1.5 GiB", 3 * 512 * 1024**2), ("1T", 1024**4)],
)
def test_sizes_are_read_as_people_write_them(text: object, size_bytes: int) -> None:
    assert size_from(text) == size_bytes


@pytest.mark.parametrize("text", ["", "many", "-5", True, None, "5 PB", 1.5])
def test_what_is_no_size_is_refused_with_an_example(text: object) -> None:
    with pytest.raises(ValueError, match="500MB"):
        size_from(text)
