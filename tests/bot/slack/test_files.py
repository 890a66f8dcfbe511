"""Files in Slack: fetched with the token from Slack alone, sent back, taken back."""

from __future__ import annotations

import json

import pytest

import nlp
from bot.adapters.slack_files import is_slacks
from bot.core.file_work import FileLimits
from bot.core.messages import Messages
from tests.bot.core.fakes import make_core
from tests.contract.slack_platform import SlackHarness, slack
from tests.servers import slack_payloads as payloads
from tests.servers.slack import BOT_TOKEN, Mishap, SlackServer

KO = Messages("ko")
CSV = "리뷰\n정말 좋아요 추천합니다\n완전 실망했어요 최악이에요\n".encode()


def dropped(*files: object, text: str = "", channel: str = "D1", at: int = 1, **more: object) -> dict[str, object]:
    return payloads.message(text, payloads.ts(at), channel=channel, subtype="file_share", files=list(files), **more)


async def test_a_file_in_a_direct_message_comes_back_there(bot: SlackHarness) -> None:
    file = bot.server.file("F1", "리뷰.csv", CSV)
    await bot.deliver("events_api", dropped(file))
    (upload,) = bot.server.uploads.values()
    assert (upload.channel, upload.thread, upload.name) == ("D1", None, "nunchi-scored.csv")
    (post,) = bot.server.posts
    assert "2행" in post.text
    assert post.blocks[0]["text"]["type"] == "plain_text"
    assert [call for call, _ in bot.server.calls if "update" in call], (
        "the message that showed the progress was changed"
    )


async def test_a_file_with_a_mention_comes_back_in_the_thread(bot: SlackHarness) -> None:
    file = bot.server.file("F1", "리뷰.csv", CSV)
    await bot.deliver("events_api", payloads.mention("이거 봐 줘", payloads.ts(1), files=[file]))
    (upload,) = bot.server.uploads.values()
    assert (upload.channel, upload.thread) == ("C1", payloads.ts(1))
    assert bot.server.posts[0].thread == payloads.ts(1)


async def test_a_file_in_a_watched_channel_is_left_alone(bot: SlackHarness) -> None:
    await bot.watch()
    file = bot.server.file("F1", "리뷰.csv", CSV)
    await bot.deliver("events_api", dropped(file, channel="C1"))
    assert (bot.server.posts, bot.server.uploads) == ([], {})


async def test_a_picture_beside_a_review_is_no_table(bot: SlackHarness, model: nlp.Analyzer) -> None:
    file = bot.server.file("F1", "사진.png", b"\x89PNG")
    text = "정말 좋아요 추천합니다"
    await bot.deliver("events_api", dropped(file, text=text))
    (post,) = bot.server.posts
    assert KO(f"label_{model.analyze(text).label}") in post.text
    assert bot.server.shown == []


async def test_the_token_is_shown_to_slack_alone(bot: SlackHarness) -> None:
    async with SlackServer() as stranger:
        for number, url in enumerate(
            (
                f"http://{stranger.address}/files/F9",
                f"http://{bot.server.address}@{stranger.address}/files/F9",
                f"http://localhost:{stranger.address.rpartition(':')[2]}/files/F9",
                "file:///etc/passwd",
                "http://[",
                "",
                None,
            )
        ):
            file = {**bot.server.file("F1", "a.csv", CSV), "url_private_download": url}
            await bot.deliver("events_api", dropped(file, at=number))
        assert stranger.shown == []
    assert {post.text for post in bot.server.posts} == {KO("file_not_fetched")}
    await bot.deliver("events_api", dropped(bot.server.file("F1", "a.csv", CSV), at=50))
    shown = dict(bot.server.shown)
    assert shown.pop("/files/F1") == f"Bearer {BOT_TOKEN}"
    assert list(shown.values()) == [""], "the address to upload to is not shown the token"


async def test_nobody_is_followed_elsewhere(bot: SlackHarness) -> None:
    file = bot.server.file("F1", "a.csv", CSV)
    bot.server.redirect = True
    await bot.deliver("events_api", dropped(file))
    assert [path for path, _ in bot.server.shown] == ["/files/F1"]
    assert bot.server.posts[0].text == KO("file_not_fetched")


async def test_the_page_to_sign_in_is_no_file(bot: SlackHarness) -> None:
    file = bot.server.file("F1", "a.txt", CSV)
    bot.server.scopes = "chat:write"
    await bot.deliver("events_api", dropped(file))
    assert bot.server.posts[0].text == KO("file_not_fetched")


async def test_a_file_of_another_workspace_is_asked_for(bot: SlackHarness) -> None:
    bot.server.file("F1", "리뷰.csv", CSV)
    shared = {"id": "F1", "created": 0, "timestamp": 0, "mode": "file_access", "file_access": "check_file_info"}
    await bot.deliver("events_api", dropped(shared))
    assert len(bot.server.uploads) == 1
    bot.server.mishaps["files.info"].append(Mishap("error", "file_not_found"))
    await bot.deliver("events_api", dropped(shared, at=2))
    denied = {**bot.server.file("F1", "리뷰.csv", CSV), "file_access": "access_denied"}
    await bot.deliver("events_api", dropped(denied, at=3))
    assert [post.text for post in bot.server.posts[1:]] == [KO("file_not_fetched")] * 2


async def test_a_file_goes_with_the_message_that_brought_it(bot: SlackHarness) -> None:
    await bot.deliver("events_api", dropped(bot.server.file("F1", "a.csv", CSV)))
    await bot.deliver("events_api", payloads.deleted(payloads.ts(1), channel="D1"))
    assert (bot.server.posts, bot.server.uploads) == ([], {})


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal"])
@pytest.mark.parametrize("mishap", [Mishap("error", "restricted_action"), Mishap("broken"), Mishap("dropped")])
async def test_an_upload_that_fails_is_a_sentence_and_not_tried_again(
    bot: SlackHarness, method: str, mishap: Mishap
) -> None:
    bot.server.mishaps[method].append(mishap)
    payload = dropped(bot.server.file("F1", "a.csv", CSV))
    await bot.deliver("events_api", payload)
    await bot.deliver("events_api", payload, retry_attempt=1)
    assert [post.text for post in bot.server.posts] == [KO("file_not_sent")]
    assert sum(call == method for call, _ in bot.server.calls) == 1
    assert bot._core.counters.get("files", outcome="undelivered") == 1


async def test_other_words_beside_a_file_change_nothing_and_beside_a_picture_they_do(bot: SlackHarness) -> None:
    for at, (name, content) in enumerate({"a.csv": CSV, "a.png": b"\x89PNG"}.items(), 1):
        file = bot.server.file(f"F{at}", name, content)
        await bot.deliver("events_api", dropped(file, at=at))
        edit = payloads.changed("정말 좋아요 추천합니다", payloads.ts(at), payloads.ts(50 + at), channel="D1", old="")
        edit["event"]["message"]["files"] = [file]
        await bot.deliver("events_api", edit)
    table, picture = bot.server.posts
    assert "2행" in table.text
    assert len(bot.server.uploads) == 1
    assert KO("label_positive") in picture.text


async def test_a_file_that_was_missed_is_scored_at_an_edit(bot: SlackHarness) -> None:
    file = bot.server.file("F1", "a.csv", CSV)
    for revision in (50, 51):
        edit = payloads.changed(f"이거요 {revision}", payloads.ts(1), payloads.ts(revision), channel="D1")
        edit["event"]["message"]["files"] = [file]
        await bot.deliver("events_api", edit)
    assert len(bot.server.uploads) == len(bot.server.posts) == 1


async def test_a_workspace_that_is_too_busy_is_waited_for(bot: SlackHarness) -> None:
    bot.server.mishaps["files.completeUploadExternal"].append(Mishap("limited", "0"))
    await bot.deliver("events_api", dropped(bot.server.file("F1", "a.csv", CSV)))
    assert len(bot.server.uploads) == 1
    assert "2행" in bot.server.posts[0].text


async def test_a_file_that_is_longer_than_it_says_is_not_read_to_its_end(model: nlp.Analyzer) -> None:
    limits = FileLimits(bytes=1 << 20, progress=0)
    async with slack(make_core(model, files=limits)) as bot:  # type: ignore[arg-type]
        file = {**bot.server.file("F1", "a.csv", CSV + b"x" * (2 << 20)), "size": 10}
        await bot.deliver("events_api", dropped(file))
        assert bot.server.posts[0].text == KO("file_too_large", limit="1")


async def test_no_name_of_a_file_comes_back(bot: SlackHarness) -> None:
    name = "<!channel> 김철수 고객.csv"
    await bot.deliver("events_api", dropped(bot.server.file("F1", name, CSV)))
    sent = json.dumps([arguments for _, arguments in bot.server.calls], ensure_ascii=False)
    assert "김철수" not in sent
    assert "!channel" not in sent


@pytest.mark.parametrize(
    ("url", "base", "right"),
    [
        ("https://files.slack.com/files-pri/T1-F1/download/a.csv", "https://slack.com/api/", True),
        ("https://slack.com/files-pri/a", "https://www.slack.com/api/", True),
        ("https://FILES.slack.com/a", "https://slack.com/api/", True),
        ("https://files.slack-gov.com/a", "https://slack-gov.com/api/", True),
        ("https://files.slack.com:443/a", "https://slack.com/api/", True),
        ("http://127.0.0.1:1/a", "http://127.0.0.1:1/api/", True),
        ("http://files.slack.com/a", "https://slack.com/api/", False),
        ("https://files.slack.com:8443/a", "https://slack.com/api/", False),
        ("https://files.slack.com.evil.example/a", "https://slack.com/api/", False),
        ("https://evilslack.com/a", "https://slack.com/api/", False),
        ("https://slack.com@evil.example/a", "https://slack.com/api/", False),
        ("https://evil.example/?https://slack.com", "https://slack.com/api/", False),
        ("https://evil.example\\@slack.com/a", "https://slack.com/api/", False),
        ("https://files.slack.com\n.evil.example/a", "https://slack.com/api/", False),
        ("https://u:p@files.slack.com/a", "https://slack.com/api/", False),
        ("https://files.slack.com/a", "https://slack-gov.com/api/", False),
        ("http://127.0.0.1:2/a", "http://127.0.0.1:1/api/", False),
        ("http://a.127.0.0.1:1/a", "http://127.0.0.1:1/api/", False),
        ("http://evil.localhost/a", "http://localhost/api/", False),
        ("//files.slack.com/a", "https://slack.com/api/", False),
        ("https://files.slack.com:x/a", "https://slack.com/api/", False),
        ("", "https://slack.com/api/", False),
    ],
)
def test_which_addresses_are_slacks(url: str, base: str, right: bool) -> None:
    assert is_slacks(url, base) is right
