"""The two languages say the same, and the code says nothing else."""

import ast
import re
import string
from pathlib import Path

import pytest

import bot
from bot.core import messages_en, messages_ko
from bot.core.errors import ExitStatus, UserError
from bot.core.messages import Messages, choose_language

SOURCES = sorted(p for p in Path(bot.__file__).parent.rglob("*.py") if not p.name.startswith("messages_"))


def sentences(module):
    return {name: value for name, value in vars(module).items() if name.isupper()}


def placeholders(sentence):
    return {field for _, field, _, _ in string.Formatter().parse(sentence) if field is not None}


def nodes():
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            yield path, node


def said():
    """Where a sentence is said, its name, and the placeholders that it gets."""
    for path, node in nodes():
        if not isinstance(node, ast.Call):
            continue
        function = getattr(node.func, "id", getattr(node.func, "attr", ""))
        position = {"messages": 0, "complain": 1, "_try_to_say": 1, "UserError": 1}.get(function)
        if position is None or len(node.args) <= position:
            continue
        argument = node.args[position]
        for option in (argument.body, argument.orelse) if isinstance(argument, ast.IfExp) else (argument,):
            if isinstance(option, ast.Constant):
                yield f"{path.name}:{node.lineno}", option.value, {keyword.arg for keyword in node.keywords}


def composed():
    """Patterns of the names that the code composes, such as ``label_{verdict.label}``."""
    for _, node in nodes():
        if isinstance(node, ast.JoinedStr):
            parts = [re.escape(str(v.value)) if isinstance(v, ast.Constant) else r"\w+" for v in node.values]
            if re.search("[a-z]_|_[a-z]", "".join(parts)):
                yield re.compile("".join(parts))


def test_both_languages_have_the_same_sentences_with_the_same_placeholders():
    korean, english = sentences(messages_ko), sentences(messages_en)
    assert set(korean) == set(english)
    assert {n: placeholders(s) for n, s in korean.items()} == {n: placeholders(s) for n, s in english.items()}


def test_every_sentence_that_is_said_exists_and_gets_its_placeholders():
    korean = sentences(messages_ko)
    found = list(said())
    assert len(found) > 60
    for where, name, keywords in found:
        assert name.upper() in korean, where
        if None not in keywords:  # **values
            assert placeholders(korean[name.upper()]) <= keywords, where


def test_no_sentence_is_kept_that_nobody_says():
    literal = {node.value for _, node in nodes() if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    patterns = list(composed())
    unused = {name.lower() for name in sentences(messages_ko)} - literal
    assert {name for name in unused if not any(pattern.fullmatch(name) for pattern in patterns)} == set()


def test_korean_is_polite_and_english_is_english():
    for name, sentence in sentences(messages_ko).items():
        if sentence.endswith("."):
            assert re.search(r"[다요](?:[.:]| \()", sentence), name
    example = "배송이 빨라요별로예요"
    for name, sentence in sentences(messages_en).items():
        assert not {c for c in sentence if "가" <= c <= "힣"} - set(example), name


@pytest.mark.parametrize(
    ("option", "environment", "language"),
    [(None, "", "ko"), (None, "en", "en"), (None, "en_US.UTF-8", "en"), (None, "fr", "ko"), ("ko", "en", "ko")],
)
def test_language(option, environment, language):
    assert choose_language(option, {"NUNCHI_LANG": environment}) == language


def test_an_option_that_is_no_language_is_refused():
    with pytest.raises(UserError) as caught:
        choose_language("de", {})
    assert caught.value.status == ExitStatus.USAGE


def test_values_with_braces_stay_as_they_are():
    assert "{path}" in Messages("en")("input_missing", path="{path}")
