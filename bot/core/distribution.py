"""The picture of a simulation: how sure the model is of all reviews, with the thresholds drawn in."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from bot.core.trend import COLOURS, font

WIDTH, HEIGHT = 1080, 780
"""Pixels: as wide as phones show a picture without scaling it up."""

_LARGE, _TEXT, _SMALL = 48, 36, 32
_LEFT, _RIGHT, _TOP, _FLOOR = 60, 60, 300, 620
_PAPER, _INK, _SOFT, _LINE = "#ffffff", "#1b2430", "#5b6675", "#dfe4ea"


@dataclass(frozen=True, slots=True)
class Distribution:
    """What is drawn.

    Attributes:
        title: one line above.
        across: what is on the axis, in words.
        bins: counts, in equal steps of the probability from 0 to 1.
        negative_below: where the band ``negative`` ends.
        positive_above: where the band ``positive`` begins.
        names: words for negative, unsure and positive.
    """

    title: str
    across: str
    bins: tuple[int, ...]
    negative_below: float
    positive_above: float
    names: tuple[str, str, str]


def draw(shown: Distribution) -> bytes:
    """A PNG file. Takes some hundredths of a second: not for the event loop."""
    from PIL import Image, ImageDraw  # half of the time of a start, for what is needed now and then

    image = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    pen = ImageDraw.Draw(image)
    pen.text((_LEFT, 36), shown.title, fill=_INK, font=font(_LARGE))
    _legend(pen, shown)
    _columns(pen, shown)
    _thresholds(pen, shown)
    _largest(pen, shown.bins)
    out = io.BytesIO()
    image.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def _legend(pen: Any, shown: Distribution) -> None:
    x = _LEFT
    for band, words in zip(("negative", "unsure", "positive"), shown.names, strict=True):
        pen.rectangle((x, 136, x + 34, 170), fill=COLOURS[band])
        pen.text((x + 48, 131), words, fill=_SOFT, font=font(_TEXT))
        x += 48 + int(font(_TEXT).getlength(words)) + 52


def _columns(pen: Any, shown: Distribution) -> None:
    most, slot = max(shown.bins, default=0), (WIDTH - _LEFT - _RIGHT) / max(1, len(shown.bins))
    for i, count in enumerate(shown.bins):
        middle, left = (i + 0.5) / len(shown.bins), _LEFT + i * slot
        inside = shown.negative_below < middle < shown.positive_above
        band = "unsure" if inside else "negative" if middle <= shown.negative_below else "positive"
        if count:
            top = _FLOOR - max(3.0, (_FLOOR - _TOP) * count / most)
            pen.rectangle((left + slot * 0.08, top, left + slot * 0.92, _FLOOR), fill=COLOURS[band])
    pen.line((_LEFT, _FLOOR, WIDTH - _RIGHT, _FLOOR), fill=_LINE, width=3)
    for share, anchor in ((0.0, "la"), (0.5, "ma"), (1.0, "ra")):
        pen.text((_x(share), _FLOOR + 18), f"{share:.0%}", fill=_SOFT, font=font(_SMALL), anchor=anchor)
    pen.text((WIDTH / 2, _FLOOR + 76), shown.across, fill=_SOFT, font=font(_TEXT), anchor="ma")


def _largest(pen: Any, bins: tuple[int, ...]) -> None:
    """The count of the highest column, which is the scale of all others."""
    most, slot = max(bins, default=0), (WIDTH - _LEFT - _RIGHT) / max(1, len(bins))
    if most:
        i = bins.index(most)
        half = font(_SMALL).getlength(f"{most:,}") / 2
        x = min(max(_LEFT + (i + 0.5) * slot, _LEFT + half), WIDTH - _RIGHT - half)
        # On a border of paper: a threshold may run behind it.
        pen.text((x, _TOP - 10), f"{most:,}", _SOFT, font(_SMALL), "mb", stroke_width=8, stroke_fill=_PAPER)


def _thresholds(pen: Any, shown: Distribution) -> None:
    for share, band in ((shown.negative_below, "negative"), (shown.positive_above, "positive")):
        x = _x(share)
        for y in range(_TOP - 60, _FLOOR, 18):
            pen.line((x, y, x, y + 10), fill=_INK, width=3)
        words = f"{100 * share:.3g} %"
        half = font(_SMALL).getlength(words) / 2
        centre = min(max(x, _LEFT + half), WIDTH - _RIGHT - half)
        pen.text((centre, _TOP - 66), words, fill=COLOURS[band], font=font(_SMALL), anchor="mb")


def _x(share: float) -> float:
    return _LEFT + share * (WIDTH - _LEFT - _RIGHT)
