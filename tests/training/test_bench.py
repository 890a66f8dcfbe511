"""``bench``: what is too little to be measured is said."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("rows", [5, 50, 999])
def test_too_few_rows_for_memory_are_one_sentence(train_here, rows):
    done = train_here("bench", "--memory", "--rows", rows)
    assert done.returncode == 65
    assert "--rows" in done.stderr and "1,000" in done.stderr and len(done.stderr.splitlines()) == 1
