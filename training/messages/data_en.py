"""What is said in English of files, rows and recipes. The names are those of :mod:`training.messages.data_ko`."""

# Files
FILE_MISSING = "{path}: there is no such file; look at its name and folder"
FILE_FOLDER = "{path} is a folder, not a file of reviews; name a file"
FILE_UNREADABLE = "{path} cannot be read ({reason}); look at the file and its permissions"
FILE_NOT_UTF8 = "{path}, line {line:,}: not UTF-8 text; save the file as UTF-8 first"
FILE_SPECIAL = "{path} is a pipe or a device; save it as a file first"
FILE_CHANGED = "{path} was changed while it was read; try again when it is saved"
FILE_NO_REVIEW = "{path}: holds no review"
FILE_COURSE_LINE = "{path}, line {line:,}: expected a rating from 0 to 10, a tab and a review"
FILE_NEEDS_HOST = (
    "{path}: only lines of rating, tab, review are read here; CSV and Excel are read by nunchi train (pip install "
    "nunchi)"
)
FILE_UNUSABLE = "{file}: {why}"
SUITE_COLUMNS = "{path}: a suite has the columns {columns}"
NO_SUITES = "{path}: there are no suites (.tsv); name the folder that has them with --suites"
SUITE_FORMS = "{path}: a suite has the columns positive and negative, or text and label, or text"

# What is understood of them
NOTE_COURSE = "{file}: lines of rating, tab, review; {meaning}"
NOTE_TABLE = "{file}: reviews from “{text}”, ratings from “{label}”; {meaning}"
NOTE_SHEETS = "{file}: only the sheet “{sheet}” is read; --sheet reads another. The others: {sheets}"
COLUMN_NUMBER = "column {number}"
MEANING_LABELS = "as labels, positive or negative"
MEANING_LABELS_NUMBERS = "as labels, {good} for positive and {bad} for negative"
MEANING_LABELS_YES = "as labels, yes (Y, true) for positive and no (N, false) for negative"
MEANING_STARS = "as stars up to {highest:g}: above {cut:g} positive, below negative, {cut:g} left out"
READ_ROWS = "read {read:,} rows, kept {kept:,}"
READ_ROWS_LEFT_OUT = "read {read:,} rows, kept {kept:,}; left out: {left_out}"
CORPUS_RATED = "{file}: {count:,} rated reviews"
CORPUS_UNRATED = "{file}: {count:,} unrated reviews"
CORPUS_MOVIE = "{file}: {count:,} movie reviews"
CORPUS_LEFT_OUT = "{corpus} (left out: {left_out})"
CORPUS_SAME_AS_HELD_OUT = "left out of the unrated and movie reviews, since their text is held out: {count:,}"
LEFT_OUT_EMPTY = "{count:,} empty"
LEFT_OUT_TOO_LONG = "{count:,} longer than {longest:,} characters"
LEFT_OUT_UNRATED = "{count:,} without a rating"
LEFT_OUT_MIDDLE = "{count:,} in the middle (neither positive nor negative)"
LEFT_OUT_DUPLICATES = "{count:,} duplicates"
LEFT_OUT_CONFLICTING = "{count:,} with conflicting ratings"
FROM_ORIGIN = "  {count:,} from {origin}"
ORIGIN = "{source} ({licence}, {obtained})"
UNSTATED = "not stated"
SPLIT = (
    "learning from {learn:,} ({good:,} positive, {bad:,} negative); held out: {held:,} ({fine:,} positive, {poor:,} "
    "negative)"
)
POSITIVE = "positive"
NEGATIVE = "negative"

# What is wrong with them
NO_ROWS_LEFT = "no rows are left to learn from: of {read:,} read, {left_out}"
NOTHING_USABLE = "none was usable"
LABELS_MIXED = (
    "{file}: column {column} mixes numbers and words such as 긍정; use one of them, or name another with --label-column"
)
LABEL_UNCLEAR = (
    "{file}, row {row:,}, “{column}”: that is no rating: stars, points from 0 to 100, 0 and 1, 긍정 and 부정, positive "
    "and negative are understood; name the right column with --label-column"
)
OBTAINED_UNCLEAR = "{file}, row {row:,}: the column obtained holds no date like 2026-11-22"
RATING_TOO_HIGH = (
    "{file}: a rating of {rating:g} is out of range, the highest there can be is {highest:g}; mend it or give --scale"
)
SCALE_UNCLEAR = (
    "{file}: of how many stars the ratings are cannot be told, the highest that does not say it is {highest:g}; give "
    "--scale, or for labels such as 0, 1, 2 the value between negative and positive with --cut"
)
MOVIES_SCALE = "{path}: movie reviews must be rated 1 to 10, and none has more than 5"
SCALE_WRONG = "--scale {scale:g} is the highest number of stars, so it must be greater than 0"
CUT_TOO_HIGH = "--cut {cut:g} must be less than the highest number of stars, {highest:g}"
COLUMN_MISSING = "{file} has no column called that (--label-column); there are: {columns}"
COLUMN_TWICE = "{file}: the reviews and the ratings cannot both be in column {column}; mend --label-column"
COLUMN_UNCLEAR = (
    "{file}: which column holds the ratings cannot be told; name it with --label-column; there are: {columns}"
)
COLUMN_UNCLEAR_SHEETS = (
    "{file}: which column of the sheet {sheet} holds the ratings cannot be told; name another sheet with --sheet, or "
    "the column with --label-column; other sheets: {sheets}; columns: {columns}"
)
LABEL_SAYS_BAD = (
    "{file}: by its name, a yes or a high number in “{column}” means negative; please make a column that says positive "
    "or negative, or is the higher the better, and name it with --label-column"
)
HEADER_NOT_FIRST = "{file}: the names of the columns are not in the first row; remove the title above them and save"
COLUMNS_SWAPPED = (
    "{file}: the column of ratings holds texts and that of reviews holds numbers; mend the header, or add "
    "--text-column {text} --label-column {label} to swap them"
)
ROWS_ONE_SIDE = "all {rows:,} rows are {side}; a model needs reviews of both kinds"
ROWS_TOO_FEW_LEARN = (
    "too few rows to learn from: {good:,} positive and {bad:,} negative; at least {least} of each are needed"
)
ROWS_TOO_FEW_TEST = (
    "too few rows to test on: {good:,} positive and {bad:,} negative; at least {least} of each are needed, and 15 % "
    "are held out, so that it takes some more than 100 of each"
)
ROWS_TOO_FEW_COMPARE = "{rows:,} rows are too few to compare; at least 50 are needed"
MEASURED_ON_HELD_OUT = (
    "measured on the {rows:,} of {of:,} that fit does not learn from; --all-rows takes all of a file no model has seen"
)
MOVIES_HELD_OUT = "measured on {rows:,} of {of:,} movie reviews: held out and clear (up to four points, nine and more)"
ONE_MOVIE_FILE = "give one file of movie reviews with --data, or name the folder of the corpora with NUNCHI_DATA"
MOVIES_BY_OPTION = "of {path} fit holds out others; measure with --movies, or on all with --all-rows"
NO_ROWS_TO_MEASURE = "no rows are left to measure; give a larger file, or --all-rows"
NO_HELD_OUT = "there are no held-out rows; give a larger file"
NO_DATA = (
    "name a file of rated reviews with --data, or fetch a corpus first (the command fetch), or name the folder of the "
    "corpora in NUNCHI_DATA"
)
FETCHED_WRONG = "{path} is not the corpus that fetch brings; remove it and fetch again"

# Rows of a chat
FORBIDDEN = (
    "{file} holds rows from Discord or Slack and is not used: {what}; the developer policies of Discord and Slack "
    "forbid training on what people write there"
)
FORBIDDEN_COLUMNS = "its columns are those of an export of a chat ({columns})"
FORBIDDEN_ROW = "row {row:,}: {sign}"
FORBIDDEN_ROWS = "row {row:,}: {sign} and {more:,} more rows like it"
SIGN_MARKUP = "a mention or an address of a chat"
SIGN_NAMED = "column {column} names Discord or Slack"
SIGN_DISCORD_ID = "column {column} holds a Discord id"
SIGN_SLACK_TIME = "column {column} holds the time stamp of a Slack message"
SIGN_SLACK_ID = "column {column} holds a Slack id"
SIGN_FILE_NAME = "the file's name says so"
SIGN_SOURCE = "the source that was given says so"
SIGN_LICENCE = "the licence that was given says so"
SIGN_SHEET = "the sheet's name says so"
SIGN_SLACK_WORKSPACE = "it is the export of a Slack workspace"
SIGN_DISCORD_PACKAGE = "it is a Discord data package"
SIGN_SLACK_KEYS = "its keys are those of a Slack export"
SIGN_DISCORD_KEYS = "its keys are those of a Discord export"
SIGN_OUR_LOG = "it was written by nunchi log"
SIGN_ROWS = "its rows say so"

# Corpora that are fetched
CORPUS_UNKNOWN = "there is no corpus of that name; there are: {names}"
FETCH_OTHER_FILE = "{path} is not the file that is expected; remove it and fetch again"
FETCH_HTTP_ONLY = "a corpus is fetched by http or https only; mend --url"
FETCH_WRONG_DIGEST = (
    "what {host} sent is not the file that is expected (its digest is wrong), and was removed; try again, or put the "
    "right file at {target}"
)
FETCH_ANSWER = "{host} answers {code}; put the file by hand at {target} (from {url})"
FETCH_UNREACHABLE = (
    "{host} cannot be reached ({why}); without a network put the file by hand at {target} (from {url}), or give the "
    "same command again to go on"
)
FETCH_TOO_LARGE = "{host} sends more than a corpus can be; nothing of it is used; look at --url"
FETCH_CUT = "the connection was cut"
FETCH_SILENT = "it went silent"
FETCH_OTHER = "{reason}"
FETCH_CODE = "it answers {code}"
FETCH_CHECKED = "checked: {source}, {licence}, obtained {day}"
FETCH_LEARN = "to learn from it: {command}"

# Recipes, tokens, vectors
RECIPE_MISSING = "there is no recipe {recipe}; there are: {names}"
RECIPE_WRONG = "recipe {recipe}: {why}"
RECIPE_NETWORK = "[network] does not fit: {reason}"
RECIPE_NO_TOML = "not a recipe in TOML: {reason}"
RECIPE_NO_TABLE = "there is no setting called {name}"
RECIPE_NO_SETTING = "[{table}] has no setting called {name}"
RECIPE_TABLE = "{place}{name} must be a table of its own, [{table}], not {value}"
RECIPE_TEXT = "{place}{name} has to be a text in quotes, not {value}"
RECIPE_NUMBER = "{place}{name} must be a number of at least 0, not {value}"
RECIPE_WHOLE = "{place}{name} must be a whole number of at least {least}, not {value}"
RECIPE_ABOVE_ZERO = "{place}{name} must be greater than 0"
RECIPE_MOST = "{place}{name} must be at most {most:,}, not {value}"
RECIPE_LIST = "{place}{name} must be a list such as {example}, not {value}"
RECIPE_SHARE = "{place}{name} must be at least 0 and less than 1, not {value}"
RECIPE_PART = "{place}{name} must be at least 0 and at most 1, not {value}"
RECIPES_SAME_NAME = "two recipes are called {recipe}; rename one of the files"
RECIPE_CHOICE = "{place}{name} must be one of {choices}, not {value}"
RECIPE_NO_WIDE = "{place}{name} is only for a recipe with a wide part: set {wants}, too, or leave this out"
RECIPE_ONE_HOT_VECTORS = "[course] vectors have no place in one-hot input"
RECIPE_NO_LAYER = "[course] units must name at least one recurrent layer"
RECIPE_NOT_OF_COURSE = "recipe {recipe} is none of the course; there are: {names}"
RECIPE_TWO = "{tables} do not go into one recipe; remove one"
RECIPE_OF_COURSE = "recipe {recipe} is of the course and does not serve; train it with: {command}"
RECIPE_NEEDS_STARS = "recipe {recipe} learns stars, and these rows have labels only"
TOKENIZER_MISSING = "no tokenizer is called “{kind}”; there are: {names}"
PIECES_FEW = "[teach.transformer] pieces = {pieces} is less than the characters that there are; raise it"
PIECES_MISSING = 'reading pieces of words needs SentencePiece: pip install "nunchi[pieces]"'
ANALYSER_MISSING = 'the analyser {kind} is not installed: pip install "nunchi[{extra}]"'
ANALYSER_MISSING_JAVA = (
    'the analyser {kind} cannot be used: pip install "nunchi[{extra}]" and install Java (a JDK, with JAVA_HOME set)'
)
ANALYSER_MISSING_MECAB = (
    'the analyser {kind} cannot be used: pip install "nunchi[{extra}]" and install MeCab and its Korean dictionary; '
    "the tokenizer mecab-ko needs neither"
)
VECTORS_UNKNOWN_WORD = "these vectors do not know “{word}”: their corpus has it too rarely, or not at all"
VECTORS_NO_GENSIM = 'word vectors need gensim; install it with pip install "nunchi[vectors]"'
VECTORS_TOO_FEW = "fewer than two tokens occur {least} times; give more texts or a smaller --min-count"
VECTORS_MISSING = "{path}: there is no such file of vectors; make one with vectors fit"
VECTORS_WRONG = "{path} is not a file of vectors as vectors fit writes them"
VECTORS_WIDTH = "{path} holds vectors of {width} numbers; set embedding = {width}"
VECTORS_BEGIN = "{count:,} tokens begin with the vectors of {path}"
VECTORS_NONE = (
    "{path}: none of its tokens is in these reviews; name vectors made from such texts, with --tokens as the recipe's "
    "tokenizer"
)
VECTORS_FOLDER = "{path} is a folder; name a file with --out"
VECTORS_NO_TEXT = "name files of reviews with --data or --texts"
