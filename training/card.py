"""The model card: what a model is, what it was made from, what it is worth, what it must not be used for."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from nlp.artifact import ModelSettings
from training.evaluate import Evaluation
from training.metrics import Paired, Share
from training.recipe import Recipe

if TYPE_CHECKING:
    from training.fit import Corpora
    from training.teach import Lesson

USES = """## 쓰임 / Intended use

한국어 상품 리뷰 한 편이 긍정인지 부정인지 가늠합니다. 사람을 돕는 데 씁니다: 리뷰를 모아 보거나, 먼저 읽을 리뷰를 고를
때입니다.

It estimates whether a Korean product review is positive or negative, to help people sort and read reviews.

**Not for**: judging persons, their mood, work or character; ranking employees or customers; automatic punishment
without a person looking; texts in other languages; medical, legal or hiring decisions. Reviews in the data come from
one shop in June and July 2020 and hold no three-star reviews: on other goods, times and middling opinions it is worse.
"""


def write_card(
    recipe: Recipe,
    corpora: Corpora,
    lesson: Lesson | None,
    settings: ModelSettings,
    result: Evaluation,
    linear: Share,
    compared: Paired,
    movies: Evaluation | None,
    seed: int,
) -> str:
    """The card, in Markdown."""
    versions = ", ".join(f"{p} {importlib.metadata.version(p)}" for p in ("keras", "numpy", "scikit-learn"))
    origin = (
        f"Made on {datetime.now(UTC):%Y-%m-%d} with seed {seed} by `python -m training fit --recipe {recipe.name}`"
        f" (Python {platform.python_version()}, {versions})."
    )
    tested = (
        f"On {result.accuracy.n:,} rated reviews that were held out by a hash of their text and took no part in"
        " training, tuning, calibration or teaching (printed by `python -m training evaluate`):\n"
    )
    parts = [
        f"# Model card: {recipe.name}",
        origin,
        USES,
        "## Data\n",
        table(
            ("rows", "what", "licence"),
            [
                *(corpora.sources or [_shopping(corpora)]),
                (f"{len(corpora.unrated):,}", "reviews of the same corpus without ratings", "public domain"),
                (f"{len(corpora.movies):,}", "movie reviews rated 1 to 10 (e9t/nsmc, raw)", "CC0"),
            ],
        ),
        "Rows from Discord or Slack are never used. The model's licence is that of this project (Apache-2.0).",
        "## Network\n",
        _network(settings),
        "## How good it is\n",
        tested,
        table(("measure", "value", "95 % interval"), _results(settings, result, linear, compared, movies)),
        table(
            ("group", "accuracy", "n"),
            [
                *((f"{r} stars", f"{s.value:.1%}", f"{s.n:,}") for r, s in result.by_rating.items()),
                *((f"{name} characters", f"{s.value:.1%}", f"{s.n:,}") for name, s in result.by_length.items() if s.n),
            ],
        ),
    ]
    if lesson is not None:
        said = ", ".join(f"{kind} {value:.2%}" for kind, value in lesson.accuracy.items())
        parts.append(f"Its teachers, on rows that they did not learn from: {said}.")
    return "\n\n".join(p.rstrip("\n") for p in parts) + "\n"


def _shopping(corpora: Corpora) -> tuple[str, str, str]:
    what = "rated reviews, Naver shopping (bab2min/corpus), ratings 1, 2, 4, 5"
    return f"{len(corpora.rated):,}", what, "public domain"


def _results(
    settings: ModelSettings, result: Evaluation, linear: Share, compared: Paired, movies: Evaluation | None
) -> list[tuple[str, str, str]]:
    rows = [
        _row("accuracy", result.accuracy),
        _row("character TF-IDF and logistic regression, same rows", linear),
        ("paired comparison of the two (McNemar)", str(compared), ""),
        ("macro F1", f"{result.macro_f1:.4f}", ""),
        ("expected calibration error", f"{result.calibration_error:.4f}", ""),
        _row("accuracy on the surest 80 %", result.at_80),
        _row("accuracy on the surest 90 %", result.at_90),
        _row(
            f"accuracy outside the unsure band ({settings.negative_below:.3f} to {settings.positive_above:.3f})",
            result.sure,
        ),
        ("share of reviews inside the band", f"{result.unsure_share:.1%}", ""),
    ]
    if result.stars is not None:
        rows.append(_row("star rating (1, 2, 4, 5)", result.stars))
    if movies is not None:
        rows.append(_row("movie reviews (up to 4 against 9 and 10)", movies.accuracy))
        rows.append(("macro F1 on them", f"{movies.macro_f1:.4f}", ""))
    return rows


def _row(name: str, value: Share) -> tuple[str, str, str]:
    return name, f"{value.value:.2%}", f"{value.low:.2%} – {value.high:.2%}"


def _network(settings: ModelSettings) -> str:
    shape = settings.network
    size = " and ".join(map(str, shape.units))
    kind = f"{'bidirectional ' if shape.bidirectional else ''}{shape.cell.upper()}"
    jamo = ", a syllable being its own plus those of its jamo" if shape.jamo else ""
    pairs = ", and with the one before it one more of half that width" if shape.bigrams else ""
    vectors = f"vectors of {shape.embedding} numbers{jamo}{pairs}"
    wide = f"; beside it a linear part on hashed character n-grams up to {shape.longest_ngram}" if shape.buckets else ""
    return f"{vectors}; {kind} of {size} units; {shape.pooling} of its states{wide}."


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A table in Markdown."""
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)]) + "\n"
