"""The rules that make reviews: each balanced, every form of Korean as it is written."""

import re
from functools import cache

import numpy as np
import pytest

from nlp.text import is_hangul_syllable
from training.counterfactual import make
from training.made import conjugation as form
from training.made.rules import SHARES
from training.made.words_happenings import AMOUNTS, HAPPENINGS, TURNING
from training.made.words_irony import FRAMES
from training.made.words_qualities import QUALITIES

RULES = {rule.__name__: rule for rule in SHARES}
SLANG = set("ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎㅠㅜ")


@cache
def made(name: str, count: int = 1500, seed: int = 3) -> list[tuple[str, bool]]:
    random = np.random.default_rng(seed)
    return [RULES[name](random) for _ in range(count)]


@pytest.mark.parametrize("name", RULES)
def test_a_rule_praises_half_the_time_and_rarely_repeats_itself(name):
    rows = made(name)
    assert rows == made.__wrapped__(name)
    assert 0.44 < sum(good for _, good in rows) / len(rows) < 0.56
    assert len(set(rows)) > 0.7 * len(rows)
    sides: dict[str, set[bool]] = {}
    for text, good in rows:
        sides.setdefault(re.sub(r"[\s.!?~]", "", text), set()).add(good)
    assert not [text for text, both in sides.items() if len(both) > 1]


@pytest.mark.parametrize("name", RULES)
def test_every_letter_is_one_that_people_write(name):
    for text, _ in made(name):
        assert text == text.strip() and "  " not in text
        assert "{" not in text
        assert all(is_hangul_syllable(letter) or letter in SLANG or letter.isascii() for letter in text), text


def test_no_word_tells_the_verdict_of_denied_and_told_alike():
    """Denials, and the adverbs that wait for them, stand in praise about as often as in blame."""
    rows = [row for name in ("verb_change", "turning", "amount", "neighbour", "wholly") for row in made(name)]
    for word in ("전혀 ", "하나도 ", "절대 ", "별로 ", "그다지 ", "지 않", " 안 "):
        sides = [good for text, good in rows if word in text]
        assert len(sides) > 100, word
        assert 0.3 < sum(sides) / len(sides) < 0.7, word


@pytest.mark.parametrize(
    ("word", "good"),
    [
        ("(뱃|군)?살이 (진짜 |정말 |확실히 )?빠졌", True),
        ("살이 (\\S+ )?안 빠", False),
        ("(털|머리카락|나사)이?가? 빠졌", False),
        ("(털이|머리카락이|나사가|바퀴가) (\\S+ )?안 빠", True),
        ("(통증|소음|냄새|주름)[이가] (줄어들었|줄었)", True),
        ("(통증|소음|냄새|주름)[이가] (늘어났|심해졌)", False),
        ("(사은품|용량|혜택)이 (줄어들었|줄었)", False),
    ],
)
def test_the_thing_decides_what_a_verb_is_worth(word, good):
    rows = made("turning", 12_000) + made("amount", 6000)
    sides = {
        side
        for text, side in rows
        if re.search(rf"\b{word}", text) and not re.search("지[가도는를]* ?[않못]|질 ", text)
    }
    assert sides == {good}


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("여간 (편하|좋|부드럽|친절하|예쁘|쉽|튼튼하)지", True),
        ("이만저만 (불편|허술|답답|딱딱|부실)한 게 아니", False),
        ("보통 (편|촉촉|튼튼|친절|훌륭)한 게 아니", True),
        ("(전혀|결코|조금도) (불편|허술|답답|딱딱|부실)하지", True),
        ("(도무지|결코|전혀) (편|촉촉|튼튼|훌륭|깔끔)하지", False),
        ("욕먹었", False),
        ("더 바랄 게 없어요", True),
        ("(만족|추천|재구매)할 이유가 (하나도 |전혀 |도무지 )?없", False),
        ("(반품|환불|교환|후회)할 이유가 (하나도 |전혀 |도무지 )?없", True),
    ],
)
def test_turns_of_phrase(text, good):
    rows = [row for name in ("emphatic", "wholly", "framed", "wished", "deed") for row in made(name, 3000)]
    assert {side for said, side in rows if re.search(text, said)} == {good}


def test_about_half_of_what_is_made_comes_from_these_rules_and_little_is_made_twice():
    assert len({text for text, _ in make(8000, 1)}) > 7200


def test_tables_name_everything_once_a_row_and_both_sides():
    for things, good, bad in (*HAPPENINGS, *QUALITIES):
        assert things and good and bad
        assert len(set(things)) == len(things)
        assert not set(good) & set(bad)
    for _, good, bad in (*TURNING, *FRAMES):
        assert good and bad
        assert not set(good) & set(bad)
    for _, _, less, more in AMOUNTS:
        assert not set(less) & set(more)


def test_particles_follow_the_last_letter():
    rows = [text for name in RULES for text, _ in made(name)]
    nouns = {thing for things, *_ in (*HAPPENINGS, *QUALITIES) for thing in things} | {
        n for row in AMOUNTS for n in row[0]
    }
    longest = "|".join(sorted(map(re.escape, nouns), key=len, reverse=True))
    checked = 0
    for text in rows:
        for noun, particle in re.findall(rf"(?:^| )({longest})([이가은는]) ", text):
            assert (particle in "이은") == (form.tail(noun) != " "), text
            checked += 1
    assert checked > 1000


@pytest.mark.parametrize(
    ("stem", "infinitive", "past", "quality", "formal", "condition"),
    [
        ("빠지", "빠져", "빠졌", "빠진", "빠집니다", "빠지면"),
        ("편하", "편해", "편했", "편한", "편합니다", "편하면"),
        ("무겁", "무거워", "무거웠", "무거운", "무겁습니다", "무거우면"),
        ("곱", "고와", "고왔", "고운", "곱습니다", "고우면"),
        ("입", "입어", "입었", "입은", "입습니다", "입으면"),
        ("늘", "늘어", "늘었", "는", "늡니다", "늘면"),
        ("빠르", "빨라", "빨랐", "빠른", "빠릅니다", "빠르면"),
        ("따르", "따라", "따랐", "따른", "따릅니다", "따르면"),
        ("예쁘", "예뻐", "예뻤", "예쁜", "예쁩니다", "예쁘면"),
        ("뿌옇", "뿌예", "뿌옜", "뿌연", "뿌옇습니다", "뿌여면"),
        ("낫", "나아", "나았", "나은", "낫습니다", "나으면"),
        ("듣", "들어", "들었", "들은", "듣습니다", "들으면"),
        ("되", "돼", "됐", "된", "됩니다", "되면"),
        ("휘", "휘어", "휘었", "휜", "휩니다", "휘면"),
        ("오", "와", "왔", "온", "옵니다", "오면"),
        ("바꾸", "바꿔", "바꿨", "바꾼", "바꿉니다", "바꾸면"),
        ("새", "새", "샜", "샌", "샙니다", "새면"),
        ("맛있", "맛있어", "맛있었", "맛있는", "맛있습니다", "맛있으면"),
        ("때가 빠지", "때가 빠져", "때가 빠졌", "때가 빠진", "때가 빠집니다", "때가 빠지면"),
    ],
)
def test_conjugation(stem, infinitive, past, quality, formal, condition):
    assert form.infinitive(stem) == infinitive
    assert form.past(stem) == past
    assert form.quality(stem) == quality
    assert form.formal(stem) == formal
    assert form.condition(stem) == condition


def test_other_forms():
    assert [form.coming(stem) for stem in ("늘", "무겁", "좋", "낫")] == ["늘", "무거울", "좋을", "나을"]
    assert [form.going_on(stem) for stem in ("늘", "먹")] == ["느는", "먹는"]
    assert [form.plain(stem, False) for stem in ("늘", "먹", "빠지")] == ["는다", "먹는다", "빠진다"]
    assert [form.noun(stem) for stem in ("늘", "무겁", "빠지", "좋")] == ["늚", "무거움", "빠짐", "좋음"]
    assert [form.particle(word, "으로") for word in ("칼", "물건", "정품", "예전 모델")] == [
        "칼로",
        "물건으로",
        "정품으로",
        "예전 모델로",
    ]
