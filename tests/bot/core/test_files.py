"""Files in chat: scored, refused in a sentence, one at a time, given up when the bot stops, never left on the disk."""

from __future__ import annotations

import asyncio
import io
import os
import stat
import tempfile
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

import nlp
from bot.core.events import Attachment, Outcome
from bot.core.file_folders import sweep
from bot.core.file_work import SUFFIXES, FileLimits, is_for_scoring
from bot.core.messages import Messages
from bot.core.service import Core
from tests.bot.core.fakes import SlowModel, make_core
from tests.bot.core.mailbox import Mailbox, sent

KO = Messages("ko")
REVIEWS = ("정말 좋아요 추천합니다", "완전 실망했어요 최악이에요", "hello", "배송이 빨라요")
CSV = "리뷰,별점\n" + "".join(f"{text},{n}\n" for n, text in enumerate(REVIEWS, 1))
LIMITS = FileLimits(bytes=1 << 20, rows=3_000, progress=0)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files that nobody else uses."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def make(model: nlp.Analyzer | SlowModel, limits: FileLimits = LIMITS) -> Core:
    return make_core(model, files=limits)  # type: ignore[arg-type]


def file(content: bytes | str, name: str = "a.csv") -> list[Attachment]:
    content = content.encode() if isinstance(content, str) else content
    return [Attachment(name, len(content), content)]


def workbook(*rows: tuple[object, ...]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    book.save(out)
    return out.getvalue()


async def test_a_file_of_each_kind_comes_back_in_its_kind(model: nlp.Analyzer, folder: Path) -> None:
    core, post = make(model), Mailbox()
    sheet = workbook(("리뷰", "별점"), *((text, n) for n, text in enumerate(REVIEWS)))
    kinds = {
        "a.csv": CSV.encode("cp949"),
        "a.tsv": CSV.replace(",", "\t").encode(),
        "a.xlsx": sheet,
        "a.jsonl": b"\n".join(b'{"review": "%s"}' % text.encode() for text in REVIEWS),
        "a.txt": "\n".join(REVIEWS).encode(),
    }
    bands = [verdict.band if verdict.korean else "unjudged" for verdict in model.analyze_batch(REVIEWS)]
    for number, (name, content) in enumerate(kinds.items()):
        assert await core.files.handle(sent(str(number)), file(content, name), post) is Outcome.REPLIED
        (sent_name, scored) = post.files[f"m{number + 1}"]
        assert sent_name == {"a.txt": "nunchi-scored.csv"}.get(name, name.replace("a.", "nunchi-scored."))
        if name == "a.xlsx":
            rows = list(load_workbook(io.BytesIO(scored)).active.values)  # type: ignore[union-attr]
            assert [row[2] for row in rows] == ["label", "positive", "negative", None, "positive"]
        else:
            text = scored.decode("cp949" if name == "a.csv" else "utf-8-sig")
            assert all(band in text for band in bands)
            assert all(review in text for review in REVIEWS)
        counts = {band: str(bands.count(band)) for band in ("positive", "negative", "unsure", "unjudged")}
        assert post.words()[-1] == KO("file_done", rows="4", column=1, **counts)
    assert list(folder.iterdir()) == []
    assert core.counters.get("files", outcome="replied") == 5
    await core.close()


async def test_progress_is_one_message_that_changes(model: nlp.Analyzer) -> None:
    core, post = make(model), Mailbox()
    await core.files.handle(sent(), file("리뷰\n" + "배송이 빨라요\n" * 2_000), post)
    (history,) = post.said.values()
    assert history[0] == KO("file_reading")
    assert any("%" in said and "2,000" in said for said in history[1:-1])
    assert "2,000행" in history[-1]
    assert len(history) == len(set(history)), "nothing is said twice"
    await core.close()


def bomb() -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
        zipfile.ZipFile(io.BytesIO(workbook((1,)))) as real,
    ):
        for member in real.infolist():
            archive.writestr(member, real.read(member))
        archive.writestr("xl/worksheets/more.xml", bytes(64 << 20))
    return out.getvalue()


REFUSED = {
    "file_kind": ("a.pdf", b"%PDF-1.7"),
    "input_empty": ("a.csv", b""),
    "input_binary": ("a.csv", bytes(range(256)) * 40),
    "input_xls": ("a.xlsx", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)),
    "input_xlsx": ("a.xlsx", b"PK\x03\x04" + bytes(100)),
    "input_bomb": ("a.xlsx", bomb()),
    "file_too_large": ("a.csv", b"x" * ((1 << 20) + 1)),
    "file_too_many_rows": ("a.csv", ("리뷰\n" + "좋아요\n" * 3_001).encode()),
    "file_no_column": ("a.csv", b"id,amount\n1,2\n3,4\n"),
    "file_encoding": ("a.csv", "리뷰\n좋아요\n".encode() * 30 + b"\xff\xfe\x80\n"),
    "input_json": ("a.jsonl", '{"review": "좋아요"}\n[1]\n'.encode()),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_what_cannot_be_scored_is_one_sentence(model: nlp.Analyzer, folder: Path, name: str) -> None:
    core, post = make(model), Mailbox()
    filename, content = REFUSED[name]
    for attachments in (file(content, filename), [Attachment(filename, None, content)]):  # its size told, or not
        outcome = await core.files.handle(sent(str(len(post.said))), attachments, post)
        assert outcome is Outcome.REFUSED
        values = {"limit": "1" if name == "file_too_large" else "3,000", "line": 2}
        assert post.words()[-1] == KO(name, **values)
        assert "--" not in post.words()[-1], "options of the command line mean nothing here"
    assert (post.files, list(folder.iterdir())) == ({}, [])
    assert (await core.files.handle(sent("x"), file(CSV), post)) is Outcome.REPLIED, "and the next file is scored"
    await core.close()


async def test_a_part_that_openpyxl_would_hold_in_memory_is_refused(model: nlp.Analyzer) -> None:
    out = io.BytesIO(workbook(("리뷰",), ("좋아요",)))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/more.xml", bytes((1 << 20) - 1))
    core, post = make(model), Mailbox()
    await core.files.handle(sent(), file(out.getvalue(), "a.xlsx"), post)
    assert post.words() == [KO("input_bomb")]
    await core.close()


async def test_a_flood_of_files_is_told_once(model: nlp.Analyzer) -> None:
    core, post = make_core(model, files=LIMITS, person=2), Mailbox()  # type: ignore[arg-type]
    outcomes = [await core.files.handle(sent(str(n)), file(CSV), post) for n in range(6)]
    assert outcomes == [Outcome.REPLIED] * 2 + [Outcome.RATE_LIMITED] * 4
    assert post.words()[2:] == [KO("rate_limited")]
    await core.close()


async def test_too_many_rows_of_a_spreadsheet_end_the_reading(model: nlp.Analyzer) -> None:
    core, post = make(model, FileLimits(bytes=1 << 20, rows=600, progress=0)), Mailbox()
    await core.files.handle(sent(), file(workbook(*[("좋아요",)] * 5_000), "a.xlsx"), post)
    assert post.words() == [KO("file_too_many_rows", limit="600")]
    await core.close()


async def test_rows_of_the_wrong_width_are_marked(model: nlp.Analyzer) -> None:
    core, post = make(model), Mailbox()
    await core.files.handle(sent(), file("번호,리뷰\n1,좋아요 최고\n2\n3,별로예요,실망\n"), post)
    lines = post.files["m1"][1].decode().splitlines()
    assert lines[0].endswith(",ragged")
    assert lines[2].endswith(",short")
    await core.close()


def test_which_messages_are_about_their_files() -> None:
    picture, table, gone = Attachment("a.png"), Attachment("A.CSV"), Attachment("", missing=True)
    assert is_for_scoring("", [picture])
    assert is_for_scoring("이거요", [picture, table])
    assert is_for_scoring(" ", [gone])
    assert not is_for_scoring("좋아요", [picture])
    assert not is_for_scoring("", [])
    assert not is_for_scoring("좋아요", [Attachment("csv"), Attachment(f"a{SUFFIXES[0]}.exe"), Attachment("..")])


async def test_more_than_one_table_or_one_out_of_sight(model: nlp.Analyzer) -> None:
    core, post = make(model), Mailbox()
    await core.files.handle(sent("1"), [*file(CSV), *file(CSV, "b.csv")], post)
    await core.files.handle(sent("2"), [Attachment("", missing=True)], post)
    await core.files.handle(sent("3", by_bot=True), file(CSV), post)
    assert post.words() == [KO("file_one_only"), KO("file_not_fetched")]
    await core.files.handle(sent("4"), [Attachment("a.png"), *file(CSV)], post)
    assert len(post.files) == 1
    await core.close()


async def test_one_file_of_a_person_at_a_time_and_few_that_wait(model: nlp.Analyzer) -> None:
    core, post = make(model, FileLimits(room=1, progress=0)), Mailbox()
    post.gate.clear()
    first = core.start_file(sent("1", "u1"), file(CSV), post)
    while not post.said:
        await asyncio.sleep(0)
    await core.files.handle(sent("2", "u1"), file(CSV), post)
    second = core.start_file(sent("3", "u2"), file(CSV), post)
    while len(post.said) < 3:
        await asyncio.sleep(0)
    await core.files.handle(sent("4", "u3"), file(CSV), post)
    assert post.words() == [KO(name) for name in ("file_reading", "file_one_at_a_time", "file_waiting", "busy")]
    assert core.counters.get("busy", reason="files_full") == 1
    post.gate.set()
    assert first is not None
    assert second is not None
    assert await asyncio.gather(first, second) == [Outcome.REPLIED] * 2
    assert await core.files.handle(sent("5", "u1"), file(CSV), post) is Outcome.REPLIED
    await core.close()


async def test_a_file_delivered_again_is_scored_once_and_goes_with_its_message(model: nlp.Analyzer) -> None:
    core, post = make(model), Mailbox()
    outcomes = await asyncio.gather(*(core.files.handle(sent(), file(CSV), post) for _ in range(4)))
    assert sorted(outcomes) == [Outcome.DUPLICATE] * 3 + [Outcome.REPLIED]
    assert await core.forget(sent().place, "1", post)
    assert (post.said, post.files) == ({}, {})
    await core.close()


async def test_nobody_else_can_read_what_is_on_the_disk(model: nlp.Analyzer, folder: Path) -> None:
    core, post = make(model), Mailbox()
    seen: list[tuple[str, int]] = []

    def look(path: Path) -> None:
        (inner,) = folder.iterdir()
        seen.extend((p.name, stat.S_IMODE(p.stat().st_mode)) for p in (inner, *inner.iterdir()))

    post.looks = look
    await core.files.handle(sent(), file(workbook(("리뷰",), ("좋아요",)), "a.xlsx"), post)
    if os.name == "posix":
        assert {mode for _, mode in seen[1:]} == {0o600}
        assert seen[0][1] == 0o700
    assert "reviews.xlsx" in dict(seen)
    assert list(folder.iterdir()) == []
    await core.close()


@pytest.mark.parametrize(
    ("refused", "sentence", "outcome", "state"),
    [
        ("download", "file_not_fetched", Outcome.REFUSED, "answered"),
        ("upload", "file_not_sent", Outcome.UNDELIVERED, "abandoned"),
        ("send", None, Outcome.UNDELIVERED, "abandoned"),
    ],
)
async def test_a_platform_that_refuses(
    model: nlp.Analyzer, folder: Path, refused: str, sentence: str | None, outcome: Outcome, state: str
) -> None:
    core, post = make(model), Mailbox()
    post.refuses = {refused}
    assert await core.files.handle(sent(), file(CSV), post) is outcome
    assert post.words() == ([KO(sentence)] if sentence else [])
    assert {claimed.state for claimed in core.store._claims.values()} == {state}  # type: ignore[attr-defined]
    assert list(folder.iterdir()) == []
    await core.close()


async def test_chat_goes_on_while_a_file_is_scored(model: nlp.Analyzer) -> None:
    slow = SlowModel(model)
    core, post = make(slow), Mailbox()
    job = core.start_file(sent("1", "u1"), file("리뷰\n" + "배송이 빨라요\n" * 300), post)
    await asyncio.to_thread(slow.began.wait, 30)  # the model has the first rows of the file
    chat = asyncio.create_task(core.inference.judge("좋아요"))
    while core.inference.depth < 1:
        await asyncio.sleep(0)
    slow.go_on.set()
    await chat
    assert slow.batches[1] == 1, "the text of chat comes before the file's second lot"
    assert sum(slow.batches[:2]) < 300
    assert job is not None
    assert await job is Outcome.REPLIED
    await core.close()


@pytest.mark.parametrize("where", ["download", "score", "queue"])
async def test_stopping_gives_files_up_with_a_sentence(model: nlp.Analyzer, folder: Path, where: str) -> None:
    slow = SlowModel(model)
    core, post = make(slow), Mailbox()
    if where != "score":
        post.gate.clear()
    jobs = [core.start_file(sent("1", "u1"), file(CSV), post)]
    if where == "score":
        await asyncio.to_thread(slow.began.wait, 30)
    if where == "queue":
        jobs.append(core.start_file(sent("2", "u2"), file(CSV), post))
    while len(post.said) < len(jobs):
        await asyncio.sleep(0)
    closing = asyncio.create_task(core.close())
    await asyncio.sleep(0)
    slow.go_on.set()
    assert await closing == 0
    assert [job.result() for job in jobs if job] == [Outcome.STOPPED] * len(jobs)
    assert post.words() == [KO("file_stopped")] * len(jobs)
    assert {claimed.state for claimed in core.store._claims.values()} == {"abandoned"}  # type: ignore[attr-defined]
    assert list(folder.iterdir()) == []


async def test_a_full_disk_is_a_sentence(model: nlp.Analyzer, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    core, post = make(model), Mailbox()

    def full(*_: object, **__: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "mkdtemp", full)
    assert await core.files.handle(sent(), file(CSV), post) is Outcome.FAILED
    assert post.words() == [KO("file_failed")]
    await core.close()


@pytest.mark.skipif(os.name != "posix", reason="processes are asked by signal 0")
def test_what_a_killed_process_left_is_swept(folder: Path) -> None:
    for name in (f"nunchi-file-{os.getpid()}-mine", "nunchi-file-999999999-dead", "nunchi-file-x", "other"):
        (folder / name).mkdir()
        (folder / name / "reviews.csv").write_text("x")
    assert sweep() == 1
    assert not (folder / "nunchi-file-999999999-dead").exists()
    assert len(list(folder.iterdir())) == 3
