"""What ``nunchi score`` refuses: one sentence, a status, and nothing written."""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

import openpyxl
import pytest

import nlp
from bot.core.errors import ExitStatus
from tests.bot.running import names, one_sentence
from tests.bot.tables import excel_workbook

GOOD = "리뷰,점\n좋아요,5\n"

BAD = {
    "empty": ("a.csv", b"", ExitStatus.BAD_DATA, "비어"),
    "blank": ("a.txt", b" \n\t\n", ExitStatus.BAD_DATA, "비어"),
    "binary": ("a.csv", bytes(range(256)) * 4, ExitStatus.BAD_DATA, "글이 든 파일"),
    "zeros": ("a.txt", b"\0" * 4096, ExitStatus.BAD_DATA, "글이 든 파일"),
    "old excel": ("a.xls", bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, ExitStatus.BAD_DATA, ".xls"),
    "no xlsx": ("a.xlsx", GOOD.encode(), ExitStatus.BAD_DATA, ".xlsx"),
    "cut zip": ("a.xlsx", b"PK\x03\x04" + b"\0" * 30, ExitStatus.BAD_DATA, ".xlsx"),
    "bad utf-8": ("a.csv", GOOD.encode() + b"\xeb\xb0\n", ExitStatus.BAD_DATA, "3번째 줄"),
    "ragged": ("a.csv", (GOOD + "별로\n").encode(), ExitStatus.BAD_DATA, "3번째 줄"),
    "quotes": ("a.csv", (GOOD + '"별로,1\n').encode(), ExitStatus.BAD_DATA, "3번째 줄"),
    "no json": ("a.jsonl", '{"리뷰": "좋아요"}\n{"리뷰": '.encode(), ExitStatus.BAD_DATA, "2번째 줄"),
    "no column": ("a.csv", b"a,b\n1,2\n", ExitStatus.BAD_DATA, "1 a, 2 b"),
    "no column in objects": ("a.jsonl", b'{"a": 1, "b": 2}\n', ExitStatus.BAD_DATA, "1 a, 2 b"),
}


@pytest.mark.parametrize(("name", "data", "status", "words"), BAD.values(), ids=BAD)
@pytest.mark.parametrize("into", ["csv", "xlsx"])
def test_bad_input(nunchi, tmp_path, name, data, status, words, into):
    (tmp_path / name).write_bytes(data)
    sentence = one_sentence(nunchi("score", tmp_path / name, "-o", tmp_path / f"out.{into}"), status)
    assert words in sentence
    assert names(tmp_path) == [name]


def test_a_column_that_is_not_there(nunchi, tmp_path):
    (tmp_path / "a.csv").write_text(GOOD, "utf-8")
    ended = nunchi("score", tmp_path / "a.csv", "-o", tmp_path / "b.csv", "--text-column", "후기")
    assert "1 리뷰, 2 점" in one_sentence(ended, ExitStatus.BAD_DATA)
    assert names(tmp_path) == ["a.csv"]


def test_a_sheet_that_is_not_there(nunchi, tmp_path):
    excel_workbook(tmp_path / "a.xlsx", [["리뷰"], ["좋아요"]])
    ended = nunchi("score", tmp_path / "a.xlsx", "-o", tmp_path / "b.csv", "--sheet", "없음")
    assert "리뷰" in one_sentence(ended, ExitStatus.BAD_DATA)


def test_the_other_sheets_are_named_where_the_first_holds_no_reviews(nunchi, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["Shop", 2026])
    for row in (["리뷰"], ["좋아요"]):
        (book["모음"] if "모음" in book else book.create_sheet("모음")).append(row)
    book.save(tmp_path / "a.xlsx")
    ended = nunchi("score", tmp_path / "a.xlsx", "-o", tmp_path / "b.csv")
    assert "다른 시트: 모음" in one_sentence(ended, ExitStatus.BAD_DATA)
    assert names(tmp_path) == ["a.xlsx"]


@pytest.mark.parametrize("name", ["없음.csv", "없음/a.csv", "a.csv/b.csv", "x" * 300 + ".csv"])
def test_an_input_that_is_not_there(nunchi, tmp_path, name):
    (tmp_path / "a.csv").write_text(GOOD, "utf-8")
    one_sentence(nunchi("score", f"{tmp_path}/{name}", "-o", tmp_path / "b.csv"), ExitStatus.NO_INPUT)


def test_a_directory(nunchi, tmp_path):
    assert "폴더" in one_sentence(nunchi("score", tmp_path, "-o", tmp_path / "b.csv"), ExitStatus.NO_INPUT)


def test_a_pipe_with_nothing_readable(process, tmp_path):
    ended = process("score", "-", "-o", tmp_path / "b.csv", stdin="좋아요\n".encode() * 600 + b"\xff\xff\n")
    assert "601번째 줄" in one_sentence(ended, ExitStatus.BAD_DATA)
    assert names(tmp_path) == []


def test_a_file_that_changes_while_it_is_read(nunchi, tmp_path, monkeypatch):
    (tmp_path / "a.csv").write_text(GOOD, "utf-8")

    def grow(folder, **options):
        with open(tmp_path / "a.csv", "a", encoding="utf-8") as file:
            file.write("늦은 리뷰,1\n")
        return nlp.load()

    monkeypatch.setattr("bot.commands.score.load_model", grow)
    ended = nunchi("score", tmp_path / "a.csv", "-o", tmp_path / "b.csv")
    assert ended.status == ExitStatus.BAD_DATA
    assert "바뀌어" in ended.err
    assert names(tmp_path) == ["a.csv"]


@pytest.mark.parametrize("words", [["--model", "없음"], ["--model", "."]])
def test_a_missing_model(nunchi, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    Path("a.csv").write_text(GOOD, "utf-8")
    one_sentence(nunchi("score", "a.csv", "-o", "b.csv", *words), ExitStatus.CONFIG)
    assert names(tmp_path) == ["a.csv"]


@pytest.fixture
def scored(nunchi, tmp_path):
    """A folder with an input and an output."""
    (tmp_path / "a.csv").write_text(GOOD, "utf-8")
    assert nunchi("score", tmp_path / "a.csv", "-o", tmp_path / "b.csv").status == 0
    return tmp_path


def test_an_output_is_not_overwritten(nunchi, scored):
    (scored / "b.csv").write_text("소중한 것", "utf-8")
    ended = nunchi("score", scored / "a.csv", "-o", scored / "b.csv")
    assert "--force" in one_sentence(ended, ExitStatus.CANNOT_CREATE)
    assert (scored / "b.csv").read_text("utf-8") == "소중한 것"
    assert nunchi("score", scored / "a.csv", "-o", scored / "b.csv", "--force").status == 0
    assert "좋아요" in (scored / "b.csv").read_text("utf-8")
    assert names(scored) == ["a.csv", "b.csv"]


@pytest.mark.parametrize("force", [[], ["--force"]])
def test_an_input_is_never_overwritten(nunchi, scored, force, monkeypatch):
    monkeypatch.chdir(scored)
    os.link("a.csv", "same.csv")
    Path("link.csv").symlink_to("a.csv")
    for out in ("a.csv", "./a.csv", "link.csv", scored / "a.csv", "same.csv"):
        one_sentence(nunchi("score", "a.csv", "-o", out, *force), ExitStatus.USAGE)
    assert Path("a.csv").read_text("utf-8") == GOOD


def test_a_link_stays_a_link(nunchi, scored):
    (scored / "link.csv").symlink_to(scored / "b.csv")
    assert nunchi("score", scored / "a.csv", "-o", scored / "link.csv", "--force").status == 0
    assert (scored / "link.csv").is_symlink()


def test_a_link_in_place_of_the_unfinished_output_is_not_followed(nunchi, scored):
    (scored / "c.csv.part").symlink_to(scored / "elsewhere")
    one_sentence(nunchi("score", scored / "a.csv", "-o", scored / "c.csv", "--force"), ExitStatus.CANNOT_CREATE)
    assert not (scored / "elsewhere").exists()


def test_outputs_that_cannot_be(nunchi, scored):
    (scored / "folder.csv").mkdir()
    os.mkfifo(scored / "fifo.csv")
    (scored / "device.csv").symlink_to("/dev/full")
    for out in ("folder.csv", "없음/b.csv", "a.csv/b.csv", "fifo.csv", "device.csv", "x" * 250 + ".csv"):
        ended = nunchi("score", scored / "a.csv", "-o", f"{scored}/{out}", "--force")
        one_sentence(ended, ExitStatus.CANNOT_CREATE)
    assert Path("/dev/full").exists()


def test_an_output_that_another_is_writing(nunchi, scored):
    fcntl = pytest.importorskip("fcntl", reason="locks are for Unix only")
    with open(scored / "c.csv.part", "wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        ended = nunchi("score", scored / "a.csv", "-o", scored / "c.csv", "--force")
        assert "다른 nunchi" in ended.err
        assert ended.status == ExitStatus.CANNOT_CREATE
    assert (scored / "c.csv.part").exists()


def test_an_output_that_appears_meanwhile(nunchi, scored, monkeypatch):
    def create(self, texts):
        (scored / "c.csv").write_text("소중한 것", "utf-8")
        return real(self, texts)

    real = nlp.Analyzer.analyze_batch
    monkeypatch.setattr(nlp.Analyzer, "analyze_batch", create)
    ended = nunchi("score", scored / "a.csv", "-o", scored / "c.csv")
    assert ended.status == ExitStatus.CANNOT_CREATE
    assert (scored / "c.csv").read_text("utf-8") == "소중한 것"
    monkeypatch.undo()
    assert nunchi("score", scored / "a.csv", "-o", scored / "c.csv", "--resume", "--force").status == 0
    assert "좋아요" in (scored / "c.csv").read_text("utf-8")


@contextlib.contextmanager
def nobody():
    """Within this block the process has no more rights than anyone."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def public(monkeypatch):
    """A folder that everyone can enter, with an input."""
    monkeypatch.setenv("HOME", "/nonexistent")  # that of the tests is not for everyone
    folder = Path(tempfile.mkdtemp(prefix="nunchi-test-"))
    (folder / "a.csv").write_text(GOOD, "utf-8")
    folder.chmod(0o755)
    (folder / "a.csv").chmod(0o644)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="permissions work otherwise on Windows")
class TestPermissions:
    def test_of_the_input(self, nunchi, scored, public):
        (public / "a.csv").chmod(0)
        with nobody():
            ended = nunchi("score", public / "a.csv", "-o", public / "b.csv")
            assert "열 수 없습니다" in one_sentence(ended, ExitStatus.NO_INPUT)

    def test_of_its_folder(self, nunchi, scored, public):
        public.chmod(0o600)
        with nobody():
            ended = nunchi("score", public / "a.csv", "-o", "/dev/shm/b.csv")
        one_sentence(ended, ExitStatus.NO_INPUT)

    def test_of_the_output_folder(self, nunchi, scored, public):
        public.chmod(0o555)
        with nobody():
            ended = nunchi("score", public / "a.csv", "-o", public / "b.csv")
        assert ended.status == ExitStatus.CANNOT_CREATE
        assert names(public) == ["a.csv"]

    def test_of_the_model(self, nunchi, scored, public):
        shutil.copytree(nlp.analyze.BUNDLED, public / "model")
        (public / "model").chmod(0o755)
        (public / "model" / "manifest.json").chmod(0)
        with nobody():
            ended = nunchi("chat", "좋아요", "--model", public / "model")
        one_sentence(ended, ExitStatus.CONFIG)
