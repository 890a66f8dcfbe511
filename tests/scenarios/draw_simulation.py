"""Draws what admins see of a simulation: ``python -m tests.scenarios.draw_simulation simulation.png``; look at it.

As ``draw_cases`` draws cases: its progress, its result, and the picture that goes with it.
"""

from __future__ import annotations

import io
import sys
from collections import Counter
from pathlib import Path

import matplotlib.image
from matplotlib.figure import Figure

from bot.core.events import ChannelSettings, Place, Post
from bot.core.messages import Messages
from bot.core.moderation import Rule
from bot.core.simulation import Tally, result_post
from bot.core.simulations import Job, _progress
from nlp.curve import Curve, Point
from tests.scenarios.draw_cases import _WIDTH, Column

BINS = [41, 12, 6, 4, 3, 2, 2, 2, 1, 1, 1, 2, 2, 3, 4, 5, 6, 9, 21, 173]


class Model:
    """One that knows what its thresholds are worth; the figures are made up."""

    bands = (0.104, 0.934)
    curve = Curve(2_974, (Point(0.104, 0.97, 0.79),), (Point(0.934, 0.96, 0.66),))


def posts(place: Place, messages: Messages) -> list[Post]:
    """What there is to see."""
    rule = Rule(negative=("log", "react", "card"), moderators=place.channel)
    settings = ChannelSettings(watch=True, rule=rule)
    tally = Tally(Counter(negative=53, unsure=56, positive=191), 53, 11, 4, BINS)
    waiting = messages("simulate_waiting", seconds=30)
    progress = _progress(0, Job(place, place.channel, 500, seen=200), messages, waiting)
    return [progress, result_post(place, tally, settings, Model(), messages)]


def draw(path: Path) -> None:
    height = 12.5
    figure = Figure(figsize=(2 * _WIDTH, height), facecolor="white")
    slack, discord = Column(figure, 0.1, height), Column(figure, 0.1 + _WIDTH, height)
    korean = posts(Place("slack", "T1", "C123"), Messages("ko"))
    english = posts(Place("discord", "1", "123"), Messages("en"))
    for post in korean:
        slack.slack(post)
    for post in english:
        discord.discord(post)
    for number, post in enumerate((korean[-1], english[-1])):
        assert post.picture is not None
        axes = figure.add_axes((0.01 + 0.5 * number, 0.01, 0.46, 0.4))
        axes.imshow(matplotlib.image.imread(io.BytesIO(post.picture.content)))
        axes.axis("off")
        print(post.picture.alt)
    figure.savefig(path, dpi=70)


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
