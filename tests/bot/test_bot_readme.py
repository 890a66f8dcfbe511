"""The README of ``bot`` names every exit status and every column that is there."""

import re

from bot.core.errors import ExitStatus
from bot.core.scoring import RESULT_COLUMNS, UNJUDGED
from tests.bot.running import ROOT

README = (ROOT / "bot" / "README.md").read_text("utf-8")


def test_every_exit_status_is_documented():
    table = README.partition("(exit status)")[2]
    assert set(map(int, re.findall(r"^\| (\d+) \|", table, re.MULTILINE))) == set(map(int, ExitStatus))


def test_every_column_is_documented():
    assert " ".join(f"`{name}`" for name in RESULT_COLUMNS) in README
    assert f"`{UNJUDGED}`" in README


def test_the_options_are_those_of_the_program(nunchi):
    options = set(re.findall(r"`(--[a-z-]+)", README.partition("### `nunchi score`")[2].partition("### ")[0]))
    assert len(options) >= 6
    assert options <= set(re.findall(r"--[a-z-]+", nunchi("score", "--help").out))
