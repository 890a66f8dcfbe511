"""Rows by columns are the rows that went in."""

from __future__ import annotations

import sys
from datetime import date

import numpy as np
import pytest

from training.data import Row
from training.provenance import Origin
from training.rows import Rows, Texts, split

ROWS = [
    Row("좋아요 👍", 5.0, 0.9, Origin("A", "CC0", date(2026, 1, 2))),
    Row("", None, 0.1),
    Row("lone \ud800 surrogate", 1.5, 0.2, Origin("B")),
    Row("별로", 1.0, 0.5, Origin("A", "CC0", date(2026, 1, 2))),
]


def test_rows_come_back_as_they_went_in():
    rows = Rows.of(ROWS)
    assert list(rows) == ROWS
    assert [rows[i] for i in range(-4, 4)] == ROWS * 2
    assert list(rows[1:3]) == ROWS[1:3]
    assert list(rows.pick(np.array([3, 0]))) == [ROWS[3], ROWS[0]]
    assert list(rows.pick(np.array([False, True, True, False]))[1:]) == [ROWS[2]]
    assert rows.origins == {Origin("A", "CC0", date(2026, 1, 2)): 2, Origin("B"): 1}
    assert rows.texts[1:] == [row.text for row in ROWS[1:]]
    with pytest.raises(IndexError):
        rows[4]


def test_both_kinds_of_rows_are_split_alike():
    assert [list(side) for side in split(Rows.of(ROWS))] == [list(side) for side in split(ROWS)]


@pytest.mark.parametrize("kept", ["1111", "0000", "0110", "1001", "0101"])
def test_texts_that_are_not_kept_give_their_room_back(kept):
    which = np.array([c == "1" for c in kept])
    texts = Texts(row.text for row in ROWS)
    texts.keep(which)
    assert list(texts) == [row.text for row, keep in zip(ROWS, which, strict=True) if keep]
    assert texts.nbytes == sum(len(t.encode("utf-8", "surrogatepass")) for t in texts) + 8 * (len(texts) + 1)
    texts.append("끝")
    assert texts[-1] == "끝"


def test_texts_take_the_room_of_what_they_say():
    said = [f"{i}번째 리뷰인데 배송이 빨라서 정말 좋아요" for i in range(1000)]
    assert Texts(said).nbytes < 0.75 * sum(map(sys.getsizeof, said))
