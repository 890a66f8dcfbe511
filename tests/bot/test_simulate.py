"""``nunchi simulate``: what a rule would do with a file, and a picture of it."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from pathlib import Path

import pytest

import nlp
from bot.core.errors import ExitStatus
from bot.core.events import ChannelSettings, Place
from bot.core.messages import Messages
from bot.core.moderation import Rule
from bot.storage.opening import open_store
from tests.bot.conftest import Nunchi
from tests.bot.running import one_sentence

KO = Messages("ko")
REVIEWS = [
    "배송이 정말 빠르고 포장도 꼼꼼해서 최고예요",
    "품질이 너무 나빠서 실망했어요. 다시는 안 사요",
    "nice product",
    "재구매 의사 있습니다 추천해요",
    "냄새가 너무 심해서 버렸어요 최악",
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "reviews.csv"
    path.write_text("리뷰\n" + "\n".join(REVIEWS) + "\n", "utf-8")
    return path


def test_bands_flagged_reviews_and_why(nunchi: Nunchi, file: Path, analyzer: nlp.Analyzer) -> None:
    done = nunchi("simulate", file)
    bands = Counter(verdict.band for verdict in analyzer.analyze_batch(REVIEWS) if verdict.korean)
    assert done.status == 0
    negative = bands["negative"]
    assert KO("simulate_flagged", judged="4", flagged=str(negative)) in done.out
    assert KO("simulate_log_only") in done.out
    assert KO("simulate_unjudged", unjudged="1") in done.out
    assert done.out.count("번째 글") == negative
    assert "−" in done.out, "evidence words"
    assert REVIEWS[1] not in done.out, "its words are shown, its text is not"


def test_other_thresholds_and_json(nunchi: Nunchi, file: Path, analyzer: nlp.Analyzer) -> None:
    shown = json.loads(nunchi("simulate", file, "--negative", 49.9, "--positive", 50, "--json").out)
    probabilities = [v.probability for v in analyzer.analyze_batch(REVIEWS) if v.korean]
    assert shown["negative"] == shown["flagged"] == sum(p <= 0.499 for p in probabilities)
    assert (shown["unjudged"], sum(shown["bins"])) == (1, 4)
    assert {row["row"] for row in shown["rows"]} <= {1, 2, 4, 5}


def test_the_rule_of_a_channel_is_tried(
    nunchi: Nunchi, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fill() -> None:
        store = await open_store(None, tmp_path)
        rule = Rule(positive=("log", "card"))
        await store.configure(Place("slack", "T1", "C1"), ChannelSettings(True, "silent", 0.6, 0.4, None, rule))
        await store.close()

    asyncio.run(fill())
    monkeypatch.setenv("NUNCHI_HOME", str(tmp_path))
    done = nunchi("simulate", file, "--channel", "slack/T1/C1")
    assert KO("action_card") in done.out
    assert KO("thresholds_own", low="40", high="60") in done.out
    assert KO("simulate_log_only") not in done.out


def test_the_picture_is_written_whole_and_not_over_another(nunchi: Nunchi, file: Path, tmp_path: Path) -> None:
    picture = tmp_path / "picture.png"
    assert nunchi("simulate", file, "--picture", picture).status == 0
    assert picture.read_bytes().startswith(b"\x89PNG")
    again = nunchi("simulate", file, "--picture", picture)
    assert again.status == ExitStatus.CANNOT_CREATE
    assert nunchi("simulate", file, "--picture", picture, "--force").status == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["picture.png", "reviews.csv"]


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (("missing.csv",), ExitStatus.NO_INPUT, None),
        (("FILE", "--negative", "30"), ExitStatus.USAGE, "simulate_thresholds"),
        (("FILE", "--negative", "70", "--positive", "30"), ExitStatus.USAGE, "simulate_thresholds"),
        (("FILE", "--channel", "general"), ExitStatus.USAGE, "rule_wrong_place"),
        (("FILE", "--picture", "x.svg"), ExitStatus.USAGE, "simulate_picture_kind"),
        (("FILE", "--picture", "no/such/folder/x.png"), ExitStatus.CANNOT_CREATE, None),
        (("-",), ExitStatus.USAGE, "report_stream"),
    ],
)
def test_what_is_wrong_is_one_sentence(
    nunchi: Nunchi, file: Path, words: tuple[str, ...], status: ExitStatus, sentence: str | None
) -> None:
    done = nunchi("simulate", *(file if word == "FILE" else word for word in words))
    said = one_sentence(done, status)
    if sentence is not None:
        assert said == KO(sentence, field="--channel")
