"""How ``nunchi`` begins and ends."""

import subprocess
import sys

import pytest

from bot.core.errors import ExitStatus
from tests.bot.running import COMMAND, ROOT, child_environment, one_sentence, peak_memory

SECRET = "비밀스러운후기"


@pytest.mark.parametrize(
    "words",
    [
        [],
        [SECRET],
        ["score"],
        ["score", "a.csv"],
        ["score", "a.csv", "-o"],
        ["score", "a.csv", "-o", "b.csv", SECRET],
        ["score", "a.csv", "-o", "b.csv", "--ragged", SECRET],
        ["score", "a.csv", "-o", "b.txt"],
        ["score", "a.csv", "-o", "b.csv", "--encoding", SECRET],
        ["score", "a.csv", "-o", "b.csv", "--encoding", "base64"],
        ["score", "a.csv", "-o", "b.csv", "--encoding", "idna"],
        ["score", "-", "-o", "b.csv", "--resume"],
        ["chat", f"-{SECRET}"],
        ["chat", "--model"],
        ["chat", "--gibberish"],
        ["doctor", SECRET],
        ["--lang", SECRET, "chat"],
    ],
)
def test_wrong_use_is_one_sentence(nunchi, words):
    assert SECRET not in one_sentence(nunchi(*words), ExitStatus.USAGE)


def test_a_wrong_option_is_named(nunchi):
    assert "--text-colum " in nunchi("score", "a.csv", "-o", "b.csv", "--text-colum", "리뷰").err


@pytest.mark.parametrize("words", [["--help"], ["chat", "--help"], ["score", "--help"], ["doctor", "--help"]])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_help(nunchi, words, language):
    ended = nunchi("--lang", language, *words)
    assert (ended.status, ended.err) == (0, "")
    assert ended.out.startswith("Usage: nunchi")
    assert any("가" <= c <= "힣" for c in ended.out) == (language == "ko")


@pytest.mark.parametrize("words", [["chat", "", "--lang", "en"], ["--lang=en", "chat", ""]])
def test_the_language_can_be_chosen_anywhere(nunchi, words):
    assert "empty" in nunchi(*words).err


def test_a_language_after_two_dashes_is_a_text(nunchi):
    ended = nunchi("chat", "--", "배송이 빨라요", "--lang", "en")
    assert ended.status == 0
    assert "모델" in ended.out


def test_version(nunchi):
    ended = nunchi("--version")
    assert ended.status == 0
    assert ended.out.startswith("nunchi ")


def test_a_bug_says_so_and_keeps_the_text_to_itself(nunchi, monkeypatch):
    def broken(*args, **kwargs):
        raise ValueError(SECRET)

    monkeypatch.setattr("bot.commands.chat.chat", broken)
    ended = nunchi("chat", SECRET)
    assert ended.status == ExitStatus.BUG
    assert "ValueError" in ended.err
    assert SECRET not in ended.err
    assert "Traceback" not in ended.err
    monkeypatch.setenv("NUNCHI_DEBUG", "1")
    assert "Traceback" in nunchi("chat", SECRET).err


def test_ctrl_c_outside_of_any_work_is_quiet(nunchi, monkeypatch):
    def interrupted(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr("bot.commands.chat.chat", interrupted)
    ended = nunchi("chat", "글")
    assert (ended.status, ended.out, ended.err) == (ExitStatus.KEYBOARD, "", "")


def test_an_answer_waits_for_nothing_that_it_does_not_need():
    program = (
        "import sys; from bot.cli import main; main(['chat', '배송이 빨라요']);"
        "print(*sorted({m.split('.')[0] for m in sys.modules} & "
        "{'rich', 'openpyxl', 'tensorflow', 'keras', 'training', 'sqlite3', 'sqlalchemy', 'aiohttp', 'discord'}),"
        "file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=child_environment(), cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stderr == "\n"


def test_memory_of_a_whole_process():
    assert peak_memory("chat", "배송이 빨라요") < 150e6


def test_closed_streams_are_no_reason_for_a_traceback():
    done = subprocess.run(
        ["/bin/sh", "-c", '"$@" <&- >&- 2>&-', "sh", *COMMAND, "chat"], env=child_environment(), check=False
    )
    assert done.returncode == ExitStatus.BAD_DATA
