"""The shape of a network: what is accepted, and a sentence for all that is not."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.config import CELLS, POOLINGS, NetworkConfig

GOOD: list[dict[str, Any]] = [
    {},
    {"cell": "gru", "pooling": "last", "bidirectional": False, "units": [64, 32]},
    {"cell": "rnn", "pooling": "mean", "jamo": False, "hidden": 16},
    {"pooling": "max", "buckets": 1 << 18, "longest_ngram": 7, "ratings": [0, 1], "positive_above": 0.5},
    {"ratings": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], "positive_above": 5.5, "max_tokens": 100, "dropout": 0},
]

BAD: list[tuple[str, Any]] = [
    *(("embedding", v) for v in (0, -1, 65_537, 1.5, "64", None, True, math.nan, [64])),
    *(("units", v) for v in ((), (0,), (-1,), (65_537,), (64, 0), (64.0,), (True,), ("64",), 64, None, "ab")),
    *(("max_tokens", v) for v in (0, 1, -1, 65_537, 2.5, None, False)),
    *(("longest_ngram", v) for v in (0, -1, 3.0, "5", None)),
    *(("cell", v) for v in ("LSTM", "", "transformer", None, 1, ["lstm"])),
    *(("pooling", v) for v in ("", "min", "max+max", None, ["max"])),
    *(("hidden", v) for v in (-1, 65_537, 1.0, "16", None, True)),
    *(("buckets", v) for v in (-1, 1, 3, 1000, 1 << 25, 1024.0, "1024", None, True)),
    *(("bigrams", v) for v in (-1, 1, 3, 1000, 1 << 25, 1024.0, "1024", None, True)),
    *(
        ("ratings", v)
        for v in ((), (1,), (2, 1), (1, 1, 5), (4, 5), (1, 2), (1.0, 5.0), ("1", "5"), 5, None, (False, True))
    ),
    *(("positive_above", v) for v in (0, 5, 100, math.nan, math.inf, "3", None)),
    *(("dropout", v) for v in (-0.1, 1, 1.5, math.nan, "0.3", None)),
    *(("jamo", v) for v in ("false", 1, None)),
    *(("bidirectional", v) for v in ("false", 1, None)),
]


@pytest.mark.parametrize("settings", GOOD, ids=str)
def test_it_survives_json(settings: dict[str, Any]) -> None:
    config = NetworkConfig(**settings)
    again = NetworkConfig.from_dict(json.loads(json.dumps(config.to_dict())))
    assert again == config and hash(again) == hash(config)
    for name, value in settings.items():
        assert getattr(again, name) == (tuple(value) if isinstance(value, list) else value)


@pytest.mark.parametrize(("name", "value"), BAD, ids=str)
def test_a_bad_value_is_refused_by_name(name: str, value: Any) -> None:
    for make in (lambda: NetworkConfig(**{name: value}), lambda: NetworkConfig.from_dict({name: value})):
        with pytest.raises(ValueError, match=name) as caught:
            make()
        message = str(caught.value)
        assert len(message.splitlines()) == 1 and 15 < len(message) < 200, message
        assert "must" in message


@pytest.mark.parametrize("name", ["layers", "Embedding", "", "__class__", "module"])
def test_an_unknown_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"no setting called {name!r}"):
        NetworkConfig.from_dict({name: 1})


@given(
    st.dictionaries(
        st.sampled_from([*NetworkConfig().to_dict(), "other"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8), st.lists, max_leaves=4
        ),
        max_size=3,
    )
)
def test_any_json_is_read_or_refused(data: dict[str, Any]) -> None:
    try:
        config = NetworkConfig.from_dict(data)
    except ValueError as error:
        assert len(str(error).splitlines()) == 1
    else:
        assert config == NetworkConfig.from_dict(json.loads(json.dumps(config.to_dict())))
        assert config.cell in CELLS and config.pooling in POOLINGS


@given(st.lists(st.integers(-100, 100), min_size=2, max_size=10, unique=True).map(sorted), st.data())
def test_positive_classes_are_those_above(ratings: list[int], data: st.DataObject) -> None:
    split = data.draw(st.integers(1, len(ratings) - 1))
    config = NetworkConfig(ratings=tuple(ratings), positive_above=ratings[split] - 0.5)
    assert config.positive_classes == tuple(range(split, len(ratings)))


def test_a_config_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        NetworkConfig().embedding = 3  # type: ignore[misc]
