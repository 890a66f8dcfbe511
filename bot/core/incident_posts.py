"""What is said of a rise of the negative share: when it is found, while it lasts, when it is over."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bot.core.bulletins import AspectCounts, Counts, Incident
from bot.core.digest import aspects_line, moment
from bot.core.events import Post
from bot.core.messages import Messages


def alert_post(
    incident: Incident, counts: Counts, aspects: tuple[AspectCounts, ...], zone: ZoneInfo, messages: Messages
) -> Post:
    """That it was found.

    Args:
        incident: it.
        counts: of the reviews since it began.
        aspects: what they spoke about.
        zone: for the time of day.
        messages: the language.
    """
    blamed = tuple(sorted((a for a in aspects if a.negative), key=lambda a: (-a.negative, a.name)))
    about = ((messages("alert_aspects"), aspects_line(blamed, messages, 3)),) if blamed else ()
    return Post(
        messages("alert_headline"),
        body=(
            messages(
                "alert_body",
                began=moment(incident.began, zone, messages),
                total=counts.total,
                negative=counts.negative,
                share=_share(counts),
                usual=round(100 * incident.usual),
            ),
        ),
        fields=about,
        notes=(messages("alert_note"),),
        about=incident.place,
        tone="negative",
    )


def follow_up_post(incident: Incident, counts: Counts, messages: Messages) -> Post:
    """That it goes on; ``counts`` of the last hours."""
    body = messages("alert_more_body", total=counts.total, negative=counts.negative, share=_share(counts))
    return Post(messages("alert_more_headline"), body=(body,), about=incident.place, tone="negative")


def ending_post(incident: Incident, counts: Counts, zone: ZoneInfo, messages: Messages) -> Post:
    """That it is over, or has become the usual; ``counts`` of all the time that it lasted."""
    ended = incident.closed or incident.opened
    body = messages(
        "alert_over_body",
        began=moment(incident.began, zone, messages),
        ended=moment(ended, zone, messages),
        total=counts.total,
        negative=counts.negative,
        share=_share(counts),
    )
    over = incident.ending != "usual"
    headline = messages("alert_over_headline" if over else "alert_usual_headline")
    return Post(headline, body=(body,), about=incident.place, tone="positive" if over else "unsure")


def _share(counts: Counts) -> int:
    return round(100 * counts.negative / counts.total) if counts.total else 0
