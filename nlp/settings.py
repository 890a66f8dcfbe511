"""What a model is besides weights and vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import tanh
from typing import Any

from nlp.config import NetworkConfig

_LARGEST = 1e6  # no calibration is near it


@dataclass(frozen=True)
class ModelSettings:
    """Everything about a model that is not weights or vocabulary.

    Attributes:
        network: its shape.
        scale, shift: of the calibration (Platt 1999), see :meth:`calibrated`.
        negative_below, positive_above: probabilities between the two are in the ``unsure`` band.
        bend: of the calibration; above 0, small log-odds are made more of than large ones.
    """

    network: NetworkConfig
    scale: float = 1.0
    shift: float = 0.0
    negative_below: float = 0.5
    positive_above: float = 0.5
    bend: float = 0.0

    def __post_init__(self) -> None:
        numbers = (self.scale, self.shift, self.negative_below, self.positive_above, self.bend)
        if not all(isinstance(n, int | float) and abs(n) <= _LARGEST for n in numbers) or self.scale <= 0:
            raise ValueError("calibration and bands must be finite numbers, and the scale greater than 0")
        if self.scale + self.bend / 2 <= 0:
            raise ValueError("calibration must not fall: the scale and half the bend must add up to more than 0")
        if not 0 <= self.negative_below <= self.positive_above <= 1:
            raise ValueError("bands must satisfy 0 <= negative_below <= positive_above <= 1")

    def calibrated(self, log_odds: float) -> float:
        """Calibrated log-odds of positive: ``scale * x + bend * tanh(x / 2) + shift``."""
        return self.scale * log_odds + self.bend * tanh(log_odds / 2) + self.shift

    def to_dict(self) -> dict[str, Any]:
        """A JSON-serialisable description; :meth:`from_dict` reads it back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ModelSettings:
        """Read a description.

        Raises:
            ValueError: if it is not one that :meth:`to_dict` writes.
        """
        try:
            return cls(**{**data, "network": NetworkConfig.from_dict(data["network"])})
        except (KeyError, TypeError) as error:
            raise ValueError(f"not the settings of a model: {error}") from None
