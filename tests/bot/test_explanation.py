"""``nunchi chat --explain`` and ``nunchi score --explain``."""

from __future__ import annotations

import csv
import json
import unicodedata

import pexpect
import pytest

from bot.commands.explanation import explained
from bot.core.errors import ExitStatus
from bot.core.explained import EXPLAIN_COLUMNS, explained_cells
from bot.core.messages import Messages
from tests.bot.running import COMMAND, child_environment, one_sentence

MIXED = "배송은 정말 빠르고 좋았는데 품질이 너무 나빠서 실망했어요"


@pytest.fixture
def coloured(monkeypatch):
    """Standard output is a terminal."""
    monkeypatch.setattr("bot.terminal.is_terminal", lambda stream: True)
    monkeypatch.setenv("TERM", "xterm")


def test_an_explanation_names_words_clauses_and_aspects(nunchi, analyzer):
    ended = nunchi("chat", "--explain", MIXED)
    assert (ended.status, ended.err) == (0, "")
    first, *rest = ended.out.splitlines()
    assert first == nunchi("chat", MIXED).out.strip()
    review = analyzer.review(MIXED)
    assert any(all(word.text in line for word in review.explanation.words) for line in rest)
    for aspect in ("배송", "품질"):
        assert any(f"[{aspect} " in line for line in rest), ended.out
    assert "\033" not in ended.out


def test_evidence_is_coloured_only_in_a_terminal_that_wants_it(analyzer, coloured, monkeypatch):
    review = analyzer.review(MIXED)
    messages = Messages()
    in_colour = explained(review, messages)
    assert "\033[31m" in in_colour
    monkeypatch.setenv("NO_COLOR", "1")
    plain = explained(review, messages)
    assert "\033" not in plain
    assert plain == in_colour.replace("\033[31m", "").replace("\033[32m", "").replace("\033[33m", "").replace(
        "\033[0m", ""
    )


def test_json_carries_all_of_it(nunchi, analyzer):
    text = unicodedata.normalize("NFD", "👍🏽 " + MIXED)
    found = json.loads(nunchi("chat", "--explain", "--json", text).out)
    verdict = json.loads(nunchi("chat", "--json", text).out)
    assert {name: found[name] for name in verdict} == pytest.approx(verdict, abs=1e-5)
    assert {"evidence", "clauses", "aspects", "mixed", "attention", "reasons"} <= set(found)
    for place in [*found["evidence"], *found["clauses"], *(w for a in found["aspects"] for w in a["words"])]:
        assert text[place["start"] : place["end"]] == place["text"]


def test_a_text_cannot_command_the_terminal(nunchi):
    ended = nunchi("chat", "--explain", "좋아요\x1b[2J\x1b]0;title\x07 정말\r최고\u202e예요. 배송도\n빨라요")
    assert ended.status == 0
    assert not {c for c in ended.out if c != "\n" and (ord(c) < 32 or c in "\x7f\u202e\x9b")}


@pytest.mark.parametrize("text", ["최고예요", "그냥", "좋아요. " * 3_000, "ㅎㅎ 굿"])
def test_any_length_reads_well(nunchi, text):
    lines = nunchi("chat", "--explain", text).out.splitlines()
    assert 1 <= len(lines) <= 18
    assert all(len(line) <= 420 for line in lines)


def test_a_text_without_hangul_is_one_sentence(nunchi):
    one_sentence(nunchi("chat", "--explain", "hello"), ExitStatus.BAD_DATA)


@pytest.mark.parametrize(("options", "explains"), [([], True), (["--no-explain"], False)])
def test_a_prompt_explains_unless_told_not_to(options, explains):
    terminal = pexpect.spawn(
        COMMAND[0],
        [*COMMAND[1:], "chat", *options],
        env=child_environment(),
        encoding="utf-8",
        codec_errors="replace",  # the echo of what is typed
        dimensions=(40, 200),
        timeout=120,
    )
    with terminal:
        terminal.expect("리뷰> ")
        terminal.sendline("정말 최고예요")
        terminal.expect("리뷰> ")
        assert ("근거:" in terminal.before) is explains
        terminal.sendline("/quit")
        terminal.expect(pexpect.EOF)


def test_columns_say_why(nunchi, analyzer, tmp_path):
    rows = [("5", MIXED), ("1", "정말 최고예요 만족합니다"), ("", "그냥 그래요"), ("5", "ok good"), ("3", "")]
    with open(tmp_path / "in.csv", "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("별점", "리뷰"), *rows])
    ended = nunchi("score", tmp_path / "in.csv", "-o", tmp_path / "out.csv", "--explain")
    assert ended.status == 0, ended
    with open(tmp_path / "out.csv", encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file))
    assert list(found[0])[-5:] == list(EXPLAIN_COLUMNS)
    for row, (stars, text) in zip(found, rows, strict=True):
        review = analyzer.review(text, float(stars) if stars else None)
        assert [row[name] for name in EXPLAIN_COLUMNS] == [
            "" if cell is None else str(cell).lower() if isinstance(cell, bool) else cell
            for cell in explained_cells(review)
        ]
    assert found[0]["aspects"] == "배송:+,품질:-"
    assert (found[0]["attention"], found[1]["reasons"]) == ("true", "rating")
    assert found[3]["evidence"] == ""


def test_no_added_cell_is_a_formula(analyzer):
    for text in ("=1+1 정말 최고예요", "-별로예요", "+좋아요", "@배송 최고예요"):
        cells = explained_cells(analyzer.review(text))
        assert not any(isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t")) for cell in cells)


def test_stars_of_ten_are_read_as_such(nunchi, tmp_path):
    lines = ["평점,리뷰", "5,정말 최고예요 만족합니다", "10,배송이 빨라요", "2,정말 최고예요 만족합니다"]
    (tmp_path / "in.csv").write_text("\n".join(lines), "utf-8")
    assert nunchi("score", tmp_path / "in.csv", "-o", tmp_path / "out.jsonl", "--explain").status == 0
    found = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert [row["reasons"] for row in found] == ["", "", "rating"]


def test_a_wrong_lexicon_or_column_is_one_sentence(nunchi, tmp_path):
    (tmp_path / "in.csv").write_text("리뷰,별점\n좋아요,5\n", "utf-8")
    (tmp_path / "own.toml").write_text("[배송]\n", "utf-8")
    score = ("score", tmp_path / "in.csv", "-o", tmp_path / "out.csv", "--explain")
    assert "own.toml" in one_sentence(nunchi(*score, "--aspects", tmp_path / "own.toml"), ExitStatus.CONFIG)
    assert "--rating-column" in one_sentence(nunchi(*score, "--rating-column", "별"), ExitStatus.BAD_DATA)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.csv", "own.toml"]


def test_a_teams_words_are_used(nunchi, tmp_path):
    (tmp_path / "own.toml").write_text('["반려동물"]\nwords = ["강아지"]\n', "utf-8")
    assert "[반려동물 " in nunchi("chat", "--explain", "우리 강아지가 좋아해요", "--aspects", tmp_path / "own.toml").out
