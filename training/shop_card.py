"""The card of a model that was adapted to a shop's reviews."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from training.adapt import Adapted
from training.card import by_chance, row, table
from training.compare import Comparison
from training.evaluate import Evaluation
from training.messages import Said, say
from training.reviews import Reviews, account, sources
from training.versions import versions

_PARTS = ("python", "keras", "tensorflow", "numpy", "scikit-learn")


def write_shop_card(
    adapted: Adapted,
    reviews: Reviews,
    result: Evaluation,
    compared: Sequence[tuple[Said, Comparison]],
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
        row("card_accuracy", result.accuracy),
        (say("card_macro_f1"), f"{result.macro_f1:.4f}", ""),
        (say("card_calibration_error"), f"{result.calibration_error:.4f}", by_chance(result)),
        (say("card_inside"), f"{result.unsure_share:.1%}", ""),
    ]
    origin = say(
        "card_made_shop",
        day=f"{datetime.now(UTC):%Y-%m-%d}",
        seed=seed,
        recipe=recipe,
        start=adapted.model.model_id,
        best=adapted.best,
        passes=adapted.passes[-1].epoch,
        versions=with_versions,
    )
    parts = [
        say("card_title", recipe=recipe),
        origin,
        say("card_uses"),
        say("card_data"),
        table(("card_rows", "card_source", "card_licence", "card_obtained"), sources(reviews)),
        say("card_before"),
        *([say("card_left_out", read=reviews.read, left_out=left_out)] if left_out else []),
        say("card_refused"),
        say("card_results"),
        say("card_tested", rows=result.accuracy.n),
        table(("card_measure", "card_value", "card_interval"), results),
        *(comparison.sentence(name) for name, comparison in compared),
    ]
    return "\n\n".join(p.rstrip("\n") for p in parts) + "\n"
