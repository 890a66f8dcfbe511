"""Twenty plain reviews of which no model of any use gets more than a few wrong: the smoke test of a new model."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nlp.analyze import Analyzer

GOLDEN: tuple[tuple[str, bool], ...] = (
    ("배송도 빠르고 품질도 정말 좋아요. 추천합니다!", True),
    ("가격 대비 아주 만족합니다", True),
    ("색상이 예쁘고 마감도 깔끔해요", True),
    ("부모님이 너무 좋아하세요 또 살게요", True),
    ("생각보다 훨씬 좋네요 재구매합니다", True),
    ("포장 꼼꼼하고 배송 빨라서 좋았어요", True),
    ("튼튼하고 가벼워서 잘 쓰고 있습니다", True),
    ("향도 은은하고 최고예요", True),
    ("사이즈 딱 맞고 착용감이 편해요", True),
    ("맛있어서 온 가족이 잘 먹어요", True),
    ("배송이 너무 늦고 포장도 엉망이에요", False),
    ("하루 만에 고장났어요 환불해 주세요", False),
    ("사진이랑 너무 달라서 실망했습니다", False),
    ("냄새가 심해서 도저히 못 쓰겠어요", False),
    ("돈이 아깝네요 절대 사지 마세요", False),
    ("마감이 엉성하고 실밥이 다 터져 있어요", False),
    ("최악입니다 다시는 안 삽니다", False),
    ("소음이 너무 커서 반품했어요", False),
    ("재질이 싸구려 같고 별로예요", False),
    ("불량품이 왔는데 교환도 안 해줘요", False),
)
"""A review, and whether it is positive. Written for this test; no corpus holds them."""

LEAST_RIGHT = 16
"""So many of them a model that goes into service must have right."""


def golden_right(analyzer: Analyzer) -> int:
    """How many of :data:`GOLDEN` a model has right."""
    verdicts = analyzer.analyze_batch([text for text, _ in GOLDEN])
    return sum((v.label == "positive") == good for v, (_, good) in zip(verdicts, GOLDEN, strict=True))
