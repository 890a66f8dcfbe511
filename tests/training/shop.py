"""Made-up reviews of a shop, so plain that the model in service learns its words in seconds."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

needs_keras = pytest.mark.skipif(importlib.util.find_spec("keras") is None, reason="training needs the extra train")
"""To ask for it by importing it takes seconds of every process that collects tests."""

ROOT = Path(__file__).parents[2]
THINGS = ("배송", "포장", "색상", "재질", "디자인", "마감", "크기", "가격", "향", "맛", "소리", "느낌", "두께", "무게")
GOOD = ("찰떡이에요", "보들보들해요", "쫀쫀합니다", "마음에 들어요", "합격이에요", "추천해요")
BAD = ("흐물흐물해요", "까끌까끌해요", "삐걱거려요", "별로예요", "불합격이에요", "실망했어요")
ENDS = ("", "ㅎㅎ", "!!", "두 번째 구매", "선물했어요", "어제 왔어요")


def reviews(count: int, seed: int = 0) -> list[tuple[int, str]]:
    """So many different ones, with their stars."""
    random = np.random.default_rng(seed)
    out: dict[str, int] = {}
    while len(out) < count:
        first, second = random.choice(THINGS, 2, replace=False)
        good = bool(random.integers(2))
        text = f"{first}도 그렇고 {second}도 {random.choice(GOOD if good else BAD)} {random.choice(ENDS)}".strip()
        out.setdefault(text, int(random.choice([4, 5] if good else [1, 2])))
    return [(stars, text) for text, stars in out.items()]


def write_csv(path: Path, rows: Sequence[tuple[object, str]], header: str = "별점,리뷰내용") -> Path:
    """A file as Excel writes it."""
    lines = [header, *(f'{label},"{text}"' for label, text in rows)]
    path.write_text("\r\n".join(lines) + "\r\n", "utf-8-sig")
    return path


def environment(home: Path) -> dict[str, str]:
    """Of a child: this tree's packages, and a data folder of its own."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("NUNCHI_")}
    return {**kept, "PYTHONPATH": str(ROOT), "NUNCHI_HOME": str(home), "COLUMNS": "200"}


def train(home: Path, *words: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """``nunchi train WORDS``."""
    command = [sys.executable, "-m", "bot", "train", *map(str, words)]
    return subprocess.run(command, env=environment(home), capture_output=True, text=True, check=False, cwd=cwd or home)


if __name__ == "__main__":  # python -m tests.training.shop 2000 리뷰.csv
    write_csv(Path(sys.argv[2]), reviews(int(sys.argv[1])))
