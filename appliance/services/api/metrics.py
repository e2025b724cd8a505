"""Figures for Prometheus, read from the book when asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric, SummaryMetricFamily
from prometheus_client.registry import Collector

from appliance.services.api.parts import ApiParts


def figures(parts: ApiParts) -> bytes:
    """All figures as text."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(BookFigures(parts))
    return generate_latest(registry)


class BookFigures(Collector):
    """What the book and the disk say."""

    def __init__(self, parts: ApiParts) -> None:
        self._parts = parts

    def collect(self) -> Iterable[Metric]:
        """One family after the other."""
        yield from self._of_the_book()
        yield from self._of_the_machine()

    def _of_the_book(self) -> Iterable[Metric]:
        tallies = self._parts.book.tallies()
        yield _labelled("rinkreel_queue_depth", "Orders that are not done, by lane.", "lane", tallies.orders)
        yield _labelled("rinkreel_items", "Recordings by state.", "state", tallies.items)
        stages = SummaryMetricFamily("rinkreel_stage_seconds", "Time that orders took, by stage.", labels=["stage"])
        for stage, (seconds, count) in sorted(tallies.stage_s.items()):
            stages.add_metric([stage], count_value=count, sum_value=seconds)
        yield stages
        yield GaugeMetricFamily("rinkreel_segments", "Stretches of motion found.", tallies.segments)
        yield GaugeMetricFamily("rinkreel_footage_seconds", "Footage in the book.", tallies.footage_s)
        yield GaugeMetricFamily("rinkreel_kept_seconds", "Footage that is in reels.", tallies.kept_s)
        yield GaugeMetricFamily("rinkreel_dead_letters", "Orders that were given up.", tallies.dead_letters)
        if tallies.last_reel_at_s is not None:
            age_s = max(0.0, self._parts.clock.now_s() - tallies.last_reel_at_s)
            yield GaugeMetricFamily("rinkreel_last_reel_age_seconds", "Time since the last reel was made.", age_s)
        # Always there: an alert on a figure that comes and goes would not clear.
        asked_at_s = tallies.oldest_open_at_s
        waits_s = 0.0 if asked_at_s is None else max(0.0, self._parts.clock.now_s() - asked_at_s)
        yield GaugeMetricFamily("rinkreel_queue_age_seconds", "How long the oldest open recording has waited.", waits_s)

    def _of_the_machine(self) -> Iterable[Metric]:
        data, disk = self._parts.data.root, self._parts.disk
        wanted = self._parts.rule.min_free_bytes
        yield GaugeMetricFamily("rinkreel_clock_seconds", "The box's time, since 1970.", self._parts.clock.now_s())
        yield GaugeMetricFamily("rinkreel_disk_wanted_bytes", "Room below which nothing new is begun.", wanted)
        warmth = self._parts.looks.temperatures()
        yield _labelled("rinkreel_temperature_celsius", "How warm a part is, by sensor.", "sensor", warmth)
        yield GaugeMetricFamily("rinkreel_disk_free_bytes", "Room on the data folder's disk.", disk.free_bytes(data))
        yield GaugeMetricFamily("rinkreel_disk_total_bytes", "Size of that disk.", disk.total_bytes(data))
        yield GaugeMetricFamily("rinkreel_gpu_present", "1 when a GPU is there and used.", float(self._parts.looks.gpu()))


def _labelled(name: str, text: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=[label])
    for key, value in sorted(values.items()):
        family.add_metric([key], value)
    return family
