"""What model cards, pictures and pages of runs say in Korean; cards have the English terms beside, for all to read."""

# The model card
CARD_TITLE = "# 모델 카드 (model card): {recipe}"
CARD_USES = """## 쓰임 (intended use)

한국어 상품 리뷰 한 편이 긍정인지 부정인지 가늠합니다. 사람을 돕는 데 씁니다: 리뷰를 모아 보거나, 먼저 읽을 리뷰를
고를 때입니다.

**쓰지 말아야 할 곳**: 사람이나 그 기분, 일, 성격을 판단하기, 직원이나 손님에게 순위를 매기기, 사람이 보지 않는 자동
제재, 다른 언어의 글, 의료·법률·채용의 결정. 함께 설치되는 모델의 리뷰는 2020년 6월과 7월 한 쇼핑몰의 것이고 별점
3점이 없습니다. 다른 상품, 다른 때, 어중간한 의견에서는 이보다 못합니다.

It estimates whether a Korean product review is positive or negative, to help people sort and read reviews. **Not for**:
judging persons, ranking employees or customers, automatic punishment without a person looking, texts in other
languages, medical, legal or hiring decisions."""
CARD_DATA = "## 데이터 (data)"
CARD_NETWORK = "## 신경망 (network)"
CARD_RESULTS = "## 얼마나 맞히는지 (results)"
CARD_MADE_FULL = (
    "{day}에 시드 {seed}, `python -m training fit --recipe {recipe}` 명령으로 만들었습니다 (Python {python}, "
    "{versions})."
)
CARD_MADE_FINISH = (
    "{day}에 시드 {seed}, 모델 {start} 에서 `python -m training finish --recipe {recipe}` 명령으로 만들었습니다 "
    "(Python {python}, {versions}). 그 모델을 어떻게 만들었는지는 그 모델의 카드에 있습니다. "
    "보정과 확인 필요 범위는 그대로입니다."
)
CARD_MADE_SHOP = (
    "{day}에 시드 {seed}, `{recipe}` 레시피로 `{start}` 모델에서 이어 배워 만들었습니다. {passes}번 읽은 가운데 "
    "{best}번 읽은 것이 가장 나았습니다 ({versions})."
)
CARD_BEFORE = "출발한 모델이 그 전에 배운 것은 그 모델의 카드에 있습니다."
CARD_LEFT_OUT = "{read:,}행을 읽어 이만큼 뺐습니다: {left_out}."
CARD_REFUSED = (
    "Discord나 Slack에서 온 행은 받지 않습니다. 리뷰의 주인은 그대로입니다. 이 모델을 남에게 주기 전에 물어보십시오."
)
CARD_NEVER = "Discord나 Slack에서 온 행은 쓰지 않습니다. 모델의 이용 조건은 이 프로젝트와 같습니다 (Apache-2.0)."
CARD_TESTED = "글의 해시로 남겨 둔 리뷰 {rows:,}편에서 쟀습니다."
CARD_TESTED_FULL = (
    "글의 해시로 남겨 두어 신경망도 선생 모델도 보정도 배우지 않은 별점 리뷰 {rows:,}편에서 쟀습니다 (`python -m "
    "training evaluate` 로, 영화 리뷰는 `--movies` 로 다시 볼 수 있습니다. 선형 모델과의 비교는 `fit` 이 끝에 "
    "말합니다)."
)
CARD_LOOKS = (
    " 레시피를 고르는 동안 이 리뷰에서의 값을 {n}번 보았고 몇 가지 설정은 본 뒤에 바꾸었으므로, "
    "값들은 조금 낙관적일 수 있습니다."
)
CARD_BEHAVIOUR = "## 무엇을 아는지 (behaviour)"
CARD_BEHAVIOUR_HOW = (
    "직접 쓴 문제 모음과, 같은 리뷰 {rows:,}편을 바꾸거나 망가뜨린 것으로 쟀습니다 (`python -m training behaviour` 로 "
    "다시 볼 수 있습니다). 문제가 두 문장의 짝이면 둘 다 맞아야 맞힌 것입니다."
)
CARD_SUITE = "문제 모음 {name}"
CARD_FLIPS = "뒤집힌 판단: {change}"
CARD_NOISE = "글자의 {amount:.0%}가 망가졌을 때 잃는 정확도 (네 가지 오타의 평균)"
CARD_POINTS = "{points:.2f}점 (points)"
CARD_TEACHERS = "선생 모델들이 배우지 않은 리뷰에서: {shares}."
CARD_ROWS = "리뷰 (rows)"
CARD_SOURCE = "출처 (source)"
CARD_LICENCE = "이용 조건 (licence)"
CARD_OBTAINED = "받은 날 (obtained)"
CARD_MEASURE = "잰 것 (measure)"
CARD_VALUE = "값 (value)"
CARD_INTERVAL = "95 % 구간 (95 % interval)"
CARD_GROUP = "갈래 (group)"
CARD_RATED = "별점 리뷰, {source}, {day}에 받음"
CARD_SHOPPING = "별점 리뷰, 네이버 쇼핑 (bab2min/corpus), 별점 1, 2, 4, 5"
CARD_UNRATED = "같은 말뭉치의 별점 없는 리뷰"
CARD_UNRATED_OF = "별점 없는 리뷰, {source}, {day}에 받음"
CARD_FILMS_OF = "영화 리뷰, {source}, {day}에 받음"
CARD_FILMS = "1점에서 10점까지의 영화 리뷰 (e9t/nsmc, raw)"
CARD_WRITTEN = "이 프로젝트에서 규칙 없이 한 쌍씩 쓴 짝 (쓴 것은 언어 모델)"
CARD_JUDGED = "위의 별점 있는 리뷰와 없는 리뷰 가운데 별점을 모르는 언어 모델이 읽고 1에서 5까지 매긴 것"
CARD_PUBLIC_DOMAIN = "공개 도메인 (public domain)"
CARD_ACCURACY = "정확도 (accuracy)"
CARD_LINEAR = "같은 리뷰에서 글자 TF-IDF와 로지스틱 회귀 (linear model)"
CARD_PAIRED = "둘의 짝지은 비교 (McNemar)"
CARD_MACRO_F1 = "macro F1"
CARD_BY_CHANCE = "확률이 모두 참이라도 {mean:.4f}, 95 %가 {high:.4f} 아래"
CARD_CALIBRATION_ERROR = "보정 오차 (expected calibration error)"
CARD_SUREST = "가장 확실한 {share} %의 정확도 (coverage)"
CARD_OUTSIDE = "확인 필요({below:.3f}–{above:.3f})를 뺀 정확도 (outside the unsure band)"
CARD_INSIDE = "확인 필요의 비율 (inside the unsure band)"
CARD_STARS = "별점 맞힘 (1, 2, 4, 5)"
CARD_MOVIES = "영화 리뷰 (4점 이하 대 9, 10점)"
CARD_MOVIES_F1 = "영화 리뷰의 macro F1"
CARD_BY_RATING = "별점 {rating}"
CARD_BY_LENGTH = "{length}자"
CARD_SHAPE = "{vectors}{pairs}. {cell} {size}. 상태를 모으는 법: {pooling}.{wide}"
CARD_COST = (
    "매개변수 {parameters:,}개, 반 정밀도로 {megabytes:.1f} MB. 만든 기계의 한 스레드에서 {length}자 리뷰 한 편에 "
    "{ms:.2f} ms (`python -m nlp.bench`)."
)
CARD_VECTORS = "글자마다 수 {width}개의 벡터"
CARD_VECTORS_JAMO = "글자마다 수 {width}개의 벡터 (제 벡터와 자모의 벡터를 더함)"
CARD_PAIRS = ", 바로 앞 글자와의 짝마다 그 절반 너비의 벡터 하나 더"
CARD_BOTH_WAYS = "양방향 {cell}"
CARD_AND = " + "
CARD_WIDE = " 곁에 글자 {longest}개까지의 n-gram 해시를 읽는 선형 부분이 있습니다."

# Pictures
PICTURE_PASSES = "배우는 동안"
PICTURE_READING = "몇 번째 읽기"
PICTURE_LOSS_ASIDE = "손실 (따로 둔 리뷰)"
PICTURE_ACCURACY_ASIDE = "정확도 (따로 둔 리뷰)"
PICTURE_NETWORK = "신경망 {number}"
PICTURE_STEP = "단계"
PICTURE_LOSS = "손실"
PICTURE_MEASURE = "정확도 (회귀는 평균 절대 오차)"
PICTURE_EPOCH = "에포크"
PICTURE_LEARNT = "{recipe} · 배운 리뷰"
PICTURE_ASIDE = "{recipe} · 따로 둔 리뷰"
PICTURE_CONFUSION = "맞힘과 틀림 (리뷰 {rows:,}편)"
PICTURE_SAID = "모델의 판단"
PICTURE_TRUE = "실제"
PICTURE_RELIABILITY = "확률이 믿을 만한가 (보정 오차 {error:.3f})"
PICTURE_PROBABILITY = "모델이 말한 긍정 확률"
PICTURE_SHARE = "실제 긍정 비율"
PICTURE_COVERAGE = "덜 확실한 리뷰를 남겨 두면"
PICTURE_COVERED = "판단한 리뷰의 비율"
PICTURE_RIGHT = "판단이 맞은 비율"
PICTURE_UNSURE = "확인 필요 {unsure:.0%}를 빼면 {right:.1%}"

# The page of a run
PAGE_CONFIG = "설정과 버전 (config.json)"
PAGE_METRICS = "배우는 동안의 수 (metrics.jsonl)"
PAGE_CARD = "모델 카드"
PAGE_CURVES = "배우는 동안의 손실과 정확도"
PAGE_CONFUSION = "맞힘과 틀림"
PAGE_RELIABILITY = "확률이 믿을 만한가"
PAGE_COVERAGE = "덜 확실한 리뷰를 남겨 두면"
