"""The trainer's two languages say the same, and the code says nothing else."""

from __future__ import annotations

import ast
import os
import re
import string
from pathlib import Path

import pytest

import training
from bot.core import messages as bots
from bot.core.errors import UserError
from tests.training.shop import environment, reviews, write_csv
from training.__main__ import main
from training.commands.line import app, get_command, help_name, walk
from training.errors import DataError
from training.messages import MODULES, Said, choose_language, language, say, speaking

SOURCES = sorted(p for p in Path(training.__file__).parent.rglob("*.py") if p.parent.name != "messages")
SAYING = {"say", "Said", "DataError", "FetchError", "ForbiddenError", "DivergedError", "_tell", "announce", "_wrong"}
LATER = {"_wrong", "row", "_group"}
"""Functions that are given a sentence's name and add to its placeholders."""


def sentences(language):
    return {name: value for module in MODULES[language] for name, value in vars(module).items() if name.isupper()}


def placeholders(sentence):
    return {field for _, field, _, _ in string.Formatter().parse(sentence) if field is not None}


def nodes():
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            yield path, node


def said():
    """Where a sentence is said, its name, and the placeholders that it gets; None for those that are not spelt out."""
    for path, node in nodes():
        if not isinstance(node, ast.Call) or not node.args:
            continue
        function = getattr(node.func, "id", getattr(node.func, "attr", ""))
        argument = node.args[0]
        if function not in SAYING | LATER:
            continue
        given = {keyword.arg for keyword in node.keywords}
        if function == "Said" and len(node.args) > 1:
            keys = node.args[1].keys if isinstance(node.args[1], ast.Dict) else [None]
            given = {key.value if isinstance(key, ast.Constant) else None for key in keys}
        for option in (argument.body, argument.orelse) if isinstance(argument, ast.IfExp) else (argument,):
            if isinstance(option, ast.Constant):
                yield f"{path.name}:{node.lineno}", option.value, given | ({None} if function in LATER else set())


def test_both_languages_have_the_same_sentences_with_the_same_placeholders():
    korean, english = sentences("ko"), sentences("en")
    assert set(korean) == set(english)
    assert len(korean) == sum(name.isupper() for module in MODULES["ko"] for name in vars(module)), "none stands twice"
    assert {n: placeholders(s) for n, s in korean.items()} == {n: placeholders(s) for n, s in english.items()}


def test_every_sentence_that_is_said_exists_and_gets_its_placeholders():
    korean = sentences("ko")
    found = list(said())
    assert len(found) > 150
    for where, name, given in found:
        if where.startswith("line.py") and name == "help":
            continue
        assert name.upper() in korean, where
        if None not in given:
            assert placeholders(korean[name.upper()]) <= given, where


def test_no_sentence_is_kept_that_nobody_says():
    literal = {node.value for _, node in nodes() if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    patterns = []
    for _, node in nodes():
        if isinstance(node, ast.JoinedStr):
            parts = [re.escape(str(v.value)) if isinstance(v, ast.Constant) else r"\w+" for v in node.values]
            if re.search("[a-z]_|_[a-z]", "".join(parts)):
                patterns.append(re.compile("".join(parts)))
    helps = {"_".join(["help", *path]) for path, _ in walk(get_command(app))}
    helps |= {help_name(path, p.name) for path, command in walk(get_command(app)) for p in command.params}
    unused = {name.lower() for name in sentences("ko")} - literal - helps
    assert {name for name in unused if not any(pattern.fullmatch(name) for pattern in patterns)} == {
        "page_curves", "page_confusion", "page_reliability", "page_coverage"
    }, "named by their pictures"  # fmt: skip


def test_every_command_and_option_is_explained():
    korean = sentences("ko")
    named = [("_".join(["help", *path]), path) for path, _ in walk(get_command(app))]
    named += [(help_name(path, p.name), path) for path, command in walk(get_command(app)) for p in command.params]
    assert len(named) > 70
    for name, path in named:
        assert name.upper() in korean, path


def test_korean_is_polite_and_english_is_english():
    for name, sentence in sentences("ko").items():
        if sentence.endswith(".") and not name.startswith(("HELP_", "CARD_", "CORPUS_", "COMPARISON")):
            assert re.search(r"[다요][.:]|[다요] \(", sentence) or sentence.endswith("}."), name
    for name, sentence in sentences("en").items():
        assert not re.search("[가-힣]", sentence.replace("긍정", "").replace("부정", "").replace("배송", "")), name


def test_nothing_is_printed_that_is_not_a_sentence_of_ours():
    wrong = []
    for path, node in nodes():
        if not isinstance(node, ast.Call) or getattr(node.func, "attr", "") not in ("print", "echo"):
            continue
        if node.args and isinstance(node.args[0], ast.Constant | ast.JoinedStr):
            wrong.append(f"{path.name}:{node.lineno}")
    for path, node in nodes():  # nor raised
        if (
            isinstance(node, ast.Raise)
            and isinstance(node.exc, ast.Call)
            and getattr(node.exc.func, "id", "") in SAYING
        ):
            first = node.exc.args[0]
            if isinstance(first, ast.JoinedStr) or (isinstance(first, ast.Constant) and " " in first.value):
                wrong.append(f"{path.name}:{node.lineno}")
    assert wrong == []


@pytest.mark.parametrize("option", [None, "ko", "en", "de", ""])
@pytest.mark.parametrize("wish", ["", "en", "en_US.UTF-8", "ko", "fr"])
def test_the_language_is_chosen_as_the_bot_chooses_it(option, wish):
    try:
        expected = bots.choose_language(option, {"NUNCHI_LANG": wish})
    except UserError:
        expected = None
    assert choose_language(option, {"NUNCHI_LANG": wish}) == expected


def test_what_is_said_waits_for_its_reader():
    error = DataError("rows_one_side", rows=1234, side=Said("positive"))
    with speaking("ko"):
        assert str(error) == "1,234편이 모두 긍정입니다. 긍정과 부정이 다 있어야 배울 수 있습니다."
        with speaking("en"):
            assert str(error) == "all 1,234 rows are positive; a model needs reviews of both kinds"
        assert language() == "ko"
    assert error.said.plain() == {"what": "rows_one_side", "rows": 1234, "side": {"what": "positive"}}
    assert "{path}" in say("file_missing", path="{path}")


@pytest.mark.parametrize(
    ("words", "wish", "says"),
    [
        ([], "", "배울 리뷰가 너무 적습니다"),
        ([], "en", "too few rows"),
        (["--lang", "en"], "", "too few rows"),
        (["--lang=ko"], "en", "배울 리뷰가 너무 적습니다"),
        (["--lang", "de"], "", "ko 와 en"),
    ],
)
def test_who_runs_it_chooses_the_language(tmp_path, monkeypatch, capsys, words, wish, says):
    monkeypatch.setattr(os, "environ", environment(tmp_path) | ({"NUNCHI_LANG": wish} if wish else {}))
    path = write_csv(tmp_path / "shop.csv", reviews(5))
    assert main(["fit", "--data", str(path), *words]) in (64, 65)
    assert says in capsys.readouterr().err.splitlines()[-1]
    before = language()
    assert before == (wish or "ko"), "the wish of one command is not that of the next"


@pytest.mark.parametrize(
    ("words", "korean", "english"),
    [
        (["fit", "--gibberish"], "옵션은 없습니다", "no option --gibberish"),
        (["fit", "--seed"], "값이 필요합니다", "needs a value"),
        (["fit", "--seed", "x"], "값이 맞지 않습니다", "does not fit"),
        (["promote"], "MODEL 자리가 비었습니다", "MODEL is missing"),
        (["rollback", "now"], "인자가 너무 많습니다", "too many"),
        (["gibberish"], "그런 명령은 없습니다", "no such command"),
        (["rollback"], "되돌릴 것이 없습니다", "nothing to go back to"),
        (["promote", "none"], "모델이 없습니다", "no model at"),
        (["models", "show", "none"], "모델이 없습니다", "no model at"),
        (["fit", "--data", "none.csv"], "그런 파일이 없습니다", "no such file"),
        (["fit", "--data", "none.csv", "--recipe", "x"], "레시피는 없습니다", "no recipe"),
        (["compare", "shop", "--data", "none.csv"], "강의의 신경망이 아닙니다", "none of the course"),
        (["vectors", "similar", "배송"], "벡터 파일이 없습니다", "no such file of vectors"),
        (["fetch", "gibberish"], "그런 이름의 말뭉치는 없습니다", "no corpus of that name"),
    ],
)
def test_mistakes_in_both_languages(tmp_path, train_here, words, korean, english):
    for lang, says, status in (("ko", korean, None), ("en", english, None)):
        done = train_here("--lang", lang, *words)
        assert done.returncode in (64, 65, 78), status
        assert says in done.stderr
        assert done.stderr.count("\n") == 1
        assert "Traceback" not in done.stderr


def test_a_file_that_may_not_be_read_is_no_wrong_word(tmp_path, train_here, monkeypatch):
    """The command line does not ask beforehand; who opens the file says what is wrong with it."""
    (tmp_path / "a.csv").write_text("별점,리뷰\n5,좋아요\n1,별로예요\n", "utf-8")
    monkeypatch.setattr(os, "access", lambda *_, **__: False)
    assert train_here("evaluate", "--data", "a.csv", "--all-rows").returncode == 0


def test_help_in_both_languages(train_here):
    for wish, says in (("ko", "별점이 있는 리뷰로"), ("en", "Make a model")):
        done = train_here("--lang", wish, "--help")
        assert done.returncode == 0
        assert says in done.stdout
        assert "nunchi train" in done.stdout
