"""Draws the cards as Slack lays out their blocks: ``python -m tests.scenarios.draw_cards cards.png``; look at it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

import nlp
import training
from bot.adapters.slack_cards import message
from bot.core.cards import card_reply, make_card
from bot.core.events import ChannelSettings, Reply
from bot.core.messages import Messages

FONT = next((Path(training.__file__).parent / "fonts").glob("*.[ot]tf"))
TEXTS = ("배송도 빠르고 품질도 정말 좋아요", "그냥 그래요", "완전 실망했어요 다시는 안 삽니다")
_COLOURS = {"🟢": "#2eb67d", "🟡": "#ecb22e", "🔴": "#e01e5a"}


def lines(block: dict[str, Any]) -> list[tuple[str, int, str]]:
    """Text, size and colour of each line of a block."""
    if block["type"] == "section":
        return [(line, 15, "#1d1c1d") for line in block["text"]["text"].split("\n")]
    if block["type"] == "context":
        return [("   ".join(element["text"] for element in block["elements"]), 11, "#616061")]
    (buttons,) = block["elements"]
    words = [buttons[f"{side}_button"]["text"]["text"] for side in ("positive", "negative")]
    return [("   ".join(f"[ {word} ]" for word in words), 11, "#1264a3")]


def draw(replies: list[Reply], path: Path) -> None:
    rows = [[line for block in message(reply)["blocks"] for line in lines(block)] for reply in replies]
    height = sum(0.34 * len(row) + 0.4 for row in rows)
    figure = Figure(figsize=(9, height))
    at = height - 0.3
    for row in rows:
        for text, size, colour in row:
            x = 0.03
            if text[0] in _COLOURS:  # the font has no emoji
                figure.text(
                    x, at / height, "●", color=_COLOURS[text[0]], fontproperties=FontProperties(fname=FONT, size=size)
                )
                text, x = text[1:], x + 0.02
            text = text.replace("▰", "■").replace("▱", "□")
            figure.text(x, at / height, text, color=colour, fontproperties=FontProperties(fname=FONT, size=size))
            at -= 0.34
        at -= 0.4
    figure.savefig(path, dpi=110)


if __name__ == "__main__":
    model = nlp.load()
    shown = [
        card_reply(make_card(model.analyze(text), ChannelSettings(), messages, "0123456789abcdef"), messages)
        for messages in (Messages("ko"), Messages("en"))
        for text in TEXTS
    ]
    shown += [Reply(Messages("ko")(name)) for name in ("busy", "rate_limited", "text_needed", "admin_help")]
    draw(shown, Path(sys.argv[1]))
    print(json.dumps(message(shown[0]), ensure_ascii=False, indent=2))
