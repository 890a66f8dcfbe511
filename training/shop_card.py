"""The card of a model that was adapted to a shop's reviews."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from training.adapt import Adapted
from training.card import USES, table
from training.compare import Comparison
from training.evaluate import Evaluation
from training.reviews import Reviews, account, sources
from training.versions import versions

_PARTS = ("python", "keras", "tensorflow", "numpy", "scikit-learn")


def write_shop_card(
    adapted: Adapted,
    reviews: Reviews,
    result: Evaluation,
    compared: Sequence[tuple[str, Comparison]],
    recipe: str,
    seed: int,
) -> str:
    """The card, in Markdown.

    Args:
        adapted: the model.
        reviews: what it was made from.
        result: how it does on held-out rows.
        compared: names of other models, and how it compares with them.
        recipe: name of the recipe.
        seed: of the run.
    """
    known = versions()
    with_versions = ", ".join(f"{name} {known[name]}" for name in _PARTS if name in known)
    left_out = account(reviews)
    results = [
        ("accuracy", f"{result.accuracy.value:.2%}", f"{result.accuracy.low:.2%} – {result.accuracy.high:.2%}"),
        ("macro F1", f"{result.macro_f1:.4f}", ""),
        ("expected calibration error", f"{result.calibration_error:.4f}", ""),
        ("share of reviews inside the unsure band", f"{result.unsure_share:.1%}", ""),
    ]
    origin = (
        f"Made on {datetime.now(UTC):%Y-%m-%d} with seed {seed}, recipe `{recipe}`, from `{adapted.model.model_id}`,"
        f" which learned on for {adapted.best} of {adapted.passes[-1].epoch} passes ({with_versions})."
    )
    parts = [
        f"# Model card: {recipe}",
        origin,
        USES,
        "## Data\n",
        table(("rows", "source", "licence", "obtained"), sources(reviews)),
        "What the model that it started from had learned before is in that model's own card.",
        *([f"Left out of {reviews.read:,} rows read: {left_out}."] if left_out else []),
        "Rows from Discord or Slack are refused. The reviews stay whose they are: ask before you pass this model on.",
        "## How good it is\n",
        f"On {result.accuracy.n:,} reviews that were held out by a hash of their text:\n",
        table(("measure", "value", "95 % interval"), results),
        *(comparison.sentence(name) for name, comparison in compared),
    ]
    return "\n\n".join(p.rstrip("\n") for p in parts) + "\n"
