"""Counts of what happened, for the metrics and for the tests."""

from __future__ import annotations

from collections import Counter

Labels = tuple[tuple[str, str], ...]


class Counters:
    """Named counts with labels. A label is never a user, a channel or a workspace."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, Labels]] = Counter()

    def add(self, name: str, count: int = 1, /, **labels: str) -> None:
        """Count something."""
        self._counts[name, tuple(sorted(labels.items()))] += count

    def get(self, name: str, /, **labels: str) -> int:
        """The sum of all counts of that name that have these labels."""
        wanted = set(labels.items())
        return sum(count for (n, own), count in self._counts.items() if n == name and wanted <= set(own))

    def items(self) -> list[tuple[str, Labels, int]]:
        """All counts."""
        return [(name, labels, count) for (name, labels), count in sorted(self._counts.items())]
