"""``nunchi chat`` with a text, and from a pipe."""

import dataclasses
import io
import json
import os
import subprocess

import pytest

import nlp
from bot.core.errors import ExitStatus
from bot.core.messages import Messages
from tests.bot.running import COMMAND, REVIEWS, child_environment, one_sentence


@pytest.fixture
def pipe(monkeypatch, nunchi):
    """``pipe(b"...", "--json")`` is ``nunchi chat --json`` with a pipe as its input, in this process."""

    def run(data, *words):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
        return nunchi("chat", *words)

    return run


def plain(verdict):
    """A verdict as JSON knows it."""
    return json.loads(json.dumps(verdict.to_dict()))


def test_an_answer_names_verdict_certainty_and_model(nunchi, analyzer):
    for review in REVIEWS:
        verdict = analyzer.analyze(review)
        ended = nunchi("chat", review)
        assert (ended.status, ended.err) == (0, "")
        assert ("긍정" if verdict.label == "positive" else "부정") in ended.out
        assert verdict.model_id in ended.out
        assert "확신" in ended.out
        assert ("확인이 필요합니다" in ended.out) == (verdict.band == "unsure")
        assert ended.out.count("\n") == 1


def test_words_need_no_quotes(nunchi):
    assert nunchi("chat", *REVIEWS[0].split()).out == nunchi("chat", REVIEWS[0]).out


def test_json_has_every_field(nunchi, analyzer):
    found = json.loads(nunchi("chat", REVIEWS[0], "--json").out)
    assert set(found) == {field.name for field in dataclasses.fields(nlp.Verdict)}
    assert found == plain(analyzer.analyze(REVIEWS[0]))


def test_english(nunchi, analyzer):
    assert analyzer.analyze(REVIEWS[0]).label in nunchi("chat", REVIEWS[0], "--lang", "en").out


@pytest.mark.parametrize("text", ["", " ", "\n\t \u3000"])
def test_a_blank_text_is_refused(nunchi, text):
    assert "비어" in one_sentence(nunchi("chat", text), ExitStatus.BAD_DATA)


@pytest.mark.parametrize("text", ["good", "😀😀", "ㅋㅋㅋ", "12345", "!?", "\ud83d", "\udcff\udcfe", "とても良い"])
def test_what_is_not_korean_cannot_be_judged(nunchi, text):
    assert "한글이 부족" in one_sentence(nunchi("chat", text), ExitStatus.BAD_DATA)


def test_what_is_not_korean_still_has_an_object(nunchi):
    ended = nunchi("chat", "good", "--json")
    assert ended.status == ExitStatus.BAD_DATA
    assert json.loads(ended.out)["korean"] is False


def test_a_text_may_begin_with_a_dash(nunchi):
    assert nunchi("chat", "--", "-별로예요").status == 0


def test_lone_surrogates_among_hangul(nunchi):
    assert nunchi("chat", "좋아요 \ud83d 정말 \udcff").status == 0


def test_a_terminal_that_is_not_utf8(process):
    """Bytes of a CP949 terminal arrive as an argument that Python could not decode."""
    expected = process("chat", "배송이 빨라요")
    assert process("chat", os.fsdecode("배송이 빨라요".encode("cp949"))) == expected


def test_a_missing_model_folder(nunchi, tmp_path):
    assert str(tmp_path / "없음") in one_sentence(nunchi("chat", "글", "--model", tmp_path / "없음"), ExitStatus.CONFIG)


def test_an_empty_model_folder(nunchi, tmp_path):
    one_sentence(nunchi("chat", "글", "--model", tmp_path), ExitStatus.CONFIG)


def test_the_model_can_come_from_the_environment(nunchi, monkeypatch, tmp_path):
    monkeypatch.setenv("NUNCHI_MODEL", str(tmp_path / "없음"))
    assert nunchi("chat", "글").status == ExitStatus.CONFIG


def test_a_model_can_be_named(nunchi):
    assert nunchi("chat", REVIEWS[0], "--model", nlp.analyze.BUNDLED) == nunchi("chat", REVIEWS[0])


def test_a_pipe_gets_an_answer_a_line_in_order(pipe, analyzer):
    lines = [*REVIEWS, "", "good", REVIEWS[0]]
    ended = pipe("\n".join(lines).encode(), "--json")
    assert ended.status == 0
    assert [json.loads(line) for line in ended.out.splitlines()] == [plain(analyzer.analyze(line)) for line in lines]


def test_blank_lines_keep_their_numbers(pipe):
    lines = pipe(f"{REVIEWS[0]}\n\n{REVIEWS[1]}\n".encode()).out.splitlines()
    assert len(lines) == 3
    assert lines[1] == Messages()("answer_not_korean")


def test_line_ends_of_windows_and_a_mark(pipe):
    assert pipe("\ufeff배송이 빨라요\r\n".encode()).out == pipe("배송이 빨라요".encode()).out


def test_a_pipe_in_cp949(pipe):
    assert pipe("배송이 빨라요".encode("cp949")).out == pipe("배송이 빨라요".encode()).out


@pytest.mark.parametrize(
    "line",
    [b"\xff\xfe\x00\x01", b"\x00" * 100, bytes(range(1, 10)), b"\xed\xa0\x80", b"\xf0\x9f\x98\x80"],
    ids=["no text", "nul", "controls", "surrogate", "emoji"],
)
def test_any_bytes_are_answered(pipe, line):
    ended = pipe(line + b"\n")
    assert (ended.status, ended.err) == (0, "")
    assert ended.out == Messages()("answer_not_korean") + "\n"


def test_nul_within_a_review_is_nothing(pipe, analyzer):
    found = json.loads(pipe("배송이\0 빨라요".encode(), "--json").out)
    assert found == plain(analyzer.analyze("배송이\0 빨라요"))


def test_a_megabyte_is_one_review(pipe):
    assert pipe(("정말 좋아요 " * 70_000).encode()).out.count("\n") == 1


def test_a_line_without_end_is_one_review(pipe, monkeypatch):
    monkeypatch.setattr("bot.commands.chat._LONGEST_LINE", 1000)
    ended = pipe(("배송이 빨라요 " * 1000 + "\n" + REVIEWS[1]).encode())
    assert ended.out.count("\n") == 2
    assert ended.out.splitlines()[1] == pipe(REVIEWS[1].encode()).out.strip()


def test_a_pipe_with_nothing_in_it(pipe):
    one_sentence(pipe(b""), ExitStatus.BAD_DATA)


def test_answers_come_at_once(process):
    """The second line is only sent when the first is answered."""
    with subprocess.Popen(
        [*COMMAND, "chat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=child_environment()
    ) as child:
        for review in REVIEWS[:2]:
            child.stdin.write(f"{review}\n".encode())
            child.stdin.flush()
            assert "모델" in child.stdout.readline().decode()
        child.stdin.close()
        assert child.wait() == 0


def test_whoever_has_seen_enough_is_not_bothered():
    """``nunchi chat | head -1``"""
    with subprocess.Popen(
        [*COMMAND, "chat"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=child_environment(),
    ) as child:
        child.stdin.write(f"{REVIEWS[0]}\n".encode())
        child.stdin.flush()
        child.stdout.readline()
        child.stdout.close()
        _, error = child.communicate(f"{REVIEWS[1]}\n".encode() * 3)
        assert (child.returncode, error) == (0, b"")


def test_a_full_disk():
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*COMMAND, "chat", "배송이 빨라요"],
            stdout=full,
            stderr=subprocess.PIPE,
            env=child_environment(),
            check=False,
        )
    assert done.returncode == ExitStatus.IO_ERROR
    assert len(done.stderr.decode().splitlines()) == 1


def test_no_colours_in_a_pipe(pipe):
    assert "\033" not in pipe(REVIEWS[0].encode()).out


def test_a_terminal_without_hangul_gets_question_marks(process):
    ended = process("chat", REVIEWS[0], env={"PYTHONIOENCODING": "ascii"})
    assert ended.status == 0
    assert "?" in ended.out
