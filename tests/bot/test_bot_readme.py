"""The README of ``bot`` names every exit status and every column that is there."""

import re

from bot.core.commands import parse
from bot.core.errors import ExitStatus
from bot.core.scoring import RESULT_COLUMNS, UNJUDGED
from tests.bot.running import ROOT

README = (ROOT / "bot" / "README.md").read_text("utf-8")


def test_every_exit_status_is_documented():
    table = README.partition("(exit status)")[2]
    assert set(map(int, re.findall(r"^\| (\d+) \|", table, re.MULTILINE))) == set(map(int, ExitStatus))


def test_the_guide_for_admins_is_made_of_commands_in_an_order_that_works():
    guide = README.partition("\n## 관리자 안내")[2].partition("\n## ")[0]
    said = re.findall(r"`/nunchi ([^`]+)`", guide.partition("In English")[0])
    for line in said:
        command = parse(re.sub(r"#\S+", "<#C1|mods>", line))
        assert command is not None, line
        assert command.verb != "help" or line in ("help", "rule help"), line
        assert "wrong" not in command.value, line
    order = ["watch on", "rule moderators #운영", "simulate 200", "simulate 200 30 70", "rule negative card"]
    assert [line for line in said if line in order] == order
    assert "관리자-안내-10분" in (ROOT / "README.md").read_text("utf-8")


def test_every_column_is_documented():
    assert " ".join(f"`{name}`" for name in RESULT_COLUMNS) in README
    assert f"`{UNJUDGED}`" in README


def test_the_options_are_those_of_the_program(nunchi):
    options = set(re.findall(r"`(--[a-z-]+)", README.partition("### `nunchi score`")[2].partition("### ")[0]))
    assert len(options) >= 6
    assert options <= set(re.findall(r"--[a-z-]+", nunchi("score", "--help").out))
