"""Counts what a report says, review by review, in memory that does not grow with their number."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nlp import Review
    from nlp.aspects import Aspect

BANDS = ("positive", "unsure", "negative")

MOST_QUOTES = 3
"""Quotes of each aspect, for each of positive and negative."""

MOST_COMPLAINTS = 20
_SHORTEST, _LONGEST = 8, 90
_MOST_WEEKS = 40


@dataclass(frozen=True, order=True)
class Quote:
    """A part of a review worth reading.

    Attributes:
        strength: what it is ranked by, 0..1.
        text: the part.
        marks: start and end of the words in it to be marked.
        rating: the stars of the review.
        day: of the review.
        reasons: why a person should look at the review.
    """

    strength: float
    text: str
    marks: tuple[tuple[int, int], ...] = ()
    rating: float | None = field(default=None, compare=False)
    day: date | None = field(default=None, compare=False)
    reasons: tuple[str, ...] = ()


class Top:
    """The strongest quotes, none twice."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._heap: list[Quote] = []
        self._texts: set[str] = set()

    def add(self, quote: Quote) -> None:
        """Keep a quote if it is among the strongest."""
        if quote.text in self._texts:
            return
        if len(self._heap) < self._most:
            heapq.heappush(self._heap, quote)
        elif quote > self._heap[0]:
            self._texts.discard(heapq.heapreplace(self._heap, quote).text)
        else:
            return
        self._texts.add(quote.text)

    def sorted(self) -> list[Quote]:
        """The strongest first."""
        return sorted(self._heap, reverse=True)


@dataclass
class AspectSum:
    """What the reviews say about one thing.

    Attributes:
        bands: clauses by band.
        weeks: clauses by week (its Monday) and band.
        good: the most telling positive clauses.
        bad: the most telling negative ones.
    """

    bands: Counter[str] = field(default_factory=Counter)
    weeks: dict[date, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    good: Top = field(default_factory=lambda: Top(MOST_QUOTES))
    bad: Top = field(default_factory=lambda: Top(MOST_QUOTES))


class Summary:
    """The sums of all reviews; :meth:`add` them one by one.

    Attributes:
        bands: reviews by band.
        unjudged: reviews with too little Hangul.
        mixed: reviews with sure clauses that disagree.
        aspects: by name.
        weeks: reviews by week (its Monday) and band.
        stars: reviews by stars (1 to 5, rounded) and band.
        reasons: reviews that a person should look at, by reason.
        attention: how many such reviews there are.
        complaints: the strongest of those.
        days: the first and the last day, if there are any dates.
    """

    def __init__(self) -> None:
        self.bands: Counter[str] = Counter()
        self.unjudged = 0
        self.mixed = 0
        self.aspects: dict[str, AspectSum] = defaultdict(AspectSum)
        self.weeks: dict[date, Counter[str]] = defaultdict(Counter)
        self.stars: dict[int, Counter[str]] = defaultdict(Counter)
        self.reasons: Counter[str] = Counter()
        self.attention = 0
        self.complaints = Top(MOST_COMPLAINTS)
        self.days: tuple[date, date] | None = None

    @property
    def judged(self) -> int:
        """Number of reviews that were judged."""
        return sum(self.bands.values())

    def add(self, review: Review, day: date | None = None) -> None:
        """Count one review.

        Args:
            review: the review, with the stars that came with it.
            day: when it was written.
        """
        if not review.verdict.korean:
            self.unjudged += 1
            return
        band = review.verdict.band
        self.bands[band] += 1
        self.mixed += review.mixed
        if day is not None:
            self.days = (min(self.days[0], day), max(self.days[1], day)) if self.days else (day, day)
            self.weeks[monday(day)][band] += 1
        if review.rating is not None:
            self.stars[min(5, max(1, int(review.rating + 0.5)))][band] += 1
        for aspect in review.aspects:
            self._add_aspect(review, aspect, day)
        if review.attention:
            self.attention += 1
            self.reasons.update(review.reasons)
            self._add_complaint(review, day)

    def _add_aspect(self, review: Review, aspect: Aspect, day: date | None) -> None:
        found = self.aspects[aspect.name]
        found.bands[aspect.band] += 1
        if day is not None:
            found.weeks[monday(day)][aspect.band] += 1
        if aspect.band == "unsure":
            return
        clause = review.clauses[aspect.clause]
        quote = _quote(
            review,
            clause.start,
            clause.end,
            [(w.start, w.end) for w in aspect.words],
            abs(2 * aspect.probability - 1),
            day,
        )
        (found.good if aspect.band == "positive" else found.bad).add(quote)

    def _add_complaint(self, review: Review, day: date | None) -> None:
        bad = [(c.start, c.end) for c in review.clauses if c.verdict.band == "negative"]
        strength = max((1 - c.verdict.probability for c in review.clauses), default=0.0)
        if "rating" in review.reasons:
            strength = max(strength, abs(2 * review.verdict.probability - 1))
        self.complaints.add(_quote(review, 0, len(review.text), bad, strength, day, review.reasons))


def _quote(
    review: Review,
    start: int,
    end: int,
    marks: Iterable[tuple[int, int]],
    certainty: float,
    day: date | None,
    reasons: tuple[str, ...] = (),
) -> Quote:
    """A quote; what is too short says little, and what is too long is not read."""
    length = end - start
    telling = min(1.0, length / _SHORTEST) * min(1.0, _LONGEST / max(1, length)) if not reasons else 1.0
    inside = tuple(sorted((max(a, start) - start, min(b, end) - start) for a, b in marks if a < end and start < b))
    return Quote(round(certainty * telling, 6), review.text[start:end], inside, review.rating, day, reasons)


def monday(day: date) -> date:
    """The first day of a week."""
    return day - timedelta(days=day.weekday())


def periods(weeks: dict[date, Counter[str]]) -> tuple[bool, list[tuple[date, Counter[str]]]]:
    """What a chart over time shows: every week from the first to the last, or the latest months if that is too many.

    Returns:
        Whether they are months, and each period's first day and counts, empty ones included.
    """
    if not weeks:
        return False, []
    first, last = min(weeks), max(weeks)
    if (last - first).days // 7 < _MOST_WEEKS:
        count = (last - first).days // 7 + 1
        return False, [(d, weeks.get(d, Counter())) for d in (first + timedelta(weeks=i) for i in range(count))]
    months: dict[date, Counter[str]] = defaultdict(Counter)
    for day, counts in weeks.items():
        months[day.replace(day=1)].update(counts)
    numbers = range(12 * first.year + first.month - 1, 12 * last.year + last.month)[-_MOST_WEEKS:]
    days = [date(n // 12, n % 12 + 1, 1) for n in numbers]
    return True, [(day, months.get(day, Counter())) for day in days]
