"""What a rule would do, tried on reviews that are there already. Only counts are kept, no review."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.core.distribution import Distribution, draw
from bot.core.events import Band, ChannelSettings, Link, Picture, Place, Post
from bot.core.messages import Messages
from bot.core.moderation import BANDS
from bot.core.rule_words import say_actions, say_thresholds, thresholds_of

if TYPE_CHECKING:
    from nlp import Verdict

BINS = 20
MOST_MESSAGES = 2_000
"""That a simulation reads of a channel."""

_WORDS = 10


@dataclass(slots=True)
class Tally:
    """What was found so far.

    Attributes:
        bands: reviews of each band.
        flagged: reviews with which something would be done.
        unjudged: texts with too little Hangul.
        left_out: messages of programs, and of people who do not want to be read.
        bins: reviews by their probability of being positive, in equal steps from 0 to 1.
        words: evidence words of flagged reviews, with how many of them have it; never kept anywhere.
    """

    bands: Counter[Band] = field(default_factory=Counter)
    flagged: int = 0
    unjudged: int = 0
    left_out: int = 0
    bins: list[int] = field(default_factory=lambda: [0] * BINS)
    words: Counter[str] = field(default_factory=Counter, repr=False)

    def add(self, verdict: Verdict, settings: ChannelSettings, *, exempt: bool = False) -> bool:
        """Count a review; whether something would be done with it."""
        if not verdict.korean:
            self.unjudged += 1
            return False
        band = settings.band(verdict)
        self.bands[band] += 1
        self.bins[min(BINS - 1, int(verdict.probability * BINS))] += 1
        flagged = not exempt and flags(settings, band)
        self.flagged += flagged
        return flagged

    @property
    def judged(self) -> int:
        """Reviews with a verdict."""
        return sum(self.bands.values())

    @property
    def read(self) -> int:
        """All that was looked at."""
        return self.judged + self.unjudged + self.left_out

    def numbers(self) -> list[int]:
        """All counts, to go on with later; :meth:`of` reads them."""
        return [self.flagged, self.unjudged, self.left_out, *(self.bands[band] for band in BANDS), *self.bins]

    @classmethod
    def of(cls, numbers: list[int]) -> Tally:
        """The tally that has these counts.

        Raises:
            ValueError: if they are none.
        """
        if len(numbers) != 3 + len(BANDS) + BINS or min(numbers) < 0:
            raise ValueError("not the counts of a simulation")
        flagged, unjudged, left_out, *rest = numbers
        bands = Counter(dict(zip(BANDS, rest, strict=False)))
        return cls(bands, flagged, unjudged, left_out, rest[len(BANDS) :])


def does_something(settings: ChannelSettings) -> bool:
    """Whether the rule does more than to log with any band."""
    return any(settings.actions(band) != ("log",) for band in BANDS)


def flags(settings: ChannelSettings, band: Band) -> bool:
    """Whether the rule does something with a band. Where it only logs, as at first: whether the band is negative."""
    return settings.actions(band) != ("log",) if does_something(settings) else band == "negative"


def summary(tally: Tally, settings: ChannelSettings, model: object, messages: Messages) -> list[str]:
    """The result in words, a paragraph each."""
    lines = [
        messages("simulate_flagged", flagged=f"{tally.flagged:,}", judged=f"{tally.judged:,}"),
        say_thresholds(settings, model, messages),
    ]
    if not does_something(settings):
        lines.insert(1, messages("simulate_log_only"))
    if tally.words:
        words = ", ".join(f"{word} {count}" for word, count in tally.words.most_common(_WORDS))
        lines.append(messages("simulate_words", words=words))
    return lines


def band_fields(tally: Tally, settings: ChannelSettings, messages: Messages) -> list[tuple[str, str]]:
    """How many of each band, their share, and what would be done with them."""
    fields = []
    for band in BANDS:
        share = 100 * tally.bands[band] / tally.judged if tally.judged else 0
        actions = say_actions(settings.actions(band), messages)
        value = messages("simulate_band", count=f"{tally.bands[band]:,}", share=f"{share:.1f}", actions=actions)
        fields.append((messages(f"band_{band}"), value))
    return fields


def picture(tally: Tally, settings: ChannelSettings, model: object, messages: Messages) -> Picture:
    """The distribution with the thresholds drawn in, and the same in words. Takes some hundredths of a second."""
    found = thresholds_of(settings, model)
    low, high = found.negative or 0.5, found.positive or 0.5
    names = {band: messages(f"band_{band}") for band in BANDS}
    drawn = draw(
        Distribution(
            title=messages("simulate_picture", count=f"{tally.judged:,}"),
            across=messages("simulate_across"),
            bins=tuple(tally.bins),
            negative_below=low,
            positive_above=high,
            names=(names["negative"], names["unsure"], names["positive"]),
        )
    )
    counts = {band: f"{tally.bands[band]:,}" for band in BANDS}
    alt = messages("simulate_alt", low=f"{100 * low:.3g}", high=f"{100 * high:.3g}", **counts)
    return Picture(drawn, alt, "simulation.png")


def result_post(
    place: Place,
    tally: Tally,
    settings: ChannelSettings,
    model: object,
    messages: Messages,
    links: tuple[Link, ...] = (),
) -> Post:
    """The card of a finished simulation.

    Args:
        place: the channel that was read.
        tally: what was found.
        settings: what was tried.
        model: what judged.
        messages: the language.
        links: to some of the flagged messages.
    """
    return Post(
        headline=messages("simulate_headline", count=f"{tally.read:,}"),
        body=tuple(summary(tally, settings, model, messages)),
        fields=tuple(band_fields(tally, settings, messages)),
        notes=(
            messages("simulate_left_out", unjudged=f"{tally.unjudged:,}", left_out=f"{tally.left_out:,}"),
            messages("simulate_nothing_kept"),
        ),
        about=place,
        links=links,
        picture=picture(tally, settings, model, messages) if tally.judged else None,
    )
