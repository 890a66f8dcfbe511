"""What model cards, pictures and pages of runs say in English."""

# The model card
CARD_TITLE = "# Model card: {recipe}"
CARD_USES = """## Intended use

It estimates whether a Korean product review is positive or negative, to help people sort and read reviews.

**Not for**: judging persons, their mood, work or character; ranking employees or customers; automatic punishment
without a person looking; texts in other languages; medical, legal or hiring decisions. The reviews of the bundled
model come from one shop in June and July 2020 and hold no three-star reviews: on other goods, times and middling
opinions it is worse."""
CARD_DATA = "## Data"
CARD_NETWORK = "## Network"
CARD_RESULTS = "## How good it is"
CARD_MADE_FULL = (
    "Made on {day} with seed {seed} by `python -m training fit --recipe {recipe}` (Python {python}, {versions})."
)
CARD_MADE_FINISH = (
    "Made on {day} with seed {seed} from the model {start} by `python -m training finish --recipe {recipe}` "
    "(Python {python}, {versions}). How that one was made is in its own card. The calibration and the unsure band are "
    "the same."
)
CARD_MADE_SHOP = (
    "Made on {day} with seed {seed}, recipe `{recipe}`, from `{start}`, which learned on for {best} of {passes} passes "
    "({versions})."
)
CARD_BEFORE = "What the model that it started from had learned before is in that model's own card."
CARD_LEFT_OUT = "Left out of {read:,} rows read: {left_out}."
CARD_REFUSED = (
    "Rows from Discord or Slack are refused. The reviews stay whose they are: ask before you pass this model on."
)
CARD_NEVER = "Rows from Discord or Slack are never used. The model's licence is that of this project (Apache-2.0)."
CARD_TESTED = "On {rows:,} reviews that were held out by a hash of their text:"
CARD_TESTED_FULL = (
    "On {rows:,} rated reviews that were held out by a hash of their text: neither the network nor its teachers nor "
    "the calibration learned from them (printed by `python -m training evaluate`, for movies with `--movies`; `fit` "
    "ends with the comparison with the linear model)."
)
CARD_LOOKS = (
    " While the recipe was chosen the figures on these reviews were looked at {n} times, and some settings were "
    "changed after a look, so they may be a little optimistic."
)
CARD_BEHAVIOUR = "## Behaviour"
CARD_BEHAVIOUR_HOW = (
    "On suites of our own, and on the same {rows:,} reviews changed or spoilt (printed by `python -m training "
    "behaviour`). A case that is a pair of sentences is right if both are."
)
CARD_SUITE = "suite {name}"
CARD_FLIPS = "verdicts that flip: {change}"
CARD_NOISE = "accuracy lost when {amount:.0%} of the syllables are spoilt (mean of four kinds)"
CARD_POINTS = "{points:.2f} points"
CARD_TEACHERS = "Its teachers, on rows that they did not learn from: {shares}."
CARD_ROWS = "rows"
CARD_SOURCE = "source"
CARD_LICENCE = "licence"
CARD_OBTAINED = "obtained"
CARD_MEASURE = "measure"
CARD_VALUE = "value"
CARD_INTERVAL = "95 % interval"
CARD_GROUP = "group"
CARD_RATED = "rated reviews, {source}, obtained {day}"
CARD_SHOPPING = "rated reviews, Naver shopping (bab2min/corpus), ratings 1, 2, 4, 5"
CARD_UNRATED = "reviews of the same corpus without ratings"
CARD_UNRATED_OF = "reviews without ratings, {source}, obtained {day}"
CARD_FILMS_OF = "movie reviews, {source}, obtained {day}"
CARD_FILMS = "movie reviews rated 1 to 10 (e9t/nsmc, raw)"
CARD_WRITTEN = "reviews of this project, written pair by pair, by no rule (by language models)"
CARD_JUDGED = (
    "of the reviews above, rated or not, those that language models read and graded 1 to 5 without knowing a rating"
)
CARD_PUBLIC_DOMAIN = "public domain"
CARD_ACCURACY = "accuracy"
CARD_LINEAR = "character TF-IDF and logistic regression, same rows"
CARD_PAIRED = "paired comparison of the two (McNemar)"
CARD_MACRO_F1 = "macro F1"
CARD_BY_CHANCE = "{mean:.4f} if every probability were true, 95 % below {high:.4f}"
CARD_CALIBRATION_ERROR = "expected calibration error"
CARD_SUREST = "accuracy on the surest {share} %"
CARD_OUTSIDE = "accuracy outside the unsure band ({below:.3f} to {above:.3f})"
CARD_INSIDE = "share of reviews inside the unsure band"
CARD_STARS = "star rating (1, 2, 4, 5)"
CARD_MOVIES = "movie reviews (up to 4 against 9 and 10)"
CARD_MOVIES_F1 = "macro F1 on movie reviews"
CARD_BY_RATING = "{rating} stars"
CARD_BY_LENGTH = "{length} characters"
CARD_SHAPE = "{vectors}{pairs}; {cell} of {size} units; {pooling} of its states{wide}."
CARD_COST = (
    "{parameters:,} parameters, {megabytes:.1f} MB in half precision. One review of {length} characters takes {ms:.2f} "
    "ms on one thread of the machine that made it (`python -m nlp.bench`)."
)
CARD_VECTORS = "vectors of {width} numbers"
CARD_VECTORS_JAMO = "vectors of {width} numbers, a syllable being its own plus those of its jamo"
CARD_PAIRS = ", and with the one before it one more of half that width"
CARD_BOTH_WAYS = "bidirectional {cell}"
CARD_AND = " and "
CARD_WIDE = "; beside it a linear part on hashed character n-grams up to {longest}"

# Pictures
PICTURE_PASSES = "While it learned"
PICTURE_READING = "pass"
PICTURE_LOSS_ASIDE = "loss (reviews set aside)"
PICTURE_ACCURACY_ASIDE = "accuracy (reviews set aside)"
PICTURE_NETWORK = "network {number}"
PICTURE_STEP = "step"
PICTURE_LOSS = "Loss"
PICTURE_MEASURE = "Accuracy (mean absolute error for regression)"
PICTURE_EPOCH = "epoch"
PICTURE_LEARNT = "{recipe} · reviews learned from"
PICTURE_ASIDE = "{recipe} · reviews set aside"
PICTURE_CONFUSION = "Right and wrong ({rows:,} reviews)"
PICTURE_SAID = "what the model says"
PICTURE_TRUE = "what is true"
PICTURE_RELIABILITY = "Can its probability be relied on? (calibration error {error:.3f})"
PICTURE_PROBABILITY = "probability of positive that the model says"
PICTURE_SHARE = "share that is positive"
PICTURE_COVERAGE = "With the least sure reviews left aside"
PICTURE_COVERED = "share of reviews that are judged"
PICTURE_RIGHT = "share of verdicts that are right"
PICTURE_UNSURE = "without the unsure {unsure:.0%}: {right:.1%}"

# The page of a run
PAGE_CONFIG = "settings and versions (config.json)"
PAGE_METRICS = "figures on the way (metrics.jsonl)"
PAGE_CARD = "Model card"
PAGE_CURVES = "loss and accuracy while it learned"
PAGE_CONFUSION = "right and wrong"
PAGE_RELIABILITY = "whether its probability can be relied on"
PAGE_COVERAGE = "with the least sure reviews left aside"
