"""Draws what admins see of digests and alerts: ``python -m tests.scenarios.draw_bulletins told.png``; look at it.

As ``draw_cases`` draws cases: from the blocks and components that the adapters make. Below, the picture of the digest.
"""

from __future__ import annotations

import io
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import matplotlib.image
import numpy as np
from matplotlib.figure import Figure

from bot.core.bulletins import AspectCounts, Counts, Incident
from bot.core.digest import Column as Stretch
from bot.core.digest import DigestFigures, digest_post, empty_post
from bot.core.events import Place, Post
from bot.core.incident_posts import alert_post, ending_post, follow_up_post
from bot.core.messages import Messages
from tests.scenarios.draw_cases import _WIDTH, Column

ZONE = ZoneInfo("Asia/Seoul")
END = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)
ABOUT = (AspectCounts("배송", 31, 4), AspectCounts("품질", 12, 15), AspectCounts("가격", 9, 2))


def figures(place: Place) -> DigestFigures:
    """A made-up fortnight."""
    rng = np.random.default_rng(4)
    rows = rng.multinomial(90, [0.7, 0.1, 0.2], size=14)
    trend = [
        Stretch(END - (14 - i) * DAY, END - (13 - i) * DAY, Counts(*(int(n) for n in row)))
        for i, row in enumerate(rows)
    ]
    now, before = trend[-1].counts, trend[-2].counts
    return DigestFigures(place, ZONE, END - DAY, END, now, before, tuple(trend), ABOUT, owed=2)


def posts(place: Place, messages: Messages) -> list[Post]:
    """What there is to see."""
    incident = Incident("1", place, END - DAY, END - DAY / 2, 0.2, END, "over")
    many = Counts(20, 5, 45)
    return [
        digest_post(figures(place), messages),
        empty_post(figures(place), messages),
        alert_post(incident, many, ABOUT, ZONE, messages),
        follow_up_post(incident, many, messages),
        ending_post(incident, many, ZONE, messages),
    ]


def draw(path: Path) -> None:
    height = 17.0
    figure = Figure(figsize=(2 * _WIDTH, height), facecolor="white")
    slack, discord = Column(figure, 0.1, height), Column(figure, 0.1 + _WIDTH, height)
    korean = posts(Place("slack", "T1", "C123"), Messages("ko"))
    english = posts(Place("discord", "1", "123"), Messages("en"))
    for post in korean:
        slack.slack(post)
    for post in english:
        discord.discord(post)
    for number, post in enumerate((korean[0], english[0])):
        assert post.picture is not None
        axes = figure.add_axes((0.01 + 0.5 * number, 0.01, 0.46, 0.33))
        axes.imshow(matplotlib.image.imread(io.BytesIO(post.picture.content)))
        axes.axis("off")
        print(post.picture.alt)
    figure.savefig(path, dpi=70)


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
