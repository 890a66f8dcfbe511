"""What a model says about a text."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Label = Literal["positive", "negative"]
Band = Literal["positive", "unsure", "negative"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a model says about one review.

    Attributes:
        label: the likelier of the two.
        probability: calibrated probability that the review is positive, 0..1.
        confidence: calibrated probability that ``label`` is right, 0.5..1; 0 where ``korean`` is false,
            because the calibration was measured on Korean reviews only.
        band: ``positive`` or ``negative`` where the model is sure, else ``unsure``; always ``unsure`` where
            ``korean`` is false. The thresholds come with the model.
        korean: whether the text holds enough Hangul to be judged.
        rating: the likeliest star rating; None if the model knows only two classes. Where it is close, its side may be
            the other one than that of ``label``, which sums up all ratings of a side.
        expected_rating: mean of the star ratings under the model's probabilities; None likewise.
        model_id: which model said it.
    """

    label: Label
    probability: float
    confidence: float
    band: Band
    korean: bool
    rating: int | None
    expected_rating: float | None
    model_id: str

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain values."""
        return asdict(self)
