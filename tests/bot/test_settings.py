"""The settings: the class, ``.env.example`` and the table of the README say the same; secrets stay secret."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from bot.core.errors import ExitStatus, UserError
from bot.settings import load_settings, names

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = (ROOT / ".env.example").read_text("utf-8")
README = (ROOT / "bot" / "README.md").read_text("utf-8")

ASSIGNMENT = re.compile(r"^#? ?([A-Z][A-Z0-9_]+)=(.*)$", re.MULTILINE)
ROW = re.compile(r"^\| `([A-Z][A-Z0-9_]+)` \| (.*?) \|", re.MULTILINE)


def test_the_example_names_every_setting_and_no_other() -> None:
    found = [name for name, _ in ASSIGNMENT.findall(EXAMPLE)]
    assert sorted(found) == sorted(names().values())


def test_the_readme_names_every_setting_and_no_other() -> None:
    found = [name for name, _ in ROW.findall(README)]
    assert sorted(found) == sorted(names().values())


def test_example_and_readme_say_the_defaults_of_the_class() -> None:
    settings = load_settings({}, Path("does-not-exist"))
    shown = {}
    for field, name in names().items():
        value = getattr(settings, field)
        words = str(value).lower() if isinstance(value, bool) else str(value)
        shown[name] = "" if value is None else words.replace(str(Path.home()), "~")
    assert dict(ASSIGNMENT.findall(EXAMPLE)) == shown
    assert {name: default.strip("`") for name, default in ROW.findall(README)} == {
        name: value or "–" for name, value in shown.items()
    }


def test_every_setting_of_the_example_is_explained() -> None:
    for block in EXAMPLE.strip().split("\n\n"):
        lines = block.splitlines()
        assert lines[0].startswith("# "), block
        assert ASSIGNMENT.match(lines[-1]) or not ASSIGNMENT.search(block)


def test_the_environment_wins_over_the_file_and_a_value_over_a_secret_file(tmp_path: Path) -> None:
    env, secret = tmp_path / ".env", tmp_path / "token"
    env.write_text("NUNCHI_QUEUE=7\nNUNCHI_RETENTION_DAYS=8\nSLACK_APP_TOKEN_FILE=" + str(secret))
    env.chmod(0o600)
    secret.write_text("xapp-from-file\n")
    settings = load_settings({"NUNCHI_QUEUE": "9", "SLACK_BOT_TOKEN": "xoxb-a", "SLACK_BOT_TOKEN_FILE": "no"}, env)
    assert (settings.queue, settings.retention_days) == (9, 8)
    assert settings.slack_app_token is not None
    assert settings.slack_app_token.get_secret_value() == "xapp-from-file"
    assert settings.slack_bot_token is not None
    assert settings.slack_bot_token.get_secret_value() == "xoxb-a"


def test_no_secret_is_shown(tmp_path: Path) -> None:
    canary = "xoxb-0123456789-canary"
    secrets = {name: canary for name in names().values() if name.endswith(("_TOKEN", "_SECRET", "_KEY"))}
    settings = load_settings({**secrets, "NUNCHI_DATABASE_URL": f"postgresql://u:{canary}@h/d"}, tmp_path / "none")
    assert canary not in repr(settings) + str(settings) + settings.model_dump_json()


@pytest.mark.parametrize(
    ("name", "value"),
    [("NUNCHI_QUEUE", "many"), ("NUNCHI_QUEUE", "0"), ("SLACK_API_URL", "slack"), ("NUNCHI_LOG_LEVEL", "LOUD")],
)
def test_what_does_not_fit_is_one_sentence_that_names_the_setting(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(UserError) as caught:
        load_settings({name: value}, tmp_path / "none")
    assert (caught.value.status, caught.value.values) == (ExitStatus.CONFIG, {"name": name})


def test_a_secret_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        load_settings({"DISCORD_TOKEN_FILE": str(tmp_path / "no")}, tmp_path / "none")
    assert caught.value.values["name"] == "DISCORD_TOKEN_FILE"


@pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX")
def test_a_file_with_secrets_that_others_can_read_is_refused(tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_text("SLACK_BOT_TOKEN=xoxb-a\n")
    env.chmod(0o644)
    with pytest.raises(UserError) as caught:
        load_settings({}, env)
    assert caught.value.sentence == "setting_env_readable"
    env.write_text("NUNCHI_QUEUE=7\n")
    assert load_settings({}, env).queue == 7


def test_api_bases_end_as_their_clients_want_them(tmp_path: Path) -> None:
    bases = {"SLACK_API_URL": "http://localhost:1/api", "DISCORD_API_URL": "http://localhost:2/api/v10/"}
    settings = load_settings(bases, tmp_path / "none")
    assert (settings.slack_base, settings.discord_base) == ("http://localhost:1/api/", "http://localhost:2/api/v10")


def test_shards_are_numbers_and_ranges(tmp_path: Path) -> None:
    none = tmp_path / "none"
    assert load_settings({}, none).discord_shards is None
    assert load_settings({"DISCORD_SHARD_IDS": "0, 2-4"}, none).discord_shards == (0, 2, 3, 4)
    gateway = load_settings({"DISCORD_GATEWAY_URL": "ws://localhost:1/gw"}, none).discord_gateway
    assert gateway == "ws://localhost:1/gw"
    for wrong in ("a", "1-", "-1", "1,,2"):
        with pytest.raises(UserError):
            load_settings({"DISCORD_SHARD_IDS": wrong}, none)
    with pytest.raises(UserError):
        load_settings({"DISCORD_GATEWAY_URL": "http://localhost"}, none)
