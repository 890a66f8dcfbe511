"""``nunchi settings`` and ``nunchi log``: what is kept can be seen, exported and purged."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.core.errors import UserError
from bot.core.events import ChannelSettings, Place
from bot.core.installations import Installation
from bot.storage.installations import SqlInstallations
from bot.storage.opening import open_store
from bot.storage.sealing import Sealer
from tests.bot.conftest import Nunchi
from tests.bot.running import one_sentence
from tests.bot.storage.test_store import record


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with a channel, an old verdict and a new one."""

    async def fill() -> None:
        store = await open_store(None, tmp_path)
        await store.configure(Place("slack", "T1", "C1"), ChannelSettings(True, "silent", 0.8, 0.2, "en"))
        now = datetime.now(UTC)
        await store.record(record(1, at=now - timedelta(days=100)))
        await store.record(record(2, at=now, band="unsure"))
        await store.feedback(record(2).id, "p", True, now)
        await store.close()

    asyncio.run(fill())
    monkeypatch.setenv("NUNCHI_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_settings_show_every_setting_and_channel_but_no_secret(
    nunchi: Nunchi, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-canary")
    shown = nunchi("settings")
    assert shown.status == 0
    assert f"NUNCHI_HOME = {home}" in shown.out
    assert "slack/T1/C1" in shown.out
    assert "canary" not in shown.out
    assert "SLACK_BOT_TOKEN = *" in shown.out


def test_settings_can_be_exported(nunchi: Nunchi, home: Path) -> None:
    expected = [
        {
            "platform": "slack",
            "workspace": "T1",
            "channel": "C1",
            "watch": True,
            "mode": "silent",
            "positive_above": 0.8,
            "negative_below": 0.2,
            "language": "en",
        }
    ]
    assert json.loads(nunchi("settings", "export").out) == expected
    assert json.loads(nunchi("settings", "--json").out) == expected


def test_rules_are_shown_exported_and_imported(nunchi: Nunchi, home: Path, tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    exported = nunchi("settings", "rules").out
    assert '["slack/T1/C1"]' in exported
    rules.write_text(
        exported + '\n["slack/T1/C1".actions]\nnegative = ["react", "card"]\n["discord/7/8".quiet]\n'
        'start = "22:00"\nend = "08:00"\nzone = "Asia/Seoul"\n',
        "utf-8",
    )
    done = nunchi("settings", "import", rules)
    assert (done.status, "2" in done.out) == (0, True)
    first, second = json.loads(nunchi("settings", "export").out)
    assert (first["channel"], first["watch"], first["rule"]["quiet"]["start"]) == ("8", False, "22:00")
    assert second["rule"] == {"actions": {"negative": ["log", "react", "card"]}}
    assert (second["watch"], second["mode"], second["positive_above"]) == (True, "silent", 0.8)
    assert 'negative = ["log", "react", "card"]' in nunchi("settings").out

    async def changes() -> list[str]:
        store = await open_store(None, home)
        found = await store.changes("slack", "T1")
        await store.close()
        return [f"{change.who}:{change.what} {change.value}" for change in found]

    assert asyncio.run(changes()) == [":rule import"]


def test_rules_that_cannot_be_change_nothing(nunchi: Nunchi, home: Path, tmp_path: Path) -> None:
    before, rules = nunchi("settings", "export").out, tmp_path / "rules.toml"
    rules.write_text('["slack/T1/C1"]\nmode = "reply"\n["slack/T1/C2"]\nmode = "loud"\n', "utf-8")
    assert "slack/T1/C2.mode" in one_sentence(nunchi("settings", "import", rules), 65)
    rules.write_text("mode = \n", "utf-8")
    assert "1" in one_sentence(nunchi("settings", "import", rules), 65)
    one_sentence(nunchi("settings", "import"), 64)
    one_sentence(nunchi("settings", "import", tmp_path / "none.toml"), 66)
    assert nunchi("settings", "export").out == before


def test_settings_of_channels_can_be_purged_and_nothing_else_goes(nunchi: Nunchi, home: Path) -> None:
    verdicts = nunchi("log", "export").out
    purged = nunchi("settings", "purge")
    assert (purged.status, "1" in purged.out) == (0, True)
    assert json.loads(nunchi("settings", "export").out) == []
    assert nunchi("log", "export").out == verdicts != ""


def test_tokens_whose_key_is_lost_can_be_forgotten(nunchi: Nunchi, home: Path) -> None:
    async def install(key: str) -> None:
        store = await open_store(None, home)
        try:
            installations = SqlInstallations(store, Sealer([key]))
            await installations.prepare()
            await installations.save(Installation("slack", "T1", "xoxb-canary", "UBOT", "B1", datetime.now(UTC)))
        finally:
            await store.close()

    lost, other = (Fernet.generate_key().decode() for _ in range(2))
    asyncio.run(install(lost))
    shown = nunchi("settings").out
    assert "slack/T1  " in shown
    assert "canary" not in shown
    with pytest.raises(UserError):
        asyncio.run(install(other))
    forgotten = nunchi("settings", "forget-tokens")
    assert (forgotten.status, "1" in forgotten.out) == (0, True)
    assert "slack/T1  20" not in nunchi("settings").out
    assert "slack/T1/C1" in nunchi("settings").out, "its settings stay"
    asyncio.run(install(other))


@pytest.mark.parametrize("command", ["settings", "log"])
def test_both_say_where_it_is(nunchi: Nunchi, home: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    assert nunchi(command, "path").out.strip() == str(home / "nunchi.db")
    monkeypatch.setenv("NUNCHI_DATABASE_URL", "postgresql://me:canary@host/name")
    assert nunchi(command, "path").out.strip() == "postgresql://host/name"


def test_the_log_is_shown_exported_and_purged(nunchi: Nunchi, home: Path) -> None:
    shown = nunchi("log").out.splitlines()
    assert len(shown) == 2
    assert "+1 -0" in shown[1]
    assert nunchi("log", "--last", 1).out.splitlines() == shown[1:]
    exported = [json.loads(line) for line in nunchi("log", "export").out.splitlines()]
    assert [row["band"] for row in exported] == ["positive", "unsure"]
    assert not {"person", "text", "message"} & set(exported[0])
    assert "1" in nunchi("log", "purge").out
    assert len(nunchi("log").out.splitlines()) == 1
    nunchi("log", "purge", "--days", 0)
    ended = nunchi("log")
    assert (ended.out, ended.status) == ("", 0)
    assert ended.err


@pytest.mark.parametrize("words", [("log", "eat"), ("settings", "eat"), ("run", "irc"), ("doctor", "irc"), ("run",)])
def test_what_it_cannot_do_is_one_sentence(nunchi: Nunchi, home: Path, words: tuple[str, ...]) -> None:
    ended = nunchi(*words)
    assert (ended.status, ended.out) == (64, "")
    assert len(ended.err.splitlines()) == 1


def test_a_folder_that_cannot_be_used_is_one_sentence(
    nunchi: Nunchi, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "file").write_text("")
    monkeypatch.setenv("NUNCHI_HOME", str(home / "file"))
    ended = nunchi("log")
    assert ended.status == 78
    assert len(ended.err.splitlines()) == 1
