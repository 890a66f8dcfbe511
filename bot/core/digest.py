"""What a digest says: counts and how they changed, what the reviews were about, what is still owed, a picture.

Made of counts only. There is nothing in here by which a person or a text could get into it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core.bulletins import AspectCounts, Counts
from bot.core.events import Picture, Place, Post
from bot.core.messages import Messages
from bot.core.trend import Trend, draw

LEAST_FOR_SHARES = 20
"""Reviews below which a change of shares is chance, and is not told."""

MOST_ASPECTS = 5


@dataclass(frozen=True, slots=True)
class Column:
    """A stretch of the trend.

    Attributes:
        start, end: when it began and ended.
        counts: its reviews.
    """

    start: datetime
    end: datetime
    counts: Counts


@dataclass(frozen=True, slots=True)
class DigestFigures:
    """What a digest is made of.

    Attributes:
        place: the channel.
        zone: its time zone.
        start, end: of the time that the digest is about.
        now: reviews of that time.
        before: those of the same time before.
        trend: a stretch of the same length each, the newest last.
        aspects: what the reviews spoke about, most often first.
        owed: cases whose authors wait for an answer.
    """

    place: Place
    zone: ZoneInfo
    start: datetime
    end: datetime
    now: Counts
    before: Counts
    trend: tuple[Column, ...]
    aspects: tuple[AspectCounts, ...] = ()
    owed: int = 0


def empty_post(figures: DigestFigures, messages: Messages) -> Post:
    """One line: nothing happened."""
    owed = (messages("digest_owed_note", owed=figures.owed),) if figures.owed else ()
    return Post(messages("digest_empty", **_times(figures, messages)), notes=owed, about=figures.place)


def digest_post(figures: DigestFigures, messages: Messages) -> Post:
    """The digest of a time with reviews. Draws its picture: not for the event loop."""
    now = figures.now
    fields = [
        (messages("digest_reviews"), _against(now.total, figures.before.total, messages)),
        *(
            (messages(f"report_band_{band}"), messages("digest_share", count=count, share=_percent(count, now.total)))
            for band, count in (("positive", now.positive), ("unsure", now.unsure), ("negative", now.negative))
        ),
    ]
    change = _change(figures, messages)
    if change:
        fields.append((messages("digest_change"), change))
    if figures.aspects:
        fields.append((messages("digest_aspects"), aspects_line(figures.aspects, messages)))
    if figures.owed:
        fields.append((messages("digest_owed"), messages("digest_owed_count", owed=figures.owed)))
    return Post(
        messages("digest_headline", **_times(figures, messages)),
        fields=tuple(fields),
        notes=(messages("digest_note"),),
        about=figures.place,
        picture=picture(figures, messages),
    )


def aspects_line(aspects: tuple[AspectCounts, ...], messages: Messages, most: int = MOST_ASPECTS) -> str:
    """Aspects with how often they were praised and blamed."""
    return ", ".join(
        messages("digest_aspect", name=aspect.name, positive=aspect.positive, negative=aspect.negative)
        for aspect in aspects[:most]
    )


def picture(figures: DigestFigures, messages: Messages) -> Picture:
    """The trend, and in words what it shows."""
    trend = figures.trend
    names = [_name(column, figures.zone) for column in trend]
    worst = max(range(len(trend)), key=lambda i: trend[i].counts.negative, default=None)
    alt = messages(
        "digest_alt",
        stretches=len(trend),
        first=names[0] if names else "",
        last=names[-1] if names else "",
        positive=sum(column.counts.positive for column in trend),
        unsure=sum(column.counts.unsure for column in trend),
        negative=sum(column.counts.negative for column in trend),
    )
    if worst is not None and trend[worst].counts.negative:
        alt += " " + messages("digest_alt_worst", name=names[worst], negative=trend[worst].counts.negative)
    legend = (messages("report_band_positive"), messages("report_band_unsure"), messages("report_band_negative"))
    drawn = Trend(messages("digest_picture"), tuple(names), tuple(column.counts for column in trend), legend)
    return Picture(draw(drawn), alt, "nunchi-digest.png")


def moment(at: datetime, zone: ZoneInfo, messages: Messages) -> str:
    """A day and its time, in words."""
    there = at.astimezone(zone)
    return messages("bulletin_moment", month=there.month, day=there.day, time=f"{there:%H:%M}")


def _times(figures: DigestFigures, messages: Messages) -> dict[str, str]:
    return {name: moment(at, figures.zone, messages) for name, at in (("start", figures.start), ("end", figures.end))}


def _name(column: Column, zone: ZoneInfo) -> str:
    """The day on which the greater part of a stretch was; of a week its first."""
    length = column.end - column.start
    day = (column.start + (length / 2 if length < timedelta(days=2) else timedelta())).astimezone(zone)
    return f"{day.month}/{day.day}"


def _percent(count: int, total: int) -> str:
    return f"{100 * count / total:.0f}" if total else "0"


def _against(now: int, before: int, messages: Messages) -> str:
    if not before:
        return messages("digest_count", count=now)
    return messages("digest_count_before", count=now, before=before)


def _change(figures: DigestFigures, messages: Messages) -> str:
    """How the share of negative reviews changed, where there are enough to say."""
    now, before = figures.now, figures.before
    if min(now.total, before.total) < LEAST_FOR_SHARES:
        return ""
    shares = [round(100 * counts.negative / counts.total) for counts in (now, before)]
    return messages("digest_change_share", now=shares[0], before=shares[1], points=f"{shares[0] - shares[1]:+d}")
