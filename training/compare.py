"""Is a new model better than the one in service? On the same held-out rows, with a plain sentence."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from training.messages import Said, say
from training.metrics import Paired, Share, paired, share

RECORD = "comparison.json"
"""Name of the file in a model folder that says how it compared; sealed with the rest."""

SIGNIFICANT = 0.05

Outcome = Literal["better", "same", "worse"]


@dataclass(frozen=True)
class Comparison:
    """A new model beside the one in service.

    Attributes:
        against: id of the model in service.
        rows: held-out rows.
        new, old: accuracies.
        paired: which rows only one of them has right.
    """

    against: str
    rows: int
    new: Share
    old: Share
    paired: Paired

    @classmethod
    def of(cls, new: NDArray[np.bool_], old: NDArray[np.bool_], against: str) -> Comparison:
        """Compare by which rows each has right."""
        return cls(against, len(new), share(new), share(old), paired(new, old))

    @property
    def outcome(self) -> Outcome:
        """Worse or better only where that is hardly chance."""
        if self.paired.p >= SIGNIFICANT or self.paired.only_first == self.paired.only_second:
            return "same"
        return "better" if self.paired.only_first > self.paired.only_second else "worse"

    def sentence(self, other: Said | None = None) -> str:
        """What a person should know, in a line; ``other`` is what it is compared with, the model in service if None."""
        return say(
            "comparison",
            verdict=Said(f"verdict_{self.outcome}", {"other": other or Said("serving_model")}),
            new=self.new.value,
            old=self.old.value,
            rows=self.rows,
            only_new=self.paired.only_first,
            only_old=self.paired.only_second,
            p=self.paired.p,
        )

    def to_json(self) -> bytes:
        """As it is kept in the model folder."""
        told = {
            "against": self.against,
            "rows": self.rows,
            "new_right": self.new.right,
            "old_right": self.old.right,
            "only_new": self.paired.only_first,
            "only_old": self.paired.only_second,
            "p": self.paired.p,
            "outcome": self.outcome,
        }
        return (json.dumps(told, indent=1) + "\n").encode()


def read_record(data: bytes) -> dict[str, Any] | None:
    """What :meth:`Comparison.to_json` wrote; None if it is something else."""
    try:
        told = dict(json.loads(data))
    except (ValueError, TypeError, RecursionError):
        return None
    known = {"against", "outcome", "rows"} <= set(told) and isinstance(told["against"], str)
    return told if known else None
