"""Figures for Prometheus: what was counted, what waits. No label is ever a user, a channel or a workspace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.core.service import Core
from bot.ops.hearing import Hears
from bot.ops.running import LoopLag

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class CoreCollector(Collector):
    """Reads the core at each scrape; nothing is counted twice.

    Args:
        core: the bot.
        lag: of its event loop.
        heard: platforms that should be heard, by name.
    """

    def __init__(self, core: Core, lag: LoopLag, heard: Mapping[str, Hears] | None = None) -> None:
        self._core, self._lag = core, lag
        self._heard: Mapping[str, Hears] = {} if heard is None else heard

    def collect(self) -> Iterator[Metric]:
        """The figures of this moment."""
        for name, group in groupby(self._core.counters.items(), key=lambda item: item[0]):
            counts = [(dict(labels), count) for _, labels, count in group]
            names = sorted({label for labels, _ in counts for label in labels})
            family = CounterMetricFamily(f"nunchi_{name}", f"How often: {name.replace('_', ' ')}.", labels=names)
            for labels, count in counts:
                family.add_metric([str(labels.get(label, "")) for label in names], count)
            yield family
        inference = self._core.inference
        yield GaugeMetricFamily("nunchi_queue_depth", "Texts that wait for the model.", inference.depth)
        yield GaugeMetricFamily("nunchi_in_flight", "Messages that are on their way.", self._core.in_flight)
        yield GaugeMetricFamily("nunchi_model_busy_seconds", "How long the model has had its batch.", inference.busy)
        yield GaugeMetricFamily(
            "nunchi_loop_lag_seconds", "The latest that the event loop ever was.", self._lag.longest
        )
        silences = GaugeMetricFamily(
            "nunchi_silence_seconds",
            "Since a platform was last heard, where a connection is kept.",
            labels=["platform"],
        )
        for name, service in self._heard.items():
            if (silence := service.silence) is not None:
                silences.add_metric([name], silence)
        yield silences
        yield InfoMetricFamily("nunchi_model", "Which model judges.", {"model_id": inference.model_id})


def registry_of(core: Core, lag: LoopLag, heard: Mapping[str, Hears] | None = None) -> CollectorRegistry:
    """What is to be scraped: the bot's figures, and the process's memory, time and files."""
    registry = CollectorRegistry()
    registry.register(CoreCollector(core, lag, heard))
    ProcessCollector(registry=registry)
    return registry


def as_text(registry: CollectorRegistry) -> bytes:
    """The figures in Prometheus' text format."""
    return generate_latest(registry)
