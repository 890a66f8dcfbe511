"""Short reviews made by rule, in which one word turns the verdict round.

Corpora hold few minimal pairs, so a network learns that 나쁘 is bad and hardly that 나쁘지 않다 is not
(counterfactually augmented data: Kaushik et al. 2020, arXiv:1909.12434). The rules know how Korean predicates
are negated, what having or lacking a thing means, and which clause of a contrast the writer stands by.
The behaviour suites in ``tests/data`` are written independently, and a test sees to it that no rule makes a sentence of
theirs.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from training.lexicon import (
    BAD,
    BAD_SIGNS,
    BAD_THINGS,
    BAD_VERBS,
    FIXED_BAD,
    FIXED_GOOD,
    GOOD,
    GOOD_THINGS,
    GOOD_VERBS,
    GOODS,
    SUBJECTS,
    USES,
)
from training.made.rules import RULES

Example = tuple[str, bool]

_HAVE = ("있어요", "있네요", "있습니다", "있음", "있어서 놀랐어요", "있더라고요", "있었어요")
_LACK = (
    "없어요",
    "없네요",
    "없습니다",
    "없음",
    "없더라고요",
    "없었어요",
    "하나도 없어요",
    "전혀 없어요",
    "전혀 없네요",
)
_ENDS = ("요", "요.", "요!", "요~", "요 ㅎㅎ", "요 ㅠㅠ")
_NOT = (
    "지 않아요",
    "지 않네요",
    "지 않습니다",
    "지 않음",
    "지 않더라고요",
    "지는 않아요",
    "지도 않아요",
    "지가 않네요",
    "지 않아",
    "지 않았어요",
    "진 않아요",
)
_WHOLLY = ("", "", "", "전혀 ", "하나도 ", "별로 ", "그렇게 ", "그닥 ", "절대 ")


def _pick(random: np.random.Generator, items: tuple[str, ...]) -> str:
    return items[int(random.integers(len(items)))]


def _predicate(random: np.random.Generator) -> tuple[tuple[str, str, str], bool]:
    good = bool(random.integers(2))
    table = GOOD if good else BAD
    return table[int(random.integers(len(table)))], good


def _polite(random: np.random.Generator, stem: str, informal: str) -> str:
    forms = [informal + _pick(random, _ENDS), stem + "네요", stem + "더라고요", stem + "군요"]
    if stem.endswith("하"):
        forms += [stem[:-1] + "합니다", stem[:-1] + "함"]
    return forms[int(random.integers(len(forms)))]


def _plain(random: np.random.Generator) -> Example:
    (stem, informal, _), good = _predicate(random)
    return _pick(random, SUBJECTS) + _polite(random, stem, informal), good


def _negated(random: np.random.Generator) -> Example:
    (stem, informal, _), good = _predicate(random)
    subject, wholly = _pick(random, SUBJECTS), _pick(random, _WHOLLY)
    if random.random() < 0.3 and " " not in stem:
        return f"{subject}{wholly}안 {_polite(random, stem, informal)}", not good
    return subject + wholly + stem + _pick(random, _NOT), not good


def _verb(random: np.random.Generator) -> Example:
    good = bool(random.integers(3) == 0)
    table = GOOD_VERBS if good else BAD_VERBS
    stem, informal = table[int(random.integers(len(table)))]
    subject = _pick(random, SUBJECTS)
    if random.random() < 0.4:
        adverb = _pick(random, ("잘 ", "잘 ", "바로 ") if good else ("", "자꾸 ", "금방 ", "너무 ", "다 "))
        return subject + adverb + _polite(random, stem, informal), good
    if random.random() < 0.6:
        thing, _, act = stem.rpartition(" ")  # 물이 안 빠져요, not 안 물이 빠져요
        said = _polite(random, act, informal.rpartition(" ")[2])
        before = ("잘 " if good else "") + (f"{thing} " if thing else "")
        return f"{subject}{_pick(random, _WHOLLY)}{before}안 {said}", not good
    return subject + _pick(random, _WHOLLY) + stem + _pick(random, _NOT), not good


def _thing(random: np.random.Generator) -> Example:
    good_thing, have = bool(random.integers(2)), bool(random.integers(2))
    noun = _pick(random, GOOD_THINGS if good_thing else BAD_THINGS)
    particle = _pick(
        random,
        ("이 " if (ord(noun[-1]) - 0xAC00) % 28 else "가 ", " ", "은 " if (ord(noun[-1]) - 0xAC00) % 28 else "는 "),
    )
    return noun + particle + _pick(random, _HAVE if have else _LACK), good_thing == have


def _phrase(random: np.random.Generator) -> Example:
    good = bool(random.integers(2))
    return _pick(random, FIXED_GOOD if good else FIXED_BAD), good


def _expected(random: np.random.Generator) -> Example:
    (stem, informal, _), good = _predicate(random)
    start = _pick(
        random,
        ("기대보다 ", "생각보다 ", "기대했던 것보다 ", "예상보다 ", "걱정했던 것보다 ", "사진보다 ", "후기보다 "),
    )
    if random.random() < 0.3:
        return start + _pick(random, ("못해요", "못하네요", "별로예요", "별로네요", "덜해요", "아니에요")), False
    if random.random() < 0.3:
        return start + stem + _pick(random, _NOT), not good
    return start + _polite(random, stem, informal), good


def _has_tail(word: str) -> bool:
    """Whether the last syllable ends in a consonant, which chooses the particle."""
    return (ord(word[-1]) - 0xAC00) % 28 > 0


def _goods(random: np.random.Generator) -> Example:
    """A thing of a kind, and what is said in praise or blame of that kind."""
    items, pairs = GOODS[int(random.integers(len(GOODS)))]
    item, good = _pick(random, items), bool(random.integers(2))
    said = pairs[int(random.integers(len(pairs)))][0 if good else 1]
    particle = _pick(random, (("이 ", "은 ") if _has_tail(item) else ("가 ", "는 ")) + (" ", "인데 "))
    strength = _pick(random, ("", "", "", "정말 ", "진짜 ", "아주 ", "꽤 "))
    return f"{item}{particle}{strength}{said}{_pick(random, _ENDS)}", good


def _sign(random: np.random.Generator) -> Example:
    """Something that should not be there, and whether it comes out in use."""
    good, (stem, informal, past) = bool(random.integers(2)), USES[int(random.integers(len(USES)))]
    when = _pick(
        random,
        ("", f"{informal}도 ", f"오래 {informal}도 ", f"{past}는데 ", f"며칠 {informal} 보니 ", f"매일 {stem}는데 "),
    )
    item = _pick(random, GOODS[int(random.integers(len(GOODS) - 1))][0])
    where = _pick(random, ("", f"{item} ", f"{item}에서 ", f"{item}인데 "))
    sign = _pick(random, BAD_SIGNS)
    if good:
        how = _pick(random, ("안 나", "안 나", "하나도 안 나", "전혀 안 나", "나지 않아", "안 생겨", "거의 안 나"))
    else:
        how = _pick(random, ("나", "나", "심하게 나", "너무 나", "많이 나", "자꾸 나", "계속 나", "생겨"))
    return f"{where}{when}{sign} {how}{_pick(random, _ENDS)}", good


def _double(random: np.random.Generator) -> Example:
    """Lacking the bad is good, lacking the good is bad, and a negation inside turns either round."""
    (_, _, adnominal), praised = _predicate(random)
    negated = random.random() < 0.4 and " " not in adnominal
    place = _pick(random, ("점이", "데가", "부분이", "구석이", "곳이", "게", "사람이"))
    lack = _pick(random, ("없어요", "없네요", "없습니다", "하나도 없어요", "없더라고요", "없음"))
    before = _pick(random, ("", "", "어디 하나 ", "뭐 하나 ", "딱히 "))
    inner = f"안 {adnominal}" if negated else adnominal
    return f"{before}{inner} {place} {lack}", praised == negated


def _nominal(stem: str) -> str:
    """A predicate as a noun: 편하 gives 편함, 좋 gives 좋음, 부드럽 gives 부드러움."""
    tail = (ord(stem[-1]) - 0xAC00) % 28
    if not tail:
        return stem[:-1] + chr(ord(stem[-1]) + _M)
    if tail == _B:
        return stem[:-1] + chr(ord(stem[-1]) - _B) + "움"
    return stem + "음"


def _lacking(random: np.random.Generator) -> Example:
    """Having or lacking a quality: 불편함이 전혀 없어요, 만족스러움이 느껴져요."""
    (stem, _, _), good = _predicate(random)
    have = random.random() < 0.4
    noun = _nominal(stem) + _pick(random, ("이 ", "은 ", "이라고는 " if not have else "이 "))
    if have:
        return noun + _pick(random, ("느껴져요", "느껴집니다", "있어요", "남아요", "커요", "많아요")), good
    wholly = _pick(random, ("", "전혀 ", "하나도 ", "조금도 ", "딱히 ", "거의 ", "일절 "))
    return noun + wholly + _pick(random, ("없어요", "없습니다", "없네요", "안 느껴져요", "느껴지지 않아요")), not good


def _litotes(random: np.random.Generator) -> Example:
    """Two negations, or one that stands after what is said: 좋다고는 못 하겠어요, 나쁘지 않을 수가 없네요."""
    (stem, informal, adnominal), good = _predicate(random)
    subject = _pick(random, SUBJECTS)
    verb = adnominal.endswith(("는", "드는"))
    plain = stem + "다" if not verb else informal + "요"
    kind = int(random.integers(5))
    if kind == 0:  # cannot help being so
        return f"{subject}{stem}지 않을 수{_pick(random, ('', '가'))} {_pick(random, _CANNOT)}", good
    if kind == 1:  # nobody could call it so
        return f"{subject}{plain}고{_pick(random, ('는', ''))} {_pick(random, _CANNOT_SAY)}", not good
    if kind == 2:  # it is not that it is not
        return f"{subject}안 {adnominal} {_pick(random, ('게', '건', '것이'))} {_pick(random, _IS_NOT)}", good
    if kind == 3:
        return f"{subject}{adnominal} {_pick(random, ('게', '건', '것이'))} {_pick(random, _IS_NOT)}", not good
    return f"{subject}{stem}지 않은 {_pick(random, ('적이', '날이', '때가', '게'))} {_pick(random, _CANNOT)}", good


_M, _B = 16, 17
"""Places of ㅁ and ㅂ among the consonants that a syllable may end in."""
_CANNOT = ("없어요", "없네요", "없습니다", "없었어요", "없더라고요")
_CANNOT_SAY = ("할 수 없어요", "할 수가 없네요", "못 하겠어요", "말 못 하겠네요", "하기 어려워요", "하기는 힘드네요")
_IS_NOT = ("아니에요", "아니네요", "아닙니다", "절대 아니에요", "전혀 아니네요")

_SIMPLE = (
    _plain,
    _lacking,
    _litotes,
    _goods,
    _goods,
    _goods,
    _goods,
    _sign,
    _double,
    _negated,
    _negated,
    _verb,
    _verb,
    _thing,
    _thing,
    _phrase,
    _phrase,
    _phrase,
    _expected,
)


def _contrast(random: np.random.Generator) -> Example:
    """Two sides of the same review; in Korean the last clause is what the writer stands by."""
    (stem, _, adnominal), first_good = _predicate(random)
    subject = _pick(random, SUBJECTS)
    for _ in range(50):
        second, good = _SIMPLE[int(random.integers(len(_SIMPLE)))](random)
        if good != first_good:
            break
    kind = int(random.integers(6))
    if kind == 0:
        return f"{subject}{stem}지만 {second}", good
    if kind == 1:
        return f"{subject}{adnominal}데 {second}", good
    if kind == 2:
        return f"{subject}{stem}긴 한데 {second}", good
    if kind == 3:
        linked = _pick(random, ("하지만 ", "근데 ", "그런데 ", "그러나 ", "다만 "))
        return f"{subject}{stem}네요. {linked}{second}", good
    if kind == 4:
        return f"{subject}{stem}기는 하지만 {second}", good
    strong = _pick(
        random,
        ("만족합니다", "추천해요", "최고예요", "아주 마음에 들어요")
        if good
        else ("실망이에요", "비추예요", "최악이에요", "후회합니다"),
    )
    return f"{strong} {subject}{stem}지만요", good


Kind = Callable[[np.random.Generator], Example]
_PHRASES: tuple[Kind, ...] = (*_SIMPLE, _contrast, _contrast, _contrast)


def make(count: int, seed: int) -> list[Example]:
    """Make short reviews by rule.

    Args:
        count: how many.
        seed: the same seed gives the same reviews.

    Returns:
        Pairs of text and whether it is positive; about half of them are.
    """
    random = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        kinds = RULES if random.integers(2) else _PHRASES
        made.append(kinds[int(random.integers(len(kinds)))](random))
    return made
