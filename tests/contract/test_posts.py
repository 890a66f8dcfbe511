"""What every adapter must do that posts in channels unasked."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from PIL import Image

import nlp
from bot.core.events import Button, Link, Picture, Place, Post
from bot.core.ports import DeliveryError, Poster
from tests.bot.core.fakes import make_core
from tests.contract.harness import Harness, MakeHarness
from tests.hostile import HOSTILE


def drawn(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (4, 3), colour).save(out, "PNG")
    return out.getvalue()


PICTURE = Picture(drawn("red"), "부정 리뷰가 늘어난 그림", "추세.png")


def whole(place: Place) -> Post:
    """A post that has everything."""
    return Post(
        "사건 12",
        body=("배송 부정",),
        fields=(("상태", "열림"), ("확률", "부정일 가능성이 매우 큽니다")),
        notes=("모델 m",),
        buttons=(Button("case:right:12", "맞음", "good"), Button("case:hide:12", "숨기기", "bad")),
        links=(Link("글 보기", "https://example.com/1"),),
        about=place,
        tone="negative",
        picture=PICTURE,
    )


def poster_of(core: object, played: Harness) -> tuple[Poster, Place]:
    if played.place is None:
        pytest.skip("nothing can be posted there unasked")
    return core.posters[played.place.platform], played.place  # type: ignore[attr-defined]


async def test_a_post_shows_all_that_it_has(platform: MakeHarness, model: nlp.Analyzer) -> None:
    core = make_core(model)
    async with platform(core) as played:
        poster, place = poster_of(core, played)
        reference = await poster.post(place, whole(place))
        assert len(reference) <= 256
        (seen,) = played.seen()
        for words in ("사건 12", "배송 부정", "상태", "열림", "모델 m"):
            assert words in seen.text
        assert played.pictures() == [(PICTURE.alt, PICTURE.content)]


async def test_a_post_is_revised_in_place_its_picture_too(platform: MakeHarness, model: nlp.Analyzer) -> None:
    core = make_core(model)
    async with platform(core) as played:
        poster, place = poster_of(core, played)
        reference = await poster.post(place, whole(place))
        other = Picture(drawn("blue"), "다른 그림")
        now = await poster.revise(place, reference, replace(whole(place), headline="사건 12 종료", picture=other))
        (seen,) = played.seen()
        assert "사건 12 종료" in seen.text
        assert played.pictures() == [(other.alt, other.content)]
        assert now is not None
        await poster.revise(place, now, Post("사건 12 종료"))
        assert played.pictures() == []
        await poster.retract(place, now)
        assert played.seen() == []


async def test_what_is_gone_is_not_revised(platform: MakeHarness, model: nlp.Analyzer) -> None:
    core = make_core(model)
    async with platform(core) as played:
        poster, place = poster_of(core, played)
        reference = await poster.post(place, Post("사건"))
        played.remove()
        assert await poster.revise(place, reference, Post("사건")) is None
        assert played.seen() == []


async def test_a_follow_up_is_in_the_thread(platform: MakeHarness, model: nlp.Analyzer) -> None:
    core = make_core(model)
    async with platform(core) as played:
        poster, place = poster_of(core, played)
        first = await poster.post(place, Post("부정 리뷰가 늘었습니다"))
        for words in ("아직 이어집니다", "끝났습니다"):
            reference = await poster.post(place, Post(words), thread=first)
            assert reference != first
        assert [seen.text.splitlines()[0].strip("# ") for seen in played.seen()] == [
            "부정 리뷰가 늘었습니다",
            "아직 이어집니다",
            "끝났습니다",
        ]


async def test_a_refused_post_is_an_error_and_no_post(platform: MakeHarness, model: nlp.Analyzer) -> None:
    core = make_core(model)
    async with platform(core) as played:
        poster, place = poster_of(core, played)
        await played.refuse()
        with pytest.raises(DeliveryError):
            await poster.post(place, Post("사건"))
        assert played.seen() == []


MARK_UP = {"discord": r"(?<!\\)\[[^\]]*\]\(|<[@#]|@everyone|@here", "slack": r"<[!@#]", "pigeon": r"(?!)"}
"""What would be a link or a ping there."""


async def test_nothing_in_a_post_is_mark_up(platform: MakeHarness, model: nlp.Analyzer) -> None:
    core = make_core(model)
    async with platform(core) as played:
        poster, place = poster_of(core, played)
        for words in HOSTILE[::4]:
            await poster.post(place, Post(words, body=(words * 900,), fields=((words, words),) * 12, notes=(words,)))
            seen = played.seen()[-1]
            assert '"mrkdwn"' not in seen.raw
            assert re.search(MARK_UP[place.platform], seen.text) is None
