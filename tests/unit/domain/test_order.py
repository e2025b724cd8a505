from __future__ import annotations

from appliance.domain.order import order_id


def test_the_same_work_has_the_same_id_and_other_work_another() -> None:
    ids = [
        order_id("i1", 1, "probe"),
        order_id("i1", 2, "probe"),
        order_id("i1", 1, "analyse", 0),
        order_id("i1", 1, "analyse", 1),
        order_id("i2", 1, "probe"),
    ]
    assert len(set(ids)) == len(ids)
    assert order_id("i1", 1, "analyse", 1) == order_id("i1", 1, "analyse", 1)


def test_ids_of_chunks_sort_as_the_chunks_do() -> None:
    ids = [order_id("i1", 1, "analyse", index) for index in (2, 10, 100)]
    assert ids == sorted(ids)
