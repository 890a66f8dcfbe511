"""Words in a column of ratings, and the names that such a column has."""

from __future__ import annotations

import re
import unicodedata

from training.provenance import plain_name

POSITIVE = frozenset(
    [
        *("긍정", "긍정적", "긍정리뷰", "좋음", "좋아요", "만족", "만족함", "만족해요", "최고", "최고예요", "최고에요"),
        *(
            "맘에들어요",
            "마음에들어요",
            "추천",
            "추천해요",
            "positive",
            "pos",
            "good",
            "satisfied",
            "p",
            "true",
            "yes",
            "y",
        ),
    ]
)
NEGATIVE = frozenset(
    [
        *("부정", "부정적", "부정리뷰", "나쁨", "싫어요", "불만", "불만족", "불만족함", "별로", "별로예요", "별로에요"),
        *("비추천", "비추", "추천안함", "negative", "neg", "bad", "dissatisfied", "unsatisfied", "n", "false", "no"),
    ]
)
NEUTRAL = frozenset(
    [
        *("중립", "중립적", "보통", "보통이에요", "보통이예요", "그저그래요", "그냥그래요"),
        *("neutral", "neu", "mixed"),
    ]
)
WORDS = POSITIVE | NEGATIVE | NEUTRAL
MISSING = frozenset(
    [
        *("", "-", "–", "—", "n/a", "#n/a", "na", "nan", "null", "none"),
        *("없음", "미평가", "평가없음", "별점없음", "미작성", "미입력", "미응답", "무응답"),
    ]
)
"""What stands in the cell of a review that nobody rated."""

YES_OR_NO = frozenset(["true", "false", "yes", "no", "y", "n"])
"""Which a column can say of anything, such as whether a photograph was added."""

FLAGS = YES_OR_NO | {"0", "1", "0.0", "1.0"}

LABEL_NAMES = (
    *("label", "라벨", "레이블", "감정", "감성", "긍부정", "긍정부정", "극성", "분류", "정답"),
    *("sentiment", "polarity", "class", "target", "y"),
)
"""Names of a column of labels."""

ANY_LABEL = frozenset(["분류", "정답", "class", "target", "y"])
"""Of them those that labels of any kind have, such as of what was sold."""

VAGUE = frozenset(["점수", "score"])
"""Of the names for stars those that scores of any kind have, such as how sure a model was of its label."""

RESULTS = frozenset(["결과", "값", "result", "value", "answer", "gold"])
"""Names of a column that, alone beside the texts, holds labels."""

OVERALL = frozenset(
    [
        *("평가", "평가점수", "총점", "총평점", "전체평점", "전체만족도", "전반적만족도"),
        *("종합평점", "종합점수", "종합평가", "종합만족도", "overallrating", "overallscore", "overallsatisfaction"),
    ]
)
"""Names of a column of ratings of all of it, where others rate a part such as the delivery."""

COUNTED = re.compile(
    "수량|개수|갯수|도움|추천|조회|공감|번호|(?<![점지])수$|좋아요$|싫어요$|하트|댓글|답글|답변|첨부|횟수|나이|연령|성별"
    "|qty|quantity|count|helpful|votes|likes|repl(?:y|ies)$"
)
"""In names of columns that hold small numbers, too."""

RATED = re.compile("(?:[평별]점|점수|평가|감[정성]|라벨|rating|score|stars?|label|sentiment)$|[긍부]정|만족|positive")
"""In names of columns that hold ratings of something."""

_BAD = re.compile(r"부정|불만|나쁨|악평|negative|complain|dissatisf|unsatisf|(?:^|[\s_-])(?:bad|neg)$", re.IGNORECASE)
_GOOD = re.compile(r"긍|(?<!불)만족|positive|(?<!dis)(?<!un)satisf|sentiment|polarity", re.IGNORECASE)
_ONE_IS_BAD = re.compile(
    r"(?<!\d)1\s*[:=]\s*(?:부정|나쁨|negative)|(?:부정|나쁨|negative)\s*[:=(\[]\s*1(?!\d)", re.IGNORECASE
)
_ONE_IS_BEST = re.compile(r"(?<!\d)1\s*점?\s*[:=)\]-]*\s*(?:(?:매우|아주)\s*(?:만족|좋)|best)", re.IGNORECASE)

_OUT_OF = re.compile(r"[(\[（][\s\d.~/,–-]*(?:점|만점|까지|stars?)?(?:\s*만점)?[)\]）]", re.IGNORECASE)
_VERY = re.compile("(?:매우|아주|정말|very|extremely|highly)(.+)")
_DROPPED = re.compile(r"[\s_-]+")


def rating_name(name: str) -> str:
    """A column's name by which it is known, without the scale that may stand behind it: "별점 (5점 만점)" is 별점."""
    return plain_name(_OUT_OF.sub("", name))


def says_bad(name: str, *, flags: bool) -> bool:
    """Whether by its name a yes, or the higher number, in a column means that a review is bad.

    Args:
        name: as it stands in the file.
        flags: whether its cells are yes and no, or 1 and 0.
    """
    if not flags:
        return bool(_ONE_IS_BEST.search(name))
    return bool(_ONE_IS_BAD.search(name)) or bool(_BAD.search(name) and not _GOOD.search(name))


def word_of(text: str) -> str:
    """What a cell says, as it is looked for among these words: "매우 만족" is 만족."""
    word = unicodedata.normalize("NFC", text).strip().casefold()
    short = _DROPPED.sub("", word)
    strong = _VERY.fullmatch(short)
    for known in (short, strong[1] if strong else ""):
        if known and known in WORDS | MISSING:
            return known
    return word
