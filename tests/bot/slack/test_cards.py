"""The cards: within Slack's limits, and with nothing in them that a user wrote."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from slack_sdk.models.blocks import Block

import nlp
from bot.adapters.slack_cards import message
from bot.adapters.slack_home import home_view
from bot.core.cards import card_reply, make_card, percent
from bot.core.events import Card, ChannelSettings, Place, Reply
from bot.core.evidence import LONGEST_WORD, MOST_WORDS, signed_words
from bot.core.messages import Language, Messages
from tests.bot.core.fakes import make_core
from tests.hostile import HOSTILE

TEXTS = ("정말 좋아요 최고예요 만족합니다", "별로예요 실망했어요 환불해 주세요", "그냥 그래요")


def card(model: nlp.Analyzer, text: str = TEXTS[0], language: Language = "ko", **changes: Any) -> Card:
    return replace(make_card(model.analyze(text), ChannelSettings(), Messages(language), "0" * 16), **changes)


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("text", TEXTS)
def test_a_card_keeps_slacks_limits(model: nlp.Analyzer, text: str, language: Language) -> None:
    messages = Messages(language)
    words = tuple(f"−{LONGEST_WORD * '가'}{n}" for n in range(MOST_WORDS))
    sent = message(card_reply(card(model, text, language, evidence=words, source="1700000000.000100"), messages))
    for block in Block.parse_all(sent["blocks"]):
        block.validate_json()
    kinds = [block["type"] for block in sent["blocks"]]
    assert kinds == ["section", "context", "context_actions"]
    assert sent["text"]
    assert "mrkdwn" not in json.dumps(sent)
    assert sent["unfurl_links"] is False


def test_a_card_says_what_it_should(model: nlp.Analyzer) -> None:
    verdict = model.analyze(TEXTS[0])
    shown = json.dumps(message(card_reply(card(model, evidence=("만족",)), Messages())), ensure_ascii=False)
    for part in (
        Messages()(f"label_{verdict.label}"),
        "▰",
        percent(verdict.confidence, Messages()),
        "만족",
        model.model_id,
    ):
        assert part in shown
    for value in ("right:" + "0" * 16, "wrong:" + "0" * 16):
        assert value in shown


def test_colour_is_never_all_that_tells(model: nlp.Analyzer) -> None:
    words = {message(card_reply(card(model, text), Messages()))["blocks"][0]["text"]["text"][2:] for text in TEXTS}
    assert len(words) == len({make_card(model.analyze(t), ChannelSettings(), Messages()).title for t in TEXTS})


def test_hostile_texts_leave_no_trace_in_any_template(model: nlp.Analyzer) -> None:
    for hostile in HOSTILE:
        text = f"{hostile} 배송이 빨라요{hostile} {hostile}품질은 별로예요"
        words = signed_words(model.explain(text).words)
        for messages in (Messages("ko"), Messages("en")):
            made = make_card(model.analyze(text), ChannelSettings(), messages, "0" * 16, evidence=words, source="1.1")
            assert hostile not in json.dumps(message(card_reply(made, messages)), ensure_ascii=False).replace("\\", "")
            assert not set("".join(made.evidence)) & set("<>@[]`*_~|#&\x1b\u202e\u2066\u200b\u2060\ufeff\x07＜＞＠.:/")


def test_a_notice_is_plain_text() -> None:
    sent = message(Reply("잠시 후 <!channel>"))
    assert sent["blocks"][0]["text"]["type"] == "plain_text"


async def test_the_home_tab_keeps_slacks_limits(model: nlp.Analyzer) -> None:
    core = make_core(model)
    for number in range(120):
        await core.configure(Place("slack", "T1", f"C{number}"), ChannelSettings(watch=True, mode="reply"))
    for language in ("ko", "en"):
        view = await home_view(core, "T1", Messages(language))
        assert len(view["blocks"]) <= 100
        for block in Block.parse_all(view["blocks"]):
            block.validate_json()
