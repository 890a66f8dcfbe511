"""The prompt, at a real (pseudo) terminal."""

import os
import subprocess

import pytest

from tests.bot.running import COMMAND, REVIEWS, child_environment

pexpect = pytest.importorskip("pexpect", reason="pexpect works with Unix terminals only")

PROMPT = "리뷰> "


@pytest.fixture
def home(tmp_path):
    return tmp_path


@pytest.fixture
def terminal(home):
    """Starts ``nunchi chat`` at a terminal; ends what is left of it."""
    children = []

    def start(*words, **environment):
        env = {**child_environment(HOME=str(home)), **environment}
        child = pexpect.spawn(
            COMMAND[0], [*COMMAND[1:], "chat", *words], env=env, encoding="utf-8", codec_errors="replace", timeout=90
        )
        children.append(child)
        return child

    yield start
    for child in children:
        child.close(force=True)


def ended(child):
    child.expect(pexpect.EOF)
    child.wait()
    return child.exitstatus


def test_a_conversation(terminal, analyzer, home):
    child = terminal()
    child.expect("/help")
    child.expect(PROMPT)
    for review in REVIEWS[:2]:
        child.sendline(review)
        child.expect("모델 " + analyzer.model_id)
        child.expect(PROMPT)
    child.sendline("/help")
    child.expect("Ctrl-D")
    child.expect(PROMPT)
    child.sendline("/무엇")
    child.expect("모르는 명령")
    child.expect(PROMPT)
    child.sendline("")
    child.expect(PROMPT)
    child.sendline("/quit")
    assert ended(child) == 0
    assert [path for path in home.rglob("*") if path.is_file()] == []  # nothing that was typed is kept


def test_what_was_typed_comes_back_with_the_arrow_key(terminal):
    child = terminal()
    child.expect(PROMPT)
    child.sendline(REVIEWS[0])
    child.expect("모델")
    child.expect(PROMPT)
    child.send("\033[A")
    child.expect_exact(REVIEWS[0])
    child.sendline("")
    child.expect("모델")
    child.expect(PROMPT)
    child.sendeof()
    assert ended(child) == 0


@pytest.mark.parametrize("leave", ["sendeof", "sendintr"])
def test_leaving_is_quiet(terminal, leave):
    child = terminal()
    child.expect(PROMPT)
    getattr(child, leave)()
    assert ended(child) == 0
    assert child.before.replace("^C", "").replace("^D", "").strip("\r\n\b ") == ""


def test_colours_at_a_terminal_unless_unwanted(terminal):
    child = terminal(REVIEWS[0], TERM="xterm")
    assert ended(child) == 0
    assert "\033[3" in child.before
    child = terminal(REVIEWS[0], TERM="xterm", NO_COLOR="1")
    assert ended(child) == 0
    assert "\033" not in child.before


def test_objects_at_the_prompt(terminal):
    child = terminal("--json")
    child.expect(PROMPT)
    child.sendline("good")
    child.expect('"korean": false')
    child.expect(PROMPT)
    child.sendline("/quit")
    assert ended(child) == 0


def test_questions_do_not_go_where_the_answers_go(home):
    """``nunchi chat > answers`` at a terminal."""
    controller, terminal = os.openpty()
    with subprocess.Popen(
        (*COMMAND, "chat"),
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=child_environment(HOME=str(home)),
    ) as child:
        os.write(controller, f"{REVIEWS[0]}\n/quit\n".encode())
        out, err = child.communicate(timeout=90)
    os.close(controller)
    os.close(terminal)
    assert child.returncode == 0
    assert PROMPT.encode() in err
    assert PROMPT.encode() not in out
    assert len(out.splitlines()) == 1
