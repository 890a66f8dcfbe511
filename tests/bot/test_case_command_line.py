"""``nunchi cases``."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.core.cases import Note, Text
from bot.core.events import Place
from bot.storage.cases import SqlCases
from bot.storage.opening import open_store
from bot.storage.sealing import Sealer
from tests.bot.conftest import Nunchi
from tests.bot.storage.test_cases import case, opened

KEY = Fernet.generate_key().decode()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with three cases in two workspaces, one with its text."""

    async def fill() -> None:
        store = await open_store(None, tmp_path)
        kept, now = SqlCases(store, Sealer([KEY])), datetime.now(UTC)
        text = Text("=별로예요\n\x1b[31m다시는", now + timedelta(days=3))
        first = await opened(kept, "m1", text, at=now - timedelta(days=9))
        assert await kept.change(replace(first, decision="wrong"), Note(now, "wrong", "T1/U1", "f1"))
        await opened(kept, "m2", at=now, band="unsure")
        await opened(kept, "m3", at=now, place=Place("slack", "T2", "C1"))
        await store.close()

    asyncio.run(fill())
    monkeypatch.setenv("NUNCHI_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_cases_are_listed_and_found(nunchi: Nunchi, home: Path) -> None:
    lines = nunchi("cases").out.splitlines()
    assert [line.split("  ")[0] for line in lines] == ["slack/T1/C1", "slack/T1/C1", "slack/T2/C1"]
    assert nunchi("cases", "list", "--last", 1).out.splitlines() == lines[-1:]
    assert nunchi("cases", "list", "부정", "7일").out.splitlines() == lines[-1:]
    assert nunchi("cases", "list", "오탐").out.splitlines() == lines[:1]
    assert nunchi("cases", "list", "--workspace", "slack/T2").out.splitlines() == lines[-1:]
    none = nunchi("cases", "list", "긍정")
    assert (none.status, none.out, len(none.err.splitlines())) == (0, "", 1)


def test_a_case_is_shown_with_what_happened_to_it(nunchi: Nunchi, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = nunchi("cases", "show", "1", "--workspace", "slack/T1")
    assert "오탐  T1/U1" in shown.out
    assert "별로예요" not in shown.out
    monkeypatch.setenv("NUNCHI_KEEP_CASE_TEXT", "true")
    monkeypatch.setenv("NUNCHI_TOKEN_KEY", KEY)
    shown = nunchi("cases", "show", "1")
    assert "=별로예요 [31m다시는" in shown.out
    assert "\x1b" not in shown.out
    assert shown.out.count("1번") == 2


def test_cases_are_exported(nunchi: Nunchi, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUNCHI_KEEP_CASE_TEXT", "true")
    monkeypatch.setenv("NUNCHI_TOKEN_KEY", KEY)
    rows = [json.loads(line) for line in nunchi("cases", "export").out.splitlines()]
    assert [(row["workspace"], row["number"], row["decision"]) for row in rows] == [
        ("T1", 1, "wrong"),
        ("T1", 2, ""),
        ("T2", 1, ""),
    ]
    assert rows[0]["text"].startswith("=별로예요")
    assert not {"person", "record", "card"} & set(rows[0])
    table = list(csv.DictReader(io.StringIO(nunchi("cases", "export", "--format", "csv").out)))
    assert [row["number"] for row in table] == ["1", "2", "1"]
    assert table[0]["text"].startswith("'=")
    assert table[0]["probability"] == str(case().probability)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("cases", "eat"), 64),
        (("cases", "show"), 64),
        (("cases", "list", "12"), 64),
        (("cases", "list", "무엇"), 64),
        (("cases", "export", "--format", "xls"), 64),
        (("cases", "list", "--workspace", "slack"), 64),
        (("cases", "show", "99"), 66),
    ],
)
def test_what_cannot_be_is_one_sentence(nunchi: Nunchi, home: Path, words: tuple[str, ...], status: int) -> None:
    ended = nunchi(*words)
    assert (ended.status, ended.out, len(ended.err.splitlines())) == (status, "", 1)
