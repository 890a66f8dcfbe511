"""What came of a run: a model, what it is worth, and whether it is better than what there was."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from training.compare import Comparison
from training.evaluate import Evaluation
from training.messages import Said

LINEAR = Said("linear_same")
"""What the linear model is called in sentences."""


@dataclass(frozen=True)
class Outcome:
    """What came of a run.

    Attributes:
        model_id, folder: the new model.
        page: of the run.
        held_out: what it is worth on held-out rows.
        service, linear: how it compares there with the model in service and the linear baseline.
        movies: what it is worth on held-out movie reviews; None where there are none.
    """

    model_id: str
    folder: Path
    page: Path
    held_out: Evaluation
    service: Comparison
    linear: Comparison
    movies: Evaluation | None = None

    @property
    def sentences(self) -> tuple[str, str]:
        """The two comparisons, a line each."""
        return self.service.sentence(), self.linear.sentence(LINEAR)
