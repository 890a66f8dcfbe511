"""No row from Discord or Slack reaches training, however it is hidden; rows of shops do."""

from __future__ import annotations

import json
import zipfile

import pytest
from openpyxl import Workbook

from bot.commands.train import TrainingHost
from bot.core.messages import Messages
from training.data import DataError, read_rated, read_unrated
from training.reviews import ReadRules, read_reviews

HOST = TrainingHost(Messages())
PLAIN = "별점,리뷰\n5,좋아요\n1,별로예요\n"


@pytest.fixture(scope="module")
def many():
    """Rows of a shop, so many that nobody looks at them all."""
    return [f"{1 + 4 * (i % 2)},{i}번째 구매 {'좋아요' if i % 2 else '별로예요'}" for i in range(100_000)]


def refusal(path):
    with pytest.raises(DataError) as caught:
        read_reviews([path], ReadRules(), HOST)
    message = str(caught.value)
    assert "정책은 그곳에 쓴 글로 모델을 가르치는 것을 금합니다" in message
    assert "\n" not in message
    return message


WRITTEN_THERE = [
    "5,<@U02ABCDEF1> 이거 좋아요",
    "5,<@123456789012345678> 이거 좋아요",
    "5,<#C02ABCDEF1|리뷰> 에서 봤어요",
    "5,좋아요 <:wow:123456789012345678>",
    "5,좋아요 <!here>",
    "5,https://discord.com/channels/1/2/3 좋아요",
    "5,https://acme.slack.com/archives/C02ABCDEF1/p1700000000000000 좋아요",
]


@pytest.mark.parametrize("row", WRITTEN_THERE)
def test_one_row_among_many(tmp_path, many, row):
    (tmp_path / "a.csv").write_text("\n".join(["별점,리뷰", *many[:600], row, *many[600:1000]]), "utf-8")
    assert "601번째 행" in refusal(tmp_path / "a.csv")


@pytest.mark.parametrize(
    "row", [WRITTEN_THERE[0], *(pytest.param(row, marks=pytest.mark.slow) for row in WRITTEN_THERE[1:])]
)
def test_one_row_among_a_hundred_thousand(tmp_path, many, row):
    rows = [*many[:87_654], row, *many[87_655:]]
    (tmp_path / "a.csv").write_text("\n".join(["별점,리뷰", *rows]), "utf-8")
    assert "87,655번째 행" in refusal(tmp_path / "a.csv")


@pytest.mark.parametrize(
    "content",
    [
        "AuthorID,Author,Date,Content,Attachments,Reactions\n123456789012345678,kim,2026-01-01,좋아요,,\n",
        "별점,리뷰,channel_id\n5,좋아요,1\n",
        "별점,리뷰,guild_id\n5,좋아요,1\n",
        "별점,리뷰,team_id\n5,좋아요,1\n",
        "별점,리뷰,platform\n5,좋아요,shop\n1,별로예요,Slack\n",
        "별점,리뷰,출처\n5,좋아요,매장\n1,별로예요,디스코드\n",
        "별점,리뷰,source\n1,별로예요,discord export 2026\n",
        "별점,리뷰,user\n5,좋아요,U02ABCDEF1\n",
        "별점,리뷰,ts\n5,좋아요,1700000000.123456\n",
        "별점,리뷰,user_id\n5,좋아요,1123456789012345678\n",
        "별점,리뷰,message_id,author_id\n5,좋아요,1,2\n",
        "별점,리뷰,source\n5,좋아요,슬랙에서 옮김\n",
        "별점,리뷰,출처\n5,좋아요,디코\n",
        "별점,리뷰,출처\n5,좋아요,우리 디코방\n",
        "별점,리뷰,출처\n5,좋아요,디스 코드 후기\n",
        "별점,리뷰,출처\n5,좋아요,dïs\u034fcord\n",
        "별점,리뷰,출처\n5,좋아요,ᴅɪꜱᴄᴏʀᴅ\n",
        "별점,리뷰,디스코드 닉네임\n5,좋아요,토끼\n",
        "별점,슬랙 리뷰\n5,좋아요\n",
        "slack_channel,별점,리뷰\n후기,5,좋아요\n",
        "별점,리뷰,출처\n5,좋아요," + "여러 채널에서 모은 리뷰입니다 " * 8 + "디스코드 후기 방\n",
        "별점,리뷰,작성자,채널,작성시각\n5,좋아요,U02ABCD3EF,C01X2Y3Z4AB,1700000000.123456\n",
        "별점,리뷰,작성자ID\n5,좋아요,1123456789012345678\n",
        "5,좋아요,1123456789012345678\n1,별로예요,1123456789012345679\n",
        "별점,리뷰,user_id\n5,좋아요,1.12346E+18\n",
        "별점,리뷰\n5,&lt;@U02ABCDEF1&gt; 좋아요\n",
        "별점,리뷰\n5,https://discord.com/invite/abc 좋아요\n",
    ],
)
def test_columns_of_chats(tmp_path, content):
    (tmp_path / "a.csv").write_text(content, "utf-8")
    refusal(tmp_path / "a.csv")


OUR_LOG = {
    "at": "2026-01-01T00:00:00+00:00", "platform": "slack", "workspace": "T1", "channel": "C1", "way": "direct",
    "band": "positive", "label": "positive", "probability": 0.9, "model_id": "m", "text": "좋아요",
}  # fmt: skip
SLACK = [{"client_msg_id": "x", "type": "message", "text": "좋아요", "user": "U1", "ts": "1700000000.123456"}]
DISCORD = {"guild": {"id": "1"}, "channel": {"id": "2"}, "messages": [{"id": "3", "content": "좋아요"}]}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("log.jsonl", json.dumps(OUR_LOG, ensure_ascii=False)),
        ("2026-01-01.json", json.dumps(SLACK)),
        ("one.json", json.dumps(SLACK, indent=2)),
        ("channel.json", json.dumps(DISCORD)),
        ("rows.jsonl", "\n".join(json.dumps(message) for message in SLACK)),
    ],
)
def test_exports(tmp_path, name, content):
    (tmp_path / name).write_text(content, "utf-8")
    refusal(tmp_path / name)


@pytest.mark.parametrize("members", [("channels.json", "users.json"), ("messages/index.json",)])
def test_whole_archives(tmp_path, members):
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        for name in members:
            archive.writestr(name, "[]")
    refusal(tmp_path / "export.zip")


def test_the_course_form_is_looked_at_too(tmp_path):
    (tmp_path / "a.tsv").write_text("5\t좋아요\n1\t<@U02ABCDEF1> 별로예요\n", "utf-8")
    refusal(tmp_path / "a.tsv")


@pytest.mark.parametrize(
    "content",
    [
        PLAIN,
        "별점,리뷰\n5,디스코드에서 추천받았는데 좋아요\n1,slack 같은 재질이라 별로예요\n",
        "별점,리뷰,채널\n5,좋아요,온라인\n1,별로예요,매장\n",
        "별점,리뷰,주문번호\n5,좋아요,202601011234567890\n1,별로예요,202601011234567891\n",
        "별점,리뷰,작성일\n5,좋아요 <3,2026-01-01\n1,별로예요 <진짜>,2026-01-02\n",
        "별점,리뷰,user\n5,좋아요,kim****\n1,별로예요,UNIVERSE\n",
        "별점,리뷰,상품명\n5,좋아요,와이드 핀턱 슬랙스\n1,별로예요,Wide Slacks\n",
        "별점,리뷰,상품명,옵션\n5,좋아요,와이드 슬랙 팬츠,블랙/슬랙 L\n1,별로예요,슬랙라인 세트,Slack M\n",
        "별점,리뷰,비고\n5,좋아요,슬랙핏\n1,별로예요,슬랙 바지\n",
        "별점,리뷰,작성자,채널\n5,좋아요,kim****,스마트스토어\n1,별로예요,UNIVERSE,자사몰\n",
        "별점,리뷰,회원번호\n5,좋아요,20240105000012\n1,별로예요,1000234\n",
        "별점,리뷰,user_id\n5,좋아요,USER00000012\n1,별로예요,U000000123\n",
        "별점,리뷰,order_id\n5,좋아요,202401050000000000\n1,별로예요,2024010500000000012\n",
        "별점,리뷰,order_id,상품_id\n5,좋아요,1234567890123456789,1180000000000000001\n1,별로예요,1234567890123456790,1180000000000000002\n",
        "별점,리뷰,created_at\n5,좋아요,1700000000.123456\n1,별로예요,1700000001.123456\n",
        "별점,리뷰,message_id\n5,좋아요,1\n1,별로예요,2\n",
        "별점,리뷰,author_id\n5,좋아요,1\n1,별로예요,2\n",
        "별점,리뷰,비고\n5,좋아요,디코더 포함\n1,별로예요,오디코 세트\n",
        "별점,리뷰,슬랙 바지 사이즈\n5,좋아요,M\n1,별로예요,L\n",
    ],
)
def test_rows_of_a_shop_are_read(tmp_path, content):
    (tmp_path / "shop.csv").write_text(content, "utf-8")
    assert len(read_reviews([tmp_path / "shop.csv"], ReadRules(), HOST).rows) == 2


@pytest.mark.parametrize("source", ["Discord 후기 채널", "우리 슬랙", "우리 Sl\u0430ck", "D\u0456sc\u043erd 후기"])
def test_a_source_that_is_named_is_believed(tmp_path, source):
    (tmp_path / "shop.csv").write_text(PLAIN, "utf-8")
    with pytest.raises(DataError, match="적어 주신 출처"):
        read_reviews([tmp_path / "shop.csv"], ReadRules(source=source), HOST)
    assert len(read_reviews([tmp_path / "shop.csv"], ReadRules(source="우리 가게 슬랙스 리뷰"), HOST).rows) == 2


@pytest.mark.parametrize("name", ["discord_export.csv", "슬랙-후기.csv", "slack.tsv"])
def test_a_file_that_is_named_after_a_chat(tmp_path, name):
    (tmp_path / name).write_text(PLAIN, "utf-8")
    assert "파일 이름" in refusal(tmp_path / name)


def test_a_link_to_a_file_that_is_named_after_a_chat(tmp_path):
    (tmp_path / "discord_export.csv").write_text(PLAIN, "utf-8")
    (tmp_path / "reviews.csv").symlink_to("discord_export.csv")
    assert "파일 이름" in refusal(tmp_path / "reviews.csv")


def test_a_licence_that_names_a_chat_is_believed(tmp_path):
    (tmp_path / "shop.csv").write_text(PLAIN, "utf-8")
    with pytest.raises(DataError, match="적어 주신 이용 조건"):
        read_reviews([tmp_path / "shop.csv"], ReadRules(licence="Discord 약관"), HOST)


def sheets(path, *names):
    """A workbook with the same reviews in every sheet."""
    book = Workbook()
    book.remove(book.active)
    for name in names:
        sheet = book.create_sheet(name)
        for row in (("별점", "리뷰"), (5, "좋아요"), (1, "별로예요")):
            sheet.append(row)
    book.save(path)
    return path


def test_a_sheet_that_is_named_after_a_chat(tmp_path):
    assert "시트 이름" in refusal(sheets(tmp_path / "a.xlsx", "디스코드 리뷰", "매장"))


def test_it_is_said_which_sheet_is_read_and_which_are_not(tmp_path):
    path = sheets(tmp_path / "a.xlsx", "1월", "2월", "3월")
    notes = [str(note) for note in read_reviews([path], ReadRules(), HOST).notes]
    assert any("“1월” 시트만 읽습니다" in note and note.endswith("2월, 3월") for note in notes)
    assert not any("시트" in str(note) for note in read_reviews([path], ReadRules(sheet="2월"), HOST).notes)


def test_messages_inside_cells_are_seen_far_into_a_file(tmp_path, many):
    hidden = json.dumps(SLACK[0], ensure_ascii=False).replace('"', '""')
    rows = [*(f"{row}," for row in many[:900]), f'5,좋아요,"{hidden}"']
    (tmp_path / "a.csv").write_text("\n".join(["별점,리뷰,기타", *rows]), "utf-8")
    assert "901번째 행" in refusal(tmp_path / "a.csv")


@pytest.mark.parametrize("reader", [read_rated, read_unrated])
def test_exports_are_no_texts_to_learn_words_from(tmp_path, reader):
    (tmp_path / "a.jsonl").write_text("\n".join(json.dumps(message) for message in SLACK * 3), "utf-8")
    (tmp_path / "discord-general.txt").write_text("5\t좋아요\n", "utf-8")
    for name in ("a.jsonl", "discord-general.txt"):
        with pytest.raises(DataError, match="정책은"):
            reader(tmp_path / name)


@pytest.mark.parametrize("reader", [read_rated, read_unrated])
def test_the_corpora_are_looked_at_too(tmp_path, reader):
    (tmp_path / "a.txt").write_text("5\t좋아요\n1\t<#123456789012345678> 별로예요\n", "utf-8")
    with pytest.raises(DataError, match="2번째 행"):
        reader(tmp_path / "a.txt")


def test_what_a_file_says_of_its_source_can_be_shown(tmp_path):
    rows = '별점,리뷰,source\n5,좋아요,"a|b\x1b[31m\nc"\n1,별로예요,\n'
    (tmp_path / "shop.csv").write_text(rows, "utf-8")
    found = read_reviews([tmp_path / "shop.csv"], ReadRules(), HOST)
    shown = [origin.source for origin in found.origins]
    assert "a b [31m c" in shown
