"""The picture of a digest: a column for each day or hour, made to be read on a phone.

Drawn with Pillow, at the size it is shown at, with a font that comes along: matplotlib would triple what is installed
for a few rectangles, and no server has to have a font with Hangul.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from bot.core.bulletins import Counts

WIDTH, HEIGHT = 1080, 780
"""Pixels: as wide as phones show a picture without scaling it up."""

_LARGE, _TEXT = 52, 38
_LEFT, _RIGHT, _TOP, _BOTTOM, _AXIS = 60, 60, 220, 110, 100
_PAPER, _INK, _SOFT, _LINE = "#ffffff", "#1b2430", "#5b6675", "#dfe4ea"
COLOURS = {"positive": "#14808a", "unsure": "#b9c0ca", "negative": "#c8443a"}
"""Teal, grey and red: told apart by those who see no red or green, and by their lightness."""

_MOST_NAMES = 5


@dataclass(frozen=True, slots=True)
class Trend:
    """What is drawn.

    Attributes:
        title: one line above.
        names: of the columns, shown below as many as there is room for.
        columns: their counts.
        legend: words for positive, unsure and negative.
    """

    title: str
    names: tuple[str, ...]
    columns: tuple[Counts, ...]
    legend: tuple[str, str, str]


def draw(trend: Trend) -> bytes:
    """A PNG file. Takes some hundredths of a second: not for the event loop."""
    from PIL import Image, ImageDraw  # half of the time of a start, for what is needed once a day

    image = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    pen = ImageDraw.Draw(image)
    pen.text((_LEFT, 36), _fitting(trend.title, WIDTH - _LEFT - _RIGHT), fill=_INK, font=font(_LARGE))
    _legend(pen, trend.legend)
    _columns(pen, trend)
    out = io.BytesIO()
    image.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def _legend(pen: Any, words: Sequence[str]) -> None:
    x = _LEFT
    for band, word in zip(COLOURS, words, strict=True):
        pen.rectangle((x, 126, x + 34, 160), fill=COLOURS[band])
        pen.text((x + 48, 120), word, fill=_SOFT, font=font(_TEXT))
        x += 48 + int(font(_TEXT).getlength(word)) + 56


def _columns(pen: Any, trend: Trend) -> None:
    most = _round_up(max((counts.total for counts in trend.columns), default=0))
    floor, height, right = HEIGHT - _BOTTOM, HEIGHT - _BOTTOM - _TOP, WIDTH - _RIGHT - _AXIS
    for share in (0.0, 0.5, 1.0):
        y = floor - height * share
        pen.line((_LEFT, y, right, y), fill=_LINE, width=2)
        pen.text((WIDTH - _RIGHT, y), f"{most * share:,.0f}", fill=_SOFT, font=font(_TEXT), anchor="rm")
    slot = (right - _LEFT) / max(1, len(trend.columns))
    step = max(1, -(-(len(trend.names) - 1) // (_MOST_NAMES - 1)))
    for i, (name, counts) in enumerate(zip(trend.names, trend.columns, strict=True)):
        left, y = _LEFT + i * slot, float(floor)
        for band in ("negative", "unsure", "positive"):  # the bad ones on the ground, where heights compare
            size = height * getattr(counts, band) / most
            if size > 0:
                pen.rectangle((left + slot * 0.12, y - max(2.0, size), left + slot * 0.88, y), fill=COLOURS[band])
            y -= size
        if (len(trend.names) - 1 - i) % step == 0:  # the last one always
            x = max(left + slot / 2, _LEFT + 40)
            pen.text((x, floor + 24), name, fill=_SOFT, font=font(_TEXT), anchor="ma")


def _round_up(most: int) -> int:
    """An even number to end the axis with."""
    for power in range(12):
        for digit in (2, 4, 6, 10):
            if digit * 10**power >= most:
                return int(digit * 10**power)
    return most


def _fitting(text: str, width: int) -> str:
    """As much of a text as fits."""
    large = font(_LARGE)
    while text and large.getlength(text) > width:
        text = text[:-2].rstrip() + "…"
    return text


@lru_cache(maxsize=8)
def font(size: int) -> Any:
    """The font that comes along, which has Hangul."""
    from PIL import ImageFont

    return ImageFont.truetype(io.BytesIO((files("bot") / "fonts" / "NanumSquareR.ttf").read_bytes()), size)
