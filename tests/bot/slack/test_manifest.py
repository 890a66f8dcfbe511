"""The manifest asks for what the code uses, and the README says why."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from bot.adapters import slack_adapter
from bot.adapters.slack_checks import APP_TOKEN, BOT_TOKEN, SCOPES, check_shape
from bot.adapters.slack_http import PATH
from bot.adapters.slack_oauth import REDIRECT_PATH
from bot.core.messages import Messages
from bot.settings import load_settings
from tests.servers.slack import SCOPES as GRANTED

BOT = Path(slack_adapter.__file__).parents[1]
README_OF_ALL = (BOT.parent / "README.md").read_text("utf-8")
README = (BOT / "README.md").read_text("utf-8")


def manifest(name: str = "slack_manifest") -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((BOT / "adapters" / f"{name}.yaml").read_text("utf-8"))
    return loaded


def test_scopes_are_the_same_everywhere() -> None:
    asked = manifest()["oauth_config"]["scopes"]["bot"]
    assert asked == sorted(SCOPES)
    table = README.split("## Slack의 권한")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `([a-z_]+(?::[a-z]+)?)` \|", table, re.MULTILINE)) == SCOPES
    assert set(GRANTED.split(",")) == SCOPES


def test_five_minutes_are_enough(tmp_path: Path) -> None:
    """What the README says to do, as far as it can be done without Slack."""
    guide = README_OF_ALL.partition("## 5분 만에 Slack")[2].partition("\n## ")[0]
    (path,) = re.findall(r"\]\((bot/adapters/.*?)\)", guide)
    assert yaml.safe_load((BOT.parent / path).read_text("utf-8")) == manifest()
    lines = [line for line in re.findall(r"```\n(.*?)```", guide, re.DOTALL)[0].splitlines() if line]
    env = tmp_path / ".env"
    env.write_text("\n".join(lines))
    env.chmod(0o600)
    assert "chmod 600 .env" in guide
    settings = load_settings({}, env)
    for name, token in ((BOT_TOKEN, settings.slack_bot_token), (APP_TOKEN, settings.slack_app_token)):
        assert token is not None
        assert check_shape(name, token.get_secret_value())
    assert "nunchi doctor slack && nunchi run slack" in guide
    assert f"/invite @{manifest()['features']['bot_user']['display_name']}" in guide
    assert manifest()["features"]["shortcuts"][0]["name"] in guide
    assert "5분 만에 Slack" in Messages("ko")("slack_setting_missing", name="")
    assert "Slack in five minutes" in Messages("en")("slack_setting_missing", name="")


def test_what_people_use_is_what_the_code_listens_to() -> None:
    features, settings = manifest()["features"], manifest()["settings"]
    assert [command["command"] for command in features["slash_commands"]] == [slack_adapter.COMMAND]
    (shortcut,) = features["shortcuts"]
    assert (shortcut["callback_id"], shortcut["name"]) == (slack_adapter.SHORTCUT, "리뷰 감정 분석")
    source = Path(slack_adapter.__file__).read_text("utf-8")
    for event in settings["event_subscriptions"]["bot_events"]:
        assert f'app.event("{event.partition(".")[0]}")' in source
    assert settings["interactivity"]["is_enabled"] is True
    assert settings["socket_mode_enabled"] is True


def test_slacks_limits_of_a_manifest() -> None:
    shown, features = manifest()["display_information"], manifest()["features"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert len(features["shortcuts"][0]["name"]) <= 24
    assert len(features["slash_commands"][0]["description"]) <= 2000


def test_the_manifest_for_http_says_where_and_is_else_the_same() -> None:
    site = "https://nunchi.example.com"
    expected = manifest()
    expected["features"]["slash_commands"][0]["url"] = site + PATH
    expected["settings"]["event_subscriptions"]["request_url"] = site + PATH
    expected["settings"]["interactivity"]["request_url"] = site + PATH
    expected["settings"]["socket_mode_enabled"] = False
    expected["oauth_config"]["redirect_urls"] = [site + REDIRECT_PATH]
    assert manifest("slack_manifest_http") == expected
    assert expected["settings"]["org_deploy_enabled"] is False, "see slack_oauth: it would be refused"
    assert expected["settings"]["token_rotation_enabled"] is False, "the same"
