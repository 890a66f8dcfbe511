"""What is said in Korean of files, rows and recipes. The names are those of :mod:`training.messages.data_en`."""

# Files
FILE_MISSING = "{path}: 그런 파일이 없습니다. 이름과 폴더를 확인해 주세요."
FILE_FOLDER = "{path}: 파일이 아니라 폴더입니다. 리뷰가 든 파일을 알려 주세요."
FILE_UNREADABLE = "{path}: 읽을 수 없습니다. 파일과 권한을 확인해 주세요. ({reason})"
FILE_NOT_UTF8 = "{path}, {line:,}번째 줄: UTF-8 글이 아닙니다. 파일을 UTF-8로 다시 저장해 주세요."
FILE_SPECIAL = "{path}: 파이프나 장치는 읽지 않습니다. 파일로 저장해서 주세요."
FILE_CHANGED = "{path}: 읽는 동안 파일이 바뀌었습니다. 다 저장된 다음 다시 해 주세요."
FILE_NO_REVIEW = "{path}: 리뷰가 하나도 없습니다."
FILE_COURSE_LINE = "{path}, {line:,}번째 줄: 0부터 10까지의 별점, 탭, 리뷰가 차례로 있어야 합니다."
FILE_NEEDS_HOST = (
    "{path}: 여기서는 별점, 탭, 리뷰로 된 줄만 읽습니다. CSV와 엑셀은 nunchi train 이 읽습니다 (pip install nunchi)."
)
FILE_UNUSABLE = "{file}: {why}"
SUITE_COLUMNS = "{path}: 문제 모음에는 {columns} 칸이 있어야 합니다."
NO_SUITES = "{path}: 문제 모음(.tsv)이 없습니다. 그것이 있는 폴더를 --suites 로 알려 주세요."
SUITE_FORMS = "{path}: 문제 모음에는 positive 와 negative, 또는 text 와 label, 또는 text 칸이 있어야 합니다."

# What is understood of them
NOTE_COURSE = "{file}: 한 줄에 별점, 탭, 리뷰. {meaning}"
NOTE_TABLE = "{file}: 리뷰는 “{text}” 칸, 별점은 “{label}” 칸에 있습니다. {meaning}"
NOTE_SHEETS = "{file}: “{sheet}” 시트만 읽습니다. 다른 시트는 --sheet 로 고르실 수 있습니다: {sheets}"
COLUMN_NUMBER = "{number}번째"
MEANING_LABELS = "긍정과 부정의 라벨로 읽었습니다."
MEANING_LABELS_NUMBERS = "긍정과 부정의 라벨로 읽었습니다. {good}이면 긍정, {bad}이면 부정입니다."
MEANING_LABELS_YES = "긍정과 부정의 라벨로 읽었습니다. 예(Y, true)면 긍정, 아니요(N, false)면 부정입니다."
MEANING_STARS = (
    "{highest:g}점 만점의 별점으로 읽었습니다. {cut:g}점보다 높으면 긍정, 낮으면 부정이고 {cut:g}점은 뺍니다."
)
READ_ROWS = "{read:,}행을 읽어 리뷰 {kept:,}편을 씁니다."
READ_ROWS_LEFT_OUT = "{read:,}행을 읽어 리뷰 {kept:,}편을 씁니다. 뺀 것: {left_out}."
CORPUS_RATED = "{file}: 별점이 있는 리뷰 {count:,}편."
CORPUS_UNRATED = "{file}: 별점이 없는 리뷰 {count:,}편."
CORPUS_MOVIE = "{file}: 영화 리뷰 {count:,}편."
CORPUS_LEFT_OUT = "{corpus} 뺀 것: {left_out}."
CORPUS_SAME_AS_HELD_OUT = "별점 없는 리뷰와 영화 리뷰에서 남겨 둔 리뷰와 글이 같은 것을 뺐습니다: {count:,}편."
LEFT_OUT_EMPTY = "빈 글 {count:,}"
LEFT_OUT_TOO_LONG = "{longest:,}자보다 긴 글 {count:,}"
LEFT_OUT_UNRATED = "별점 없는 글 {count:,}"
LEFT_OUT_MIDDLE = "가운데 점수 {count:,}"
LEFT_OUT_DUPLICATES = "같은 글 {count:,}"
LEFT_OUT_CONFLICTING = "긍정과 부정이 엇갈린 글 {count:,}"
FROM_ORIGIN = "  {count:,}편: {origin}"
ORIGIN = "{source} (이용 조건: {licence}, 받은 날: {obtained})"
UNSTATED = "적지 않음"
SPLIT = (
    "배울 리뷰 {learn:,}편 (긍정 {good:,}, 부정 {bad:,}), 남겨 두고 잴 리뷰 {held:,}편 (긍정 {fine:,}, 부정 {poor:,})"
)
POSITIVE = "긍정"
NEGATIVE = "부정"

# What is wrong with them
NO_ROWS_LEFT = "배울 리뷰가 남지 않았습니다. {read:,}행을 읽었고, 뺀 것은 이렇습니다: {left_out}."
NOTHING_USABLE = "쓸 수 있는 행이 없음"
LABELS_MIXED = (
    "{file}: {column}번째 칸에 숫자와 ‘긍정’ 같은 말이 섞여 있습니다. 하나로 맞추거나 --label-column 으로 다른 칸을 "
    "알려 주세요."
)
LABEL_UNCLEAR = (
    "{file}, {row:,}번째 행의 “{column}” 칸: 별점을 알 수 없습니다. 별, 0에서 100까지의 점수, 0과 1, 긍정과 부정, "
    "positive 와 negative 를 읽습니다. 별점의 칸이 다르면 --label-column 으로 알려 주세요."
)
OBTAINED_UNCLEAR = "{file}, {row:,}번째 행: 받은 날(obtained)의 칸에는 2026-11-22 처럼 적은 날이 있어야 합니다."
RATING_TOO_HIGH = (
    "{file}: 별점에 {rating:g} 값이 있는데 만점은 {highest:g}점입니다. 값을 고치거나 --scale 로 만점을 알려 주세요."
)
SCALE_UNCLEAR = (
    "{file}: 몇 점 만점인지 알 수 없습니다 (만점을 적지 않은 가장 높은 값 {highest:g}). --scale 로 만점을 알려 주세요. "
    "0, 1, 2 같은 라벨이면 --cut 으로 긍정과 부정을 가르는 값을 알려 주세요."
)
MOVIES_SCALE = "{path}: 영화 리뷰의 별점은 1점에서 10점까지여야 하는데 5점을 넘는 것이 없습니다."
SCALE_WRONG = "--scale {scale:g} 값은 만점이므로 0보다 커야 합니다."
CUT_TOO_HIGH = "--cut {cut:g} 값은 만점 {highest:g}점보다 작아야 합니다."
COLUMN_MISSING = "{file}: --label-column 으로 알려 주신 칸이 없습니다. 있는 칸: {columns}"
COLUMN_TWICE = "{file}: 리뷰와 별점이 모두 {column}번째 칸일 수는 없습니다. --label-column 을 고쳐 주세요."
COLUMN_UNCLEAR = (
    "{file}: 어느 칸이 별점인지 알 수 없습니다. --label-column 으로 이름이나 번호를 알려 주세요. 있는 칸: {columns}"
)
COLUMN_UNCLEAR_SHEETS = (
    "{file}: {sheet} 시트에서 어느 칸이 별점인지 알 수 없습니다. 다른 시트에 있으면 --sheet 로, 이 시트에 있으면 "
    "--label-column 으로 알려 주세요. 다른 시트: {sheets}. 있는 칸: {columns}"
)
LABEL_SAYS_BAD = (
    "{file}: “{column}” 칸은 이름으로 보아 예나 큰 값이 부정입니다. 긍정과 부정이라고 적은 칸이나, 클수록 긍정인 칸을 "
    "두고 --label-column 으로 알려 주세요."
)
HEADER_NOT_FIRST = "{file}: 칸의 이름이 표의 첫 줄에 없습니다. 그 위의 제목 줄을 지우고 저장해 주세요."
COLUMNS_SWAPPED = (
    "{file}: 별점의 칸에 글이, 리뷰의 칸에 숫자가 있습니다. 제목 줄을 고치시거나 --text-column {text} --label-column "
    "{label} 을 더해 주세요."
)
ROWS_ONE_SIDE = "{rows:,}편이 모두 {side}입니다. 긍정과 부정이 다 있어야 배울 수 있습니다."
ROWS_TOO_FEW_LEARN = (
    "배울 리뷰가 너무 적습니다: 긍정 {good:,}, 부정 {bad:,}. 각각 {least}편은 있어야 합니다. 리뷰를 더 모아 주세요."
)
ROWS_TOO_FEW_TEST = (
    "남겨 두고 잴 리뷰가 너무 적습니다: 긍정 {good:,}, 부정 {bad:,}. 각각 {least}편은 있어야 하고, 15 %를 남기므로 "
    "긍정과 부정이 100편 남짓씩 필요합니다."
)
ROWS_TOO_FEW_COMPARE = "{rows:,}편은 견주기에 너무 적습니다. 50편은 있어야 합니다."
MEASURED_ON_HELD_OUT = (
    "{of:,}편 가운데 fit 이 배우지 않는 {rows:,}편만 잽니다. 모델이 본 적 없는 파일이면 --all-rows 로 모두 잴 수 "
    "있습니다."
)
MOVIES_HELD_OUT = "남겨 둔 영화 리뷰 가운데 뚜렷한(4점 이하, 9점 이상) {rows:,}편으로 잽니다 ({of:,}편 가운데)."
ONE_MOVIE_FILE = "영화 리뷰 파일 하나를 --data 로 주시거나, 말뭉치가 있는 폴더를 NUNCHI_DATA 로 알려 주세요."
MOVIES_BY_OPTION = (
    "{path} 에서는 fit 이 다른 리뷰를 남겨 둡니다. --movies 로 재시거나, 모두 재려면 --all-rows 를 써 주세요."
)
NO_ROWS_TO_MEASURE = "잴 리뷰가 남지 않았습니다. 더 큰 파일을 주시거나 --all-rows 를 써 주세요."
NO_HELD_OUT = "남겨 둔 리뷰가 없습니다. 더 큰 파일을 주세요."
NO_DATA = (
    "배울 파일이 필요합니다. --data 로 별점이 있는 리뷰 파일을 알려 주시거나, fetch 로 말뭉치를 받거나, NUNCHI_DATA 에 "
    "말뭉치의 폴더를 적어 주세요."
)
FETCHED_WRONG = "{path}: fetch 가 받은 말뭉치와 다릅니다. 지우고 다시 받아 주세요."

# Rows of a chat
FORBIDDEN = (
    "{file}: Discord나 Slack에서 온 행이 있어 쓰지 않습니다 ({what}). 두 플랫폼의 개발자 정책은 그곳에 쓴 글로 모델을 "
    "가르치는 것을 금합니다."
)
FORBIDDEN_COLUMNS = "채팅을 내보낸 파일의 칸: {columns}"
FORBIDDEN_ROW = "{row:,}번째 행: {sign}"
FORBIDDEN_ROWS = "{row:,}번째 행: {sign}, 그 밖에 {more:,}행"
SIGN_MARKUP = "채팅의 멘션이나 주소"
SIGN_NAMED = "{column} 칸에 Discord나 Slack이라는 이름"
SIGN_DISCORD_ID = "{column} 칸에 Discord 번호"
SIGN_SLACK_TIME = "{column} 칸에 Slack 메시지의 시각"
SIGN_SLACK_ID = "{column} 칸에 Slack 번호"
SIGN_FILE_NAME = "파일 이름"
SIGN_SOURCE = "적어 주신 출처"
SIGN_LICENCE = "적어 주신 이용 조건"
SIGN_SHEET = "시트 이름"
SIGN_SLACK_WORKSPACE = "Slack 워크스페이스를 내보낸 파일"
SIGN_DISCORD_PACKAGE = "Discord 데이터 패키지"
SIGN_SLACK_KEYS = "Slack을 내보낸 파일의 키"
SIGN_DISCORD_KEYS = "Discord를 내보낸 파일의 키"
SIGN_OUR_LOG = "nunchi log 가 쓴 파일"
SIGN_ROWS = "행에 적힌 플랫폼 이름"

# Corpora that are fetched
CORPUS_UNKNOWN = "그런 이름의 말뭉치는 없습니다. 있는 것: {names}"
FETCH_OTHER_FILE = "{path}: 받아야 할 파일과 다릅니다. 지우고 다시 받아 주세요."
FETCH_HTTP_ONLY = "말뭉치는 http 나 https 로만 받습니다. --url 을 고쳐 주세요."
FETCH_WRONG_DIGEST = (
    "{host} 에서 온 파일이 받아야 할 파일과 달라(해시가 맞지 않음) 지웠습니다. 다시 해 보시거나, 맞는 파일을 {target} "
    "에 두어 주세요."
)
FETCH_ANSWER = "{host} 서버가 {code} 답을 보냈습니다. {url} 의 파일을 손으로 받아 {target} 에 두어 주세요."
FETCH_UNREACHABLE = (
    "{host} 서버에 닿지 않습니다 ({why}). 같은 명령을 다시 주시면 이어서 받습니다. 네트워크가 없으면 {url} 의 파일을 "
    "다른 곳에서 받아 {target} 에 두어 주세요."
)
FETCH_TOO_LARGE = "{host} 서버가 말뭉치일 수 없을 만큼 큰 파일을 보내 쓰지 않았습니다. --url 을 확인해 주세요."
FETCH_CUT = "연결이 끊김"
FETCH_SILENT = "답이 없음"
FETCH_OTHER = "{reason}"
FETCH_CODE = "답 {code}"
FETCH_CHECKED = "확인했습니다: {source}, {licence}, 받은 날 {day}"
FETCH_LEARN = "이것으로 배우려면: {command}"

# Recipes, tokens, vectors
RECIPE_MISSING = "‘{recipe}’ 레시피는 없습니다. 있는 것: {names}"
RECIPE_WRONG = "‘{recipe}’ 레시피: {why}"
RECIPE_NETWORK = "[network] 설정이 맞지 않습니다. ({reason})"
RECIPE_NO_TOML = "TOML 파일로 읽을 수 없습니다. ({reason})"
RECIPE_NO_TABLE = "{name} 설정은 없습니다."
RECIPE_NO_SETTING = "[{table}] 표에 {name} 설정은 없습니다."
RECIPE_TABLE = "{place}{name} 값은 [{table}] 표여야 하는데 {value} 입니다."
RECIPE_TEXT = "{place}{name} 값은 따옴표로 싼 글이어야 하는데 {value} 입니다."
RECIPE_NUMBER = "{place}{name} 값은 0 이상의 수여야 하는데 {value} 입니다."
RECIPE_WHOLE = "{place}{name} 값은 {least} 이상의 정수여야 하는데 {value} 입니다."
RECIPE_ABOVE_ZERO = "{place}{name} 값은 0보다 커야 합니다."
RECIPE_MOST = "{place}{name} 값은 {most:,} 이하여야 하는데 {value} 입니다."
RECIPE_LIST = "{place}{name} 값은 {example} 처럼 대괄호로 싼 목록이어야 하는데 {value} 입니다."
RECIPE_SHARE = "{place}{name} 값은 0 이상 1 미만이어야 하는데 {value} 입니다."
RECIPE_PART = "{place}{name} 값은 0 이상 1 이하여야 하는데 {value} 입니다."
RECIPES_SAME_NAME = "이름이 {recipe} 인 레시피가 둘입니다. 한 파일의 이름을 바꿔 주세요."
RECIPE_CHOICE = "{place}{name} 값은 {choices} 가운데 하나여야 하는데 {value} 입니다."
RECIPE_NO_WIDE = "{place}{name} 설정은 n-gram 선형 부분이 있을 때만 씁니다. {wants} 도 적거나, 이 설정을 빼 주세요."
RECIPE_ONE_HOT_VECTORS = "[course] one-hot 입력에는 vectors 를 쓸 수 없습니다."
RECIPE_NO_LAYER = "[course] units 에 순환 층이 하나는 있어야 합니다."
RECIPE_NOT_OF_COURSE = "{recipe} 레시피는 강의의 신경망이 아닙니다. 견줄 수 있는 것: {names}"
RECIPE_TWO = "{tables} 표는 한 레시피에 함께 쓸 수 없습니다. 하나를 지워 주세요."
RECIPE_OF_COURSE = "{recipe} 레시피는 강의의 신경망이라 봇에서 쓰지 않습니다. 이렇게 배우게 하세요: {command}"
RECIPE_NEEDS_STARS = "{recipe} 레시피는 별점을 배우는데, 이 리뷰에는 긍정과 부정의 라벨만 있습니다."
TOKENIZER_MISSING = "‘{kind}’ 토크나이저는 없습니다. 있는 것: {names}"
PIECES_FEW = "[teach.transformer] pieces 가 {pieces} 로는 글자 수보다 적습니다. 늘려 주세요."
PIECES_MISSING = '낱말 조각을 읽으려면 SentencePiece가 필요합니다: pip install "nunchi[pieces]"'
ANALYSER_MISSING = '{kind} 형태소 분석기가 없습니다. 이렇게 설치해 주세요: pip install "nunchi[{extra}]"'
ANALYSER_MISSING_JAVA = (
    '{kind} 형태소 분석기를 쓸 수 없습니다. 이렇게 설치해 주세요: pip install "nunchi[{extra}]", 그리고 Java (JDK, '
    "JAVA_HOME 설정)"
)
ANALYSER_MISSING_MECAB = (
    '{kind} 형태소 분석기를 쓸 수 없습니다. 이렇게 설치해 주세요: pip install "nunchi[{extra}]", 그리고 MeCab과 한국어 '
    "사전. mecab-ko 토크나이저는 이것 없이도 됩니다."
)
VECTORS_UNKNOWN_WORD = "벡터가 “{word}” 낱말을 모릅니다. 배운 글에 없거나 너무 드뭅니다."
VECTORS_NO_GENSIM = '낱말 벡터를 배우려면 gensim 이 필요합니다: pip install "nunchi[vectors]"'
VECTORS_TOO_FEW = "{least}번 나오는 낱말이 둘이 되지 않습니다. 글을 더 주시거나 --min-count 를 줄여 주세요."
VECTORS_MISSING = "{path}: 벡터 파일이 없습니다. vectors fit 으로 만들어 주세요."
VECTORS_WRONG = "{path}: vectors fit 이 쓰는 벡터 파일이 아닙니다."
VECTORS_WIDTH = "{path}: 벡터의 너비가 {width} 입니다. 레시피에 embedding = {width} 라고 적어 주세요."
VECTORS_BEGIN = "토큰 {count:,}개가 {path} 의 벡터에서 시작합니다."
VECTORS_NONE = (
    "{path}: 벡터가 있는 토큰이 이 리뷰에 하나도 없습니다. 레시피의 토크나이저와 같은 --tokens 로 이런 글에서 만든 "
    "벡터를 알려 주세요."
)
VECTORS_FOLDER = "{path}: 폴더입니다. --out 에 만들 파일의 이름을 알려 주세요."
VECTORS_NO_TEXT = "--data 나 --texts 로 리뷰 파일을 알려 주세요."
