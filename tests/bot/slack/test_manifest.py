"""The manifest asks for what the code uses, and the README says why."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from bot.adapters import slack_adapter
from bot.adapters.slack_checks import SCOPES
from bot.adapters.slack_http import PATH
from bot.adapters.slack_oauth import REDIRECT_PATH
from tests.servers.slack import SCOPES as GRANTED

BOT = Path(slack_adapter.__file__).parents[1]
README = (BOT / "README.md").read_text("utf-8")


def manifest(name: str = "slack_manifest") -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((BOT / "adapters" / f"{name}.yaml").read_text("utf-8"))
    return loaded


def test_scopes_are_the_same_everywhere() -> None:
    asked = manifest()["oauth_config"]["scopes"]["bot"]
    assert asked == sorted(SCOPES)
    table = README.split("## Slack 의 권한")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `([a-z_]+(?::[a-z]+)?)` \|", table, re.MULTILINE)) == SCOPES
    assert set(GRANTED.split(",")) == SCOPES


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
