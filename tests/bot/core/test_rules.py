"""A rule as its admins see it: in words, as commands, as TOML."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nlp
from bot.core.commands import Asker, Command, obey, parse
from bot.core.errors import UserError
from bot.core.events import ChannelSettings, Place
from bot.core.messages import Messages
from bot.core.moderation import ACTIONS, MOST_EXEMPT, QuietHours, Rule, ordered
from bot.core.rule_toml import all_from_toml, all_to_toml, from_toml, to_toml
from bot.core.rule_words import say_thresholds
from nlp.curve import Curve, Point
from tests.bot.core.fakes import make_core
from tests.bot.core.made_reviews import announcing

PLACE = Place("slack", "T1", "C1")
ADMIN = Asker(PLACE, "T1/UBOSS", admin=True)
KO = Messages("ko")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("rule", "show"),
        ("규칙", "show"),
        ("규칙 부정 카드 반응", "negative card react"),
        ("RULE Negative card + react", "negative card react"),
        ("규칙 확인필요 방식대로", "unsure mode"),
        ("rule positive log", "positive log"),
        ("rule moderators <#C9|mods>", "moderators C9"),
        ("규칙 운영채널 끄기", "moderators off"),
        ("rule exempt add <@U7>", "exempt add user U7"),
        ("rule exempt remove <@!77>", "exempt remove user 77"),
        ("규칙 예외 더하기 <@&88>", "exempt add role 88"),
        ("규칙 조용한시간 22:00-08:00", "quiet 22:00 08:00 Asia/Seoul"),
        ("rule quiet 9:00~18:00 Europe/Paris", "quiet 9:00 18:00 Europe/Paris"),
        ("rule cooldown author 60", "cooldown author 60"),
        ("규칙 간격 채널 5", "cooldown channel 5"),
        ("rule keep 30", "keep 30"),
        ("rule notify on", "notify on"),
        ("rule export", "export"),
        ("규칙 가져오기\n```toml\nmode = “reply”\n```", 'import\nmode = "reply"\n'),
        ("rule negative delete", "wrong"),
        ("rule negative mode card", "wrong"),
        ("rule moderators general", "wrong moderators"),
        ("rule exempt add <#C1>", "wrong"),
        ("rule quiet", "wrong"),
    ],
)
def test_what_admins_say_has_one_spelling(text: str, value: str) -> None:
    assert parse(text) == Command("rule", value)


@pytest.mark.parametrize("text", ["규칙적으로 배송돼서 좋아요", "규칙 설명서가 없어요", "rules are rules", "ruler"])
def test_a_review_is_no_rule(text: str) -> None:
    assert parse(text) is None


async def test_every_change_is_kept_with_who_and_when(model: nlp.Analyzer) -> None:
    core = make_core(model)
    for text in ("watch on", "mode reaction", "threshold 20 80", "rule negative card", "rule exempt add <@U7>"):
        command = parse(text)
        assert command is not None
        await obey(core, ADMIN, command)
    found = await core.store.changes("slack", "T1")
    assert [(change.who, change.what, change.value) for change in reversed(found)] == [
        ("T1/UBOSS", "watch", "on"),
        ("T1/UBOSS", "mode", "reaction"),
        ("T1/UBOSS", "threshold", "20 80"),
        ("T1/UBOSS", "rule", "negative card"),
        ("T1/UBOSS", "rule", "exempt add user"),
    ]
    rule = (await core.settings(PLACE)).rule
    assert rule.exempt_users == (core.fingerprint.person("slack", "T1/U7"),)
    said = await obey(core, ADMIN, Command("audit", "2"))
    assert said.splitlines()[0] == KO("audit_title")
    assert len(said.splitlines()) == 3
    assert "<@UBOSS>" in said
    assert "U7" not in said, "who is exempt is known by the fingerprint only"


async def test_channels_and_roles_are_said_by_their_names(model: nlp.Analyzer, tmp_path: Path) -> None:
    async with announcing(model, tmp_path) as bot:
        for text in (
            "rule moderators <#C0123456789>",
            "rule moderators here",
            "rule exempt add <@&77>",
            "digest to <#C0987654321>",
            "digest to moderators",
            "rule moderators <#C0123456789>",
        ):
            command = parse(text)
            assert command is not None
            await obey(bot.core, ADMIN, command)
        listed = (await obey(bot.core, ADMIN, Command("audit"))).splitlines()[1:]
        assert [line.rpartition(" · ")[2] for line in reversed(listed)] == [
            "rule moderators <#C0123456789>",
            "rule moderators here",
            "rule exempt add role <@&77>",
            "digest to <#C0987654321>",
            "digest to moderators",
            "rule moderators <#C0123456789>",
        ]
        exported = await obey(bot.core, ADMIN, Command("rule", "export"))
        document, _, names = exported.rpartition("```")
        assert 'channel = "C0123456789"' in document
        assert "<#C0123456789>" in names
        assert "<@&77>" in names
        again = parse(f"rule import {exported}")
        assert again is not None
        await obey(bot.core, ADMIN, again)
        assert (await bot.core.settings(PLACE)).rule.moderators == "C0123456789"


async def test_members_neither_see_nor_change_a_rule(model: nlp.Analyzer) -> None:
    core = make_core(model)
    for command in (Command("rule", "show"), Command("rule", "negative card"), Command("audit")):
        assert await obey(core, replace(ADMIN, admin=False), command) == KO("admin_only")
    assert await core.store.changes("slack", "T1") == []


async def test_a_rule_in_words(model: nlp.Analyzer) -> None:
    core = make_core(model)
    empty = await obey(core, ADMIN, Command("rule", "show"))
    assert f"{KO('band_negative')}: {KO('action_log')}{KO('rule_by_mode')}" in empty
    said = await obey(core, ADMIN, Command("rule", "negative react approve"))
    assert f"{KO('band_negative')}: {KO('action_react')} + {KO('action_approve')}" in said
    assert KO("rule_moderators_missing") in said
    said = await obey(core, ADMIN, Command("rule", "moderators here"))
    assert "<#C1>" in said
    for value in ("quiet 9:00 18:00 Asia/Seoul", "cooldown author 60", "keep 30", "notify on"):
        said = await obey(core, ADMIN, Command("rule", value))
    assert KO("rule_quiet", start="09:00", end="18:00", zone="Asia/Seoul") in said
    assert "60" in said


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("wrong", "rule_help"),
        ("wrong moderators", "rule_moderators_unknown"),
        ("negative react reply", "rule_react_or_reply"),
        ("quiet 25:00 08:00 Asia/Seoul", "rule_wrong_clock"),
        ("quiet 08:00 08:00 Asia/Seoul", "rule_wrong_clock"),
        ("quiet 22:00 08:00 Moon/Base", "rule_wrong_zone"),
        ("quiet 22:00 08:00 ../../etc/passwd", "rule_wrong_zone"),
        ("cooldown author 999999", "rule_wrong_number"),
    ],
)
async def test_what_cannot_be_is_a_sentence_and_changes_nothing(model: nlp.Analyzer, value: str, sentence: str) -> None:
    core = make_core(model)
    said = await obey(core, ADMIN, Command("rule", value))
    field = value.rpartition(" ")[0] if value.startswith("cooldown") else "quiet"
    assert said == KO(sentence, field=field, most=86_400)
    assert await core.store.settings(PLACE) == ChannelSettings()
    assert await core.store.changes("slack", "T1") == []


async def test_a_mode_is_what_every_band_shows_and_leaves_the_cases(model: nlp.Analyzer) -> None:
    core = make_core(model)
    await obey(core, ADMIN, Command("rule", "negative react card"))
    await obey(core, ADMIN, Command("mode", "reply"))
    chosen = await core.settings(PLACE)
    assert chosen.actions("negative") == ("log", "reply", "card")
    assert chosen.actions("positive") == ("log", "reply")
    await obey(core, ADMIN, Command("mode", "silent"))
    assert (await core.settings(PLACE)).actions("negative") == ("log", "card")
    await obey(core, ADMIN, Command("rule", "negative mode"))
    assert (await core.settings(PLACE)).rule == Rule()


IDS = st.text("abcXYZ0123456789", min_size=1, max_size=20)
ACTED = st.none() | st.lists(st.sampled_from([a for a in ACTIONS if a != "reply"])).map(ordered)
TIMES = st.builds(time, st.integers(0, 23), st.integers(0, 59))
QUIET = st.none() | st.tuples(TIMES, TIMES).filter(lambda both: both[0] != both[1]).map(
    lambda both: QuietHours(*both, "Europe/Paris")
)
RULES = st.builds(
    Rule,
    ACTED,
    ACTED,
    ACTED,
    st.none() | IDS,
    st.lists(IDS, max_size=3).map(lambda ids: tuple(sorted(set(ids)))),
    st.lists(st.text("0123456789abcdef", min_size=32, max_size=32), max_size=2).map(
        lambda ids: tuple(sorted(set(ids)))
    ),
    QUIET,
    st.integers(0, 86_400),
    st.integers(0, 86_400),
    st.booleans(),
    st.integers(0, 365),
)
SETTINGS = st.builds(
    ChannelSettings,
    mode=st.sampled_from(["reply", "reaction", "silent"]),
    positive_above=st.just(0.75),
    negative_below=st.just(0.25),
    language=st.sampled_from([None, "ko", "en"]),
    rule=RULES,
)


@settings(max_examples=100, deadline=None)
@given(chosen=SETTINGS)
def test_what_is_exported_can_be_imported(chosen: ChannelSettings) -> None:
    assert from_toml(to_toml(chosen), ChannelSettings(mode="reply", language="ko")) == chosen
    many = {PLACE: chosen, Place("discord", "7", "8"): ChannelSettings()}
    assert all_from_toml(all_to_toml(many), {}) == many


@pytest.mark.parametrize(
    ("text", "sentence", "names"),
    [
        ("mode = \n", "rule_toml_line", {"line": 1}),
        ('mode = "reply"\nmode', "rule_toml_line", {"line": 2}),
        ('mode = "loud"', "rule_wrong_choice", {"field": "mode"}),
        ("watch = true", "rule_wrong_name", {"field": "watch"}),
        ('"<!channel>" = 1', "rule_wrong_name", {"field": "?"}),
        ("actions = 5", "rule_wrong_table", {"field": "actions"}),
        ('[actions]\nnegative = ["hide"]', "rule_wrong_actions", {"field": "actions.negative"}),
        ('[actions]\nnegative = ["react", "reply"]', "rule_wrong_actions", {"field": "actions.negative"}),
        ("[actions]\nnegative = [[]]", "rule_wrong_actions", {"field": "actions.negative"}),
        ("[thresholds]\nnegative_below = 0.3", "rule_wrong_thresholds", {"field": "thresholds"}),
        ("[thresholds]\nnegative_below = 0.7\npositive_above = 0.3", "rule_wrong_thresholds", {}),
        ("[thresholds]\nnegative_below = nan\npositive_above = 0.3", "rule_wrong_thresholds", {}),
        ("[thresholds]\nnegative_below = true\npositive_above = 0.3", "rule_wrong_thresholds", {}),
        ('[moderators]\nchannel = "<#C1>"', "rule_wrong_id", {"field": "moderators.channel"}),
        ('[exempt]\nusers = ["U7"]', "rule_wrong_ids", {"field": "exempt.users", "most": MOST_EXEMPT}),
        (f"[exempt]\nroles = {[str(n) for n in range(99)]}", "rule_wrong_ids", {"field": "exempt.roles"}),
        ('[quiet]\nstart = "8"\nend = "9"', "rule_wrong_clock", {"field": "quiet"}),
        ('[quiet]\nstart = "08:00"\nend = "09:00"\nzone = "Moon"', "rule_wrong_zone", {"field": "quiet"}),
        ("[cooldown]\nauthor = -1", "rule_wrong_number", {"field": "cooldown.author"}),
        ('[quiet]\nstart = "0٣:00"\nend = "09:00"', "rule_wrong_clock", {"field": "quiet"}),
        ("[cooldown]\nauthor = true", "rule_wrong_number", {"field": "cooldown.author"}),
        (f"[cooldown]\nauthor = {'1' * 5000}", "rule_toml_line", {"line": 2}),
        ("[cases]\nnotify_author = 1", "rule_wrong_truth", {"field": "cases.notify_author"}),
    ],
)
def test_what_cannot_be_imported_names_the_line_or_the_field(text: str, sentence: str, names: dict[str, Any]) -> None:
    with pytest.raises(UserError) as caught:
        from_toml(text, ChannelSettings())
    assert caught.value.sentence == sentence
    assert names.items() <= caught.value.values.items()
    for language in ("ko", "en"):
        assert "<!" not in Messages(language)(sentence, **caught.value.values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text", ["[slack]", '["slack/T1"]', '["Slack/T1/C1"]', '["slack/T1/C 1"]', '"slack/T1/C1" = 5']
)
def test_a_file_of_rules_names_channels(text: str) -> None:
    with pytest.raises(UserError) as caught:
        all_from_toml(text, {})
    assert caught.value.sentence == "rule_wrong_place"


class Known:
    """A model that knows what thresholds are worth."""

    bands = (0.2, 0.9)
    curve: Curve | None = Curve(2_000, (Point(0.2, 0.97, 0.81), Point(0.4, 0.9, 0.91)), (Point(0.9, 0.987, 0.7),))


def test_thresholds_in_words() -> None:
    said = say_thresholds(ChannelSettings(), Known(), KO)
    assert "부정 정밀도 0.97, 재현율 0.81 · 긍정 정밀도 0.99, 재현율 0.70" in said
    assert "2,000" in said
    own = say_thresholds(ChannelSettings(negative_below=0.3, positive_above=0.95), Known(), KO)
    assert "부정 정밀도 0.94, 재현율 0.86" in own, "between two points of the curve"
    assert KO("band_positive") + " 정밀도" not in own, "beyond what was measured nothing is claimed"
    unmeasured = Known()
    unmeasured.curve = None
    assert KO("rule_no_curve") in say_thresholds(ChannelSettings(), unmeasured, KO)
    assert say_thresholds(ChannelSettings(), object(), KO) == KO("thresholds_model")
