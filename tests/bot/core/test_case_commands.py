"""What is a command about cases, and what is a review."""

from __future__ import annotations

import pytest

from bot.core.case_commands import parse_case
from bot.core.commands import Command, parse


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("사건", ""),
        ("cases", ""),
        ("사건 12", "12"),
        ("case 0012", "12"),
        ("사건 12 맞음", "12 right"),
        ("사건 12 답변 필요", "12 owe"),
        ("cases 12 reopen", "12 reopen"),
        ("사건  부정 열림   담당 없음 7일", "negative open nobody 7d"),
        ("CASES unsure 30 days", "unsure 30d"),
        ("사건 종료", "closed"),
        ("사건 답변필요 내 것", "owed mine"),
    ],
)
def test_commands_are_understood_in_both_languages(text: str, value: str) -> None:
    assert parse(text) == Command("cases", value)


@pytest.mark.parametrize(
    "text",
    [
        "사건 처리가 너무 늦어요",
        "사건 12 맞음 아님",
        "사건부정",
        "casesx",
        "사건 12 13",
        "사건 부정적이에요",
        "case in point",
    ],
)
def test_reviews_are_left_alone(text: str) -> None:
    assert parse_case(text) is None
    assert parse(text) is None
