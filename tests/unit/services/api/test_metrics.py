from __future__ import annotations

from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from appliance.domain.job import Tallies
from appliance.services.api.metrics import figures

from .front_door import Box, build_box


def samples(box: Box) -> dict[tuple[str, str], float]:
    text = figures(box.house.parts).decode()
    return {
        (sample.name, next(iter(sample.labels.values()), "")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_all_figures_are_told(box: Box) -> None:
    box.book.figures = Tallies(
        items={"completed": 3, "failed": 1},
        orders={"cpu": 2, "pose": 5},
        stage_s={"probe": (1.5, 3), "analyse": (90.0, 12)},
        segments=7,
        footage_s=600.0,
        kept_s=61.0,
        dead_letters=1,
        last_reel_at_s=box.clock.time_s - 30,
        oldest_open_at_s=box.clock.time_s - 400,
    )
    told = samples(box)
    wanted = {
        ("rinkreel_queue_depth", "pose"): 5,
        ("rinkreel_items", "failed"): 1,
        ("rinkreel_stage_seconds_sum", "analyse"): 90.0,
        ("rinkreel_stage_seconds_count", "analyse"): 12,
        ("rinkreel_segments", ""): 7,
        ("rinkreel_footage_seconds", ""): 600.0,
        ("rinkreel_kept_seconds", ""): 61.0,
        ("rinkreel_dead_letters", ""): 1,
        ("rinkreel_last_reel_age_seconds", ""): 30.0,
        ("rinkreel_queue_age_seconds", ""): 400.0,
        ("rinkreel_clock_seconds", ""): box.clock.time_s,
        ("rinkreel_disk_wanted_bytes", ""): 0.0,
        ("rinkreel_disk_free_bytes", ""): 1e12,
        ("rinkreel_disk_total_bytes", ""): 2e12,
        ("rinkreel_gpu_present", ""): 0.0,
    }
    assert {key: told.get(key) for key in wanted} == wanted


def test_the_age_of_the_last_reel_is_left_out_while_there_is_none(box: Box) -> None:
    assert ("rinkreel_last_reel_age_seconds", "") not in samples(box)


def test_nothing_that_waits_is_no_age_and_each_sensor_has_its_figure(tmp_path: Path) -> None:
    warm = build_box(tmp_path, temperatures=lambda: {"k10temp Tctl": 61.5, "nvme Composite": 40.0})
    told = samples(warm)
    assert told["rinkreel_queue_age_seconds", ""] == 0
    assert (told["rinkreel_temperature_celsius", "k10temp Tctl"], told["rinkreel_temperature_celsius", "nvme Composite"]) == (
        61.5,
        40,
    )
