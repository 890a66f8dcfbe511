"""Why: for the asker alone, from the text as it is now, of which only safe words are shown."""

from __future__ import annotations

import asyncio

import pytest

import nlp
from bot.core.events import ChannelSettings, Outcome, Quote
from bot.core.evidence import safe_words
from bot.core.messages import Language, Messages
from bot.core.why import explain
from tests.bot.core.fakes import SlowModel, make_core
from tests.bot.core.mailbox import Mailbox, sent
from tests.hostile import HOSTILE

KO = Messages("ko")
MIXED = "배송은 정말 빨라서 좋았는데 품질이 너무 별로예요. 다시는 안 사요"


async def ask(model: nlp.Analyzer | SlowModel, text: str | None, author: str = "u") -> tuple[Outcome, str]:
    core, post = make_core(model), Mailbox()
    if text is not None:
        post.quotes["1"] = Quote(author, text)
    outcome = await core.why(sent("why", "u", "menu", source="1"), post)
    await core.close()
    return outcome, post.words()[0]


async def test_words_clauses_and_aspects_are_named(model: nlp.Analyzer) -> None:
    outcome, said = await ask(model, MIXED)
    assert outcome is Outcome.REPLIED
    assert KO("why_mixed") in said
    assert "1. 긍정 · 배송 긍정" in said
    assert "품질 부정" in said
    (negative,) = [line for line in said.splitlines() if line.startswith(KO("why_negative", words="").strip())]
    assert "별로예요" in negative
    assert MIXED not in said


async def test_what_cannot_be_answered_is_a_sentence(model: nlp.Analyzer) -> None:
    assert await ask(model, None) == (Outcome.EMPTY, KO("why_gone"))
    assert await ask(model, "hello there") == (Outcome.NOT_KOREAN, KO("answer_not_korean"))
    assert await ask(SlowModel(model), MIXED) == (Outcome.EMPTY, KO("why_gone")), "a model that does not explain"


async def test_whoever_does_not_want_to_be_read_is_not(model: nlp.Analyzer) -> None:
    core, post = make_core(model), Mailbox()
    post.quotes["1"] = Quote("other", MIXED)
    await core.store.opt_out(core.fingerprint.person("mailbox", "other"), True)
    assert await core.why(sent("why", "u", "menu", source="1"), post) is Outcome.OPTED_OUT
    assert post.words() == [KO("why_gone")]
    await core.close()


async def test_asking_again_and_again_has_an_end(model: nlp.Analyzer) -> None:
    core, post = make_core(model, person=2), Mailbox()
    post.quotes["1"] = Quote("u", MIXED)
    outcomes = [await core.why(sent(f"why{n}", "u", "menu", source="1"), post) for n in range(5)]
    assert outcomes == [Outcome.REPLIED] * 2 + [Outcome.RATE_LIMITED] * 3
    assert post.words()[2:] == [KO("rate_limited")]
    await core.close()


@pytest.fixture(scope="module")
def hostile_reviews(model: nlp.Analyzer) -> list[tuple[str, nlp.Review]]:
    """Hostile texts among reviews, taken apart: that takes longer than all that is done with it."""
    text = "{0} 배송은 빠른데 {0}품질이 별로예요{0}. 다시는 {0} 안 사요"
    return [(hostile, model.review(text.format(hostile))) for hostile in HOSTILE]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_hostile_texts_leave_no_trace(hostile_reviews: list[tuple[str, nlp.Review]], language: Language) -> None:
    for hostile, review in hostile_reviews:
        said = explain(review, ChannelSettings(), Messages(language))
        assert hostile.strip() not in said
        assert not set(said) & set("<>@[]`*_~|\\#&\x1b\u202e\u2066\u200b\u2060\ufeff\x07＜＞＠")
        assert "http" not in said


async def test_a_card_has_evidence_where_its_text_stands_and_the_asker_alone_otherwise(model: nlp.Analyzer) -> None:
    class Cards(Mailbox):
        async def send(self, incoming, answer):  # type: ignore[no-untyped-def]
            self.cards.append(answer.card)

    core, post = make_core(model), Cards()
    post.cards = []  # type: ignore[attr-defined]
    for number, (way, source) in enumerate(
        [("direct", "0"), ("mention", "1"), ("mention", "the parent"), ("menu", "other"), ("command", None)]
    ):
        message = sent(str(number), way=way, text=MIXED, source=source)  # type: ignore[arg-type]
        await core.handle(message, post)
    cards = post.cards  # type: ignore[attr-defined]
    assert [bool(card.evidence) for card in cards] == [True, True, False, True, True]
    assert [card.source for card in cards] == ["0", "1", "the parent", "other", ""]
    words = safe_words(word.text for word in model.explain(MIXED).words)
    assert tuple(word[1:] for word in cards[0].evidence) == words
    assert words[0] not in repr(cards[0])
    await core.close()


async def test_evidence_is_left_out_while_much_is_going_on(model: nlp.Analyzer) -> None:
    core = make_core(model, person=1_000)
    judged = await asyncio.gather(*(core.inference.judge_and_explain(f"{MIXED} {n}") for n in range(40)))
    assert not any(one.evidence for one in judged[:32])
    assert (await core.inference.judge_and_explain(MIXED)).evidence
    await core.close()


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_long_review_still_fits_into_a_message(model: nlp.Analyzer, language: Language) -> None:
    text = "배송은 빨라서 정말 좋은데 품질이랑 색상이랑 크기랑 포장이 너무 별로예요. 가격도 맛도 향도 실망이에요. " * 40
    said = explain(model.review(text), ChannelSettings(), Messages(language))
    assert len(said) < 2_000, "of Slack a section holds 3,000 characters, of Discord a message 2,000"
