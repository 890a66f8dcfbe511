"""How a Korean word ends: with a finished sentence, with a connective, or with neither.

Word endings tell where a clause stops without a dictionary of words: 빠르*지만*, 좋은*데*, 예쁘*고*, 왔어*요*. What
the endings share with ordinary nouns (최*고*, 가운*데*, 필*요*, 마*음*) is listed as exceptions. All functions take
words of normalised text, without the punctuation around them.
"""

from __future__ import annotations

import re

from nlp.text import is_hangul_syllable

# Numbers of final consonants in Unicode's order.
_NIEUN, _BIEUP, _SSANGSIOS = 4, 17, 20
_PREDICATE_TAILS = {_NIEUN, _SSANGSIOS, 18, 6, 15, 27, 25, 26}  # ㄴ ㅆ ㅄ ㄶ ㅀ ㅎ ㅌ ㅍ: 한다 있다 없다 많다 ...


def tail(char: str) -> int:
    """Number of a syllable's final consonant, 1 to 27; 0 if it has none or is no syllable."""
    return (ord(char) - 0xAC00) % 28 if is_hangul_syllable(char) else 0


def _ending(alternatives: str, after: str = "") -> re.Pattern[str]:
    """A word that ends in one of the alternatives (parted by blanks)."""
    return re.compile(f"{after}(?:{'|'.join(alternatives.split())})$")


def _whole(alternatives: str) -> re.Pattern[str]:
    """A word that is one of the alternatives."""
    return re.compile(f"^(?:{'|'.join(alternatives.split())})$")


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


# --- The end of a sentence -------------------------------------------------------------------------------------

_POLITE = _ending("[가-힣](?:요|욧|욤) [아어해네에예세려와워져라데지돼까께게러켜봐겨](?:여|용|염|욥|유)")
_POLITE_NOT = _ending("필요 중요 주요 소요 수요 담요 개요 고요 동요 강요 긴요 불필요 요요 가요")
_FORMAL = _ending("니다 니당 니닷 슴다 [습입합됩갑옵줍]니까 죠 쥬", after="[가-힣]?")
_PLAIN = _ending("하 되 이 크 싸 빠르 느리 예쁘 이쁘 나쁘 짜 아니 다르 걸리", after=".*")
_PLAIN_NOT = _whole("보다 마다 다 바다 소다 하다 되다 이다 판다 먼저다")
_NOTICED = _ending("네 군 구나 더라 더라구 더라고 거든 [^다]는걸 은걸 을듯 [은는인한할큰]듯", after="[가-힣]")
_NOTICED_NOT = _ending("동네 우리네 장군 향군 한군 그네 아네 올네 국군 친군 시군 여러군")
_NOUN_FORM = _ending(
    "[좋많있없했었았겠됐같작짧높낮넓좁얇싫졌왔갔났렸꼈썼샀셨쳤켰찮않맞늦받먹적깊굵]음 [안잘못편강약심독착과]함 됨"
    " [가-힣]+[^포보수명대정]함 [가-힣]*[^아]됨 [가-힣]+[^느게모책]임"
    " [가-힣]+(?:름|림|쁨|쌈|듦|움|픔|짐|힘) ^(?:큼|짬|씀|탐|휨) 남음"
)
_NOUN_FORM_NOT = _ending(
    "게임 타임 책임 모임 움직임 프레임 담임 크라임 라임 선임 취임 전임 포함 보관함 수납함 정리함 마음"
    " 처음 다음 필름 이름 여름 구름"
    " 기름 주름 씨름 그림 크림 드림 올림 알림 아림 슬림 프림 도움 처리움 새로움 짐 모짐 힘 안심 자갈짐"
    " 등짐 이삿짐 슬픔"
)
_JUDGEMENTS = _listed(
    "굿 굳 꽝 최고 별로 별루 만족 대만족 추천 강추 비추 비추천 실망 대실망 짱 대박 감사 완료 그닥 쏘쏘"
    " 보통 완벽 최악 불만"
    " 불만족 환불 반품 쓰레기 무난 꼼꼼 튼튼 깔끔 인정 good 굿굿 합격 탈락 노답 만점 꿀템 저렴 신속 친절"
)
_JUDGEMENTS_ALONE = _listed("굿 굳 꽝 굿굿 비추 강추 대만족 대실망")
_CASUAL = _ending("[가-힣](?:아|어|해|돼|네|지|야|워|와|져|려|임|됨|듯|구|걸|줘|봐|커|뻐|빠) 커 [가-힣]+[음함임됨]")
_CONTINUES = re.compile(
    "라고|라는|라며|라면|이라|하고는|하며|하면서|하더|하시|하던|하길|싶|보니|보면|생각|느껴|는$|만$|말고"
    "|합니다|해요|하네|했|입니다|이에요|예요|에요"
)


def ends_sentence(word: str, following: str = "") -> bool:
    """Whether a word finishes a sentence, also without a full stop: 빨라요, 좋습니다, 왔다, 빠름.

    Args:
        word: the word.
        following: the word after it, which may show that the sentence goes on (``좋다 싶어서``).
    """
    if _POLITE.search(word):
        return not _POLITE_NOT.search(word) and not following.startswith(("라고", "라는", "라며"))
    if _CONTINUES.match(following):
        return False
    if _FORMAL.search(word) or word in _JUDGEMENTS_ALONE or word == "듯":
        return True
    if word.endswith("다") and len(word) > 1 and not _PLAIN_NOT.match(word):
        return tail(word[-2]) in _PREDICATE_TAILS or bool(_PLAIN.search(word[:-1]))
    if _NOTICED.search(word):
        return not _NOTICED_NOT.search(word)
    return bool(_NOUN_FORM.search(word)) and not _NOUN_FORM_NOT.search(word)


def may_end_sentence(word: str) -> bool:
    """Whether a word can finish a sentence where dots or a smile follow it: 굿, 별로, 괜찮아, 예뻐."""
    return is_judgement(word) or (bool(_CASUAL.search(word)) and not _NOUN_FORM_NOT.search(word))


def is_judgement(word: str) -> bool:
    """Whether a noun says by itself what a sentence would: 굿, 최고, 별로, 가격만족."""
    return word in _JUDGEMENTS or any(word.endswith(v) for v in _JUDGEMENTS if len(v) > 1)


# --- The beginning of a clause ---------------------------------------------------------------------------------

_OPENERS = _listed(
    "그러나 하지만 그런데 근데 그렇지만 그치만 다만 반면 반면에 그리고 글구 그래도 그래서 또한 게다가"
    " 더구나 더군다나 아무튼"
    " 암튼 어쨌든 여튼 그런데도 그럼에도 근데도 반대로 but"
)
_SOFTENED = _ending("긴 기는 기엔 기도 건 은 는 진 지는 만")


def opens_clause(word: str, before: str = "") -> bool:
    """Whether a word stands at the beginning of a clause: 하지만, 근데, 다만, 그리고.

    Args:
        word: the word.
        before: the word before it, which may show that it is something else (``늦긴 하지만``, ``얇은 반면``).
    """
    if word not in _OPENERS:
        return False
    if word == "하지만":
        return not _SOFTENED.search(before)
    return not (word.startswith("반면") and _modifies(before))


def _modifies(word: str) -> bool:
    """Whether a word looks like a predicate before a noun: 얇은, 비싼."""
    return bool(word) and tail(word[-1]) == _NIEUN


# --- Contrast --------------------------------------------------------------------------------------------------

_JIMAN = _ending("지만 지만요 지만서도", after="[가-힣]")
_JIMAN_NOT = _ending(
    "(?:휴|강아|편|바|반|먼|봉|돼|잡|이미|페이|소시|단무|김|메시|패키|우엉|엄|간|핑크|모양|아버|할아버|망아)지만"
)
_DE = _ending("데 데도 데다 데다가 데두 데요 데요도", after="")
_DE_NOT = _whole("(?:그런|근|이런|저런|어떤|가운|한가운|어딘|[가-힣]*군)데 그런데도 근데도")
_DAE = _ending("[가-힣](?:은|는|른|쁜|큰|운|긴)대")  # a common misspelling of 데
_NA = _ending("으나 우나 [가-힣]{2,}하나 빠르나 느리나 [예이나]쁘나 싸나 크나 짜나 [좋많]나 긴하나 기는하나 되나")
_NA_NOT = _whole("또하나 너무나 언제나 누구나")
_MAN = _ending("니다만 건만 련만 더니만 더만")
_TAKES = _ending("오는데 받는데 걸리는데 하는데 되는데 뜯는데 가는데 여는데 끼우는데 맞추는데")
_DURATION = re.compile(
    "(?:약|한|총|거의|무려|꼬박|대략)?(?:[0-9]|하루|이틀|사흘|나흘|일주|이주|삼주|한달|두달|며칠|몇|시간"
    "|오래|보름|한참"
    "|[한두세네]시간|[일이삼사오육칠]일)"
)
_USES = _ending("(?:쓰|하|담|넣|먹|입|신|타|닦|자르|보|만들|들|놓|걸)는데")
_EASE = re.compile(
    "문제|지장|불편|무리|도움|유용|최적|최고|딱|편리|편하|편해|전혀|아무|좋아|좋습|좋은|좋고|좋네|힘들"
    "|제격|이만|안성맞춤|쓰|쓸|사용|이용"
)


def ends_contrast(word: str, before: str = "", following: str = "") -> bool:
    """Whether a word closes a clause that the next one contrasts with: 빠르지만, 예쁜데, 좋으나, 비싼 반면.

    Args:
        word: the word.
        before: the word before it.
        following: the word after it.
    """
    if word == "하지만":
        return bool(_SOFTENED.search(before))
    if word == "하나":  # 무겁긴 하나
        return before.endswith(("긴", "기는", "기엔"))
    if _JIMAN.search(word):
        return word not in _OPENERS and not _JIMAN_NOT.search(word)
    if _DE.search(word) and not _DE_NOT.match(word):
        stem = _DE.sub("", word)
        if not stem or tail(stem[-1]) != _NIEUN:
            return False
        if _TAKES.search(word) and _DURATION.match(following):
            return False  # 오는 데 3일 걸렸어요
        return not (_USES.search(word) and _EASE.match(following))  # 쓰는 데 불편해요
    if word in ("반면", "반면에", "대신", "대신에"):
        return _modifies(before)
    if word in ("반해", "비해"):
        return before.endswith("데")
    return bool(_DAE.search(word) or _MAN.search(word) or (_NA.search(word) and not _NA_NOT.match(word)))


# --- Listing ---------------------------------------------------------------------------------------------------

_LIST = _ending("[가-힣]며 면서도 거니와 뿐더러 고서도")
_LIST_NOT = _whole("하며 그러며")
_GO = _ending("[가-힣]고 (?:[좋많있없했었았겠않같하크싸되이]|빠르|느리|[예이나]쁘|맛나)구")
_GO_NOT = _ending(
    "최고 중고 창고 재고 참고 냉장고 금고 광고 경고 권고 충고 문고 원고 제고 망고 로고 당고 그리고 말고"
    " 려고 [^되]라고 [^하]다고 냐고 자고"
    " 그러고 저장고 그러려니하고 상고 휴고 숙고 수고 탱고 이러고"
)
_STATE = _ending(
    "[좋많없않싫같맞짧길높낮넓좁얇굵깊작적밝낫밉곱덥춥맵쉽볍겁껍엽럽렵답둡겹갑급붉검희세짜싸크쎄] 르"
    " [가-힣]쁘 비리 느리 질기 여리 편하"
    " 되 아니 이 힘들 거리 지 나 아프 기쁘 바쁘 푸르 시리 달 [가-힣]{2,}하 [착심강약독연진순과귀환핫힙통]하 있 싼"
)
_MANNER = _ending(
    "보 믿 가지 갖 들 입 신 쓰 타 먹 사 받 두 놓 넣 알 듣 빼 끼 치 앉 서 뜯 열 찾 메 매 걸 펴 접 씻 빨"
    " 바르 마시 자 벗 켜 끄 감 묶"
    " 풀 붙이 올리 내리 뿌리 끓이 열 닫 데리"
    " (?:주문|구매|사용|구입|설치|조립|확인|기대|생각|비교|고민|고려|착용|세탁|도착|개봉|반품|교환)하"
)
_AUXILIARY = re.compile(
    "있|싶|나서|나니|나면|난|나온|계[시신셨]|말[았고아]|보니|보면|다니|다녀|다닐|다닙|파[요서]|하[는려여]"
    "|해서|합니다|잤|자[요고]|놀|삽니다|샀"
    "|사[는서요려세]|산|써|쓰|쓸|씁|왔|와[서요]|갔|가[서요는면]"
)
_TOPIC = re.compile("^[가-힣a-z0-9]+(?:도|은|는|엔|두|까지|조차|마저)$")
_TOPIC_NOT = _whole(
    "(?:너무|아주|아직|그래|또|다시|지금|오늘|이번|저|나|저희|우리|일단|솔직히)(?:도|은|는)"
    " (?:[좋않없있같많작그]|[가-힣]*[하되])(?:은|는) [가-힣]*[아어해려져워]도"
)
_SUBJECT = re.compile("^[가-힣a-z0-9]+[이가]$")


def ends_listing(word: str, before: str = "", following: str = "", *, comma: bool = False) -> bool:
    """Whether a word closes a clause that the next one is listed after: 빠르고, 좋으며, 좋을 뿐 아니라.

    Args:
        word: the word.
        before: the word before it.
        following: the word after it.
        comma: whether a comma stands behind the word.
    """
    if word == "아니라":
        return before.endswith(("뿐", "뿐만"))
    if _LIST.search(word):
        return not _LIST_NOT.match(word)
    if word.endswith("면서"):  # 비싸면서, 무료라면서; but 쓰면서, 먹으면서: at the same time
        return not _MANNER.search(word[:-2].removesuffix("으"))
    if not _GO.search(word) or _GO_NOT.search(word):
        return False
    stem = word[:-1]
    if comma or (tail(stem[-1]) == _SSANGSIOS and stem[-1] != "있"):  # 했고, 왔고
        return True
    states = bool(_STATE.search(stem))
    if _AUXILIARY.match(following) and not (states and (stem[-1] in "있없좋" or tail(stem[-1]) == _BIEUP)):
        return False  # 쓰고 있어요, 사고 싶어요
    topic = bool(_TOPIC.match(following)) and not _TOPIC_NOT.match(following)
    if _MANNER.search(stem) and not stem.endswith(
        "힘들"
    ):  # 믿고 샀어요, 후기 보고: how something is done; but 마음에 들고 lists
        return topic or (stem == "들" and before.endswith(("에", "이", "가", "도", "안")))
    return states or topic or bool(_SUBJECT.match(following))
