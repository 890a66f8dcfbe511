"""``nunchi score``: the same rows with verdicts, whatever the formats."""

import csv
import io
import json

import openpyxl
import pytest

from bot.core.errors import ExitStatus
from bot.core.scoring import result_columns
from tests.bot.running import REVIEWS, child_environment, one_sentence
from tests.bot.tables import excel_workbook

NAMES = ["label", "probability", "confidence", "band", "korean", "rating", "expected_rating"]
TEXTS = [*REVIEWS, "", "good", "=HYPERLINK(1)", "두 줄\n리뷰, 별로예요", "ㅋㅋㅋ", "😀"]
ROWS = [["번호", "리뷰", "별점"], *([str(i), text, "5"] for i, text in enumerate(TEXTS, 1))]


def to_csv(rows, delimiter=",", newline="\n"):
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=newline).writerows(rows)
    return out.getvalue()


def write(path, rows=ROWS):
    """A table in the format of the path's extension, as other programs write it."""
    if path.suffix == ".xlsx":
        return excel_workbook(path, rows)
    if path.suffix == ".jsonl":
        text = "".join(json.dumps(dict(zip(rows[0], row, strict=True)), ensure_ascii=False) + "\n" for row in rows[1:])
    elif path.suffix == ".txt":
        text = "".join(f"{row[1]}\n" for row in rows[1:])
    else:
        text = to_csv(rows, "," if path.suffix == ".csv" else "\t")
    path.write_text(text, "utf-8", newline="")
    return path


def read(path):
    """Rows of a table as dictionaries of strings, empty ones for nothing."""
    if path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path)
        header, *rows = book.active.iter_rows(values_only=True)
    elif path.suffix == ".jsonl":
        return [{k: text(v) for k, v in json.loads(line).items()} for line in path.read_text("utf-8").splitlines()]
    else:
        content = path.read_bytes().decode("utf-8-sig")
        header, *rows = csv.reader(io.StringIO(content, newline=""), delimiter="," if path.suffix == ".csv" else "\t")
    return [{k: text(v) for k, v in zip(header, row, strict=True)} for row in rows]


def text(cell):
    return "" if cell is None else str(cell).lower() if isinstance(cell, bool) else str(cell)


def check(row, review, analyzer):
    """A scored row says what the model says of its review, to the digits that are written."""
    verdict = analyzer.analyze(review)
    assert row["korean"] == ("true" if verdict.korean else "false")
    if not verdict.korean:
        assert [row[name] for name in NAMES] == ["", "", "", "unjudged", "false", "", ""]
        return
    assert row["label"] == verdict.label
    assert row["band"] == verdict.band
    assert float(row["probability"]) == pytest.approx(verdict.probability, abs=2e-5)
    assert float(row["confidence"]) == pytest.approx(verdict.confidence, abs=2e-5)
    assert row["rating"] == text(verdict.rating)
    if verdict.expected_rating is not None:
        assert float(row["expected_rating"]) == pytest.approx(verdict.expected_rating, abs=2e-4)


@pytest.mark.parametrize("into", ["csv", "tsv", "xlsx", "jsonl"])
@pytest.mark.parametrize("source", ["csv", "tsv", "xlsx", "jsonl"])
def test_every_format_into_every_other(nunchi, tmp_path, analyzer, source, into):
    path, out = write(tmp_path / f"reviews.{source}"), tmp_path / f"scored.{into}"
    ended = nunchi("score", path, "-o", out)
    assert ended.status == 0, ended
    found = read(out)
    assert [list(row)[:3] for row in found] == [ROWS[0]] * len(TEXTS)
    assert [list(row)[3:] for row in found] == [NAMES] * len(TEXTS)
    assert [[row[name] for name in ROWS[0]] for row in found] == ROWS[1:]
    for row, review in zip(found, TEXTS, strict=True):
        check(row, review, analyzer)


def test_the_summary_counts(nunchi, tmp_path, analyzer):
    ended = nunchi("score", write(tmp_path / "a.csv"), "-o", tmp_path / "b.csv")
    verdicts = [analyzer.analyze(review) for review in TEXTS]
    judged = [verdict.band for verdict in verdicts if verdict.korean]
    assert ended.out == (
        f"{len(TEXTS)}행: 긍정 {judged.count('positive')} · 부정 {judged.count('negative')} · "
        f"확인 필요 {judged.count('unsure')} · 판단 불가 {len(TEXTS) - len(judged)} → {tmp_path / 'b.csv'}\n"
    )
    assert "리뷰" in ended.err  # which column was read


@pytest.mark.parametrize("into", ["csv", "tsv", "xlsx", "jsonl"])
def test_plain_text(nunchi, tmp_path, analyzer, into):
    lines = [review for review in TEXTS if "\n" not in review]
    (tmp_path / "a.txt").write_text("\n".join(lines) + "\n", "utf-8")
    assert nunchi("score", tmp_path / "a.txt", "-o", tmp_path / f"b.{into}").status == 0
    found = read(tmp_path / f"b.{into}")
    assert [row["text"] for row in found] == lines
    for row, review in zip(found, lines, strict=True):
        check(row, review, analyzer)


@pytest.fixture
def pipe(nunchi, monkeypatch):
    """``pipe(b"...", "-o", path)`` is ``nunchi score - -o path`` with a pipe as its input, in this process."""

    def run(data, *words):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
        return nunchi("score", "-", *words)

    return run


def test_a_pipe(pipe, tmp_path):
    data = "\ufeff".encode() + "\r\n".join(REVIEWS).encode() + b"\n\n"
    assert pipe(data, "-o", tmp_path / "a.csv").status == 0
    assert [row["text"] for row in read(tmp_path / "a.csv")] == [*REVIEWS, ""]


def test_a_pipe_by_its_other_name(process, tmp_path):
    data = "\n".join(REVIEWS).encode()
    assert process("score", "/dev/stdin", "-o", tmp_path / "a.csv", stdin=data).status == 0
    assert [row["text"] for row in read(tmp_path / "a.csv")] == list(REVIEWS)


@pytest.mark.parametrize("words", [[], ["--encoding", "cp949"]])
def test_a_pipe_in_cp949(pipe, tmp_path, words):
    assert pipe("배송이 빨라요\n".encode("cp949"), "-o", tmp_path / "a.csv", *words).status == 0
    assert read(tmp_path / "a.csv")[0]["text"] == "배송이 빨라요"


def test_a_pipe_that_is_not_what_it_is_said_to_be(pipe, tmp_path):
    ended = pipe("좋아요\n배송이 빨라요\n".encode(), "-o", tmp_path / "a.csv", "--encoding", "ascii")
    assert "1번째 줄" in one_sentence(ended, ExitStatus.BAD_DATA)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_csv_keeps_its_encoding_and_line_ends(nunchi, tmp_path, encoding, newline):
    rows = [["리뷰", "점"], ["빨라요, 좋아요", "5"], ['그는 "별로"라고', ""], ["=1+1", "@x"]]
    before = to_csv(rows, newline=newline)
    (tmp_path / "a.csv").write_bytes(before.encode(encoding))
    assert nunchi("score", tmp_path / "a.csv", "-o", tmp_path / "b.csv").status == 0
    after = (tmp_path / "b.csv").read_bytes().decode(encoding)
    if encoding == "utf-8":
        assert not after.startswith("\ufeff")
    assert after.count(newline) == 4
    for old, new in zip(before.splitlines(), after.splitlines(), strict=True):
        assert new.startswith(old + ",")  # the user's own cells, byte for byte


def test_what_excel_opens_without_asking(nunchi, tmp_path):
    nunchi("score", write(tmp_path / "a.jsonl"), "-o", tmp_path / "b.csv")
    assert (tmp_path / "b.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_a_file_without_header_gets_one(nunchi, tmp_path, analyzer):
    (tmp_path / "a.txt").write_text("".join(f"5\t{review}\n" for review in REVIEWS), "utf-8")
    nunchi("score", tmp_path / "a.txt", "-o", tmp_path / "b.tsv")
    found = read(tmp_path / "b.tsv")
    assert list(found[0]) == ["column_1", "column_2", *NAMES]
    assert [row["column_2"] for row in found] == list(REVIEWS)


def test_names_that_are_taken(nunchi, tmp_path):
    write(tmp_path / "a.csv", [["Label", "text", "nunchi_band", "band"], ["1", "좋아요", "x", "y"]])
    nunchi("score", tmp_path / "a.csv", "-o", tmp_path / "b.csv")
    row = read(tmp_path / "b.csv")[0]
    assert list(row)[4:8] == ["nunchi_label", "probability", "confidence", "nunchi_nunchi_band"]
    assert (row["Label"], row["nunchi_band"], row["band"]) == ("1", "x", "y")
    assert len(set(map(str.casefold, row))) == len(row)


def test_an_output_can_be_scored_again(nunchi, tmp_path):
    nunchi("score", write(tmp_path / "a.csv"), "-o", tmp_path / "b.csv")
    assert nunchi("score", tmp_path / "b.csv", "-o", tmp_path / "c.jsonl").status == 0
    for row in read(tmp_path / "c.jsonl"):
        assert row["label"] == row["nunchi_label"]


@pytest.mark.parametrize("wanted", ["후기", "3"])
def test_the_column_can_be_named(nunchi, tmp_path, analyzer, wanted):
    write(tmp_path / "a.csv", [["번호", "리뷰", "후기"], ["1", REVIEWS[0], REVIEWS[1]]])
    nunchi("score", tmp_path / "a.csv", "-o", tmp_path / "b.csv", "--text-column", wanted)
    check(read(tmp_path / "b.csv")[0], REVIEWS[1], analyzer)


def test_ragged_rows_that_are_kept_are_marked(nunchi, tmp_path):
    (tmp_path / "a.csv").write_text("리뷰,점\n좋아요\n별로,1,더\n그냥,3\n", "utf-8")
    assert nunchi("score", tmp_path / "a.csv", "-o", tmp_path / "b.csv", "--ragged", "keep").status == 0
    found = read(tmp_path / "b.csv")
    assert [row["ragged"] for row in found] == ["short", '["더"]', ""]
    assert [row["리뷰"] for row in found] == ["좋아요", "별로", "그냥"]


def test_spreadsheets_keep_numbers_and_dates(nunchi, tmp_path):
    book = openpyxl.Workbook()
    moment = openpyxl.utils.datetime.from_excel(45000)
    book.active.append(["리뷰", "점", "날", "번호"])
    book.active.append(["좋아요", 4.5, moment, 20261122000012345])
    book.save(tmp_path / "a.xlsx")
    nunchi("score", tmp_path / "a.xlsx", "-o", tmp_path / "b.xlsx")
    row = list(openpyxl.load_workbook(tmp_path / "b.xlsx").active.iter_rows(values_only=True))[1]
    assert row[1:3] == (4.5, moment)
    assert isinstance(row[5], float)  # probability
    assert row[8] is True  # korean
    nunchi("score", tmp_path / "a.xlsx", "-o", tmp_path / "b.csv")
    assert read(tmp_path / "b.csv")[0]["날"] == "2023-03-15"


def test_cells_beside_the_table_have_no_name(nunchi, tmp_path):
    write(tmp_path / "a.xlsx", [["리뷰"], ["좋아요", "메모"], ["별로"]])
    assert nunchi("score", tmp_path / "a.xlsx", "-o", tmp_path / "b.csv").status == 0
    assert [row[""] for row in read(tmp_path / "b.csv")] == ["메모", ""]


def test_one_of_several_sheets(nunchi, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["리뷰", "점"])
    book.active.append(["좋아요", 5])
    book.create_sheet("둘째").append(["별로예요"])
    book.save(tmp_path / "a.xlsx")
    assert "시트 2개" in nunchi("score", tmp_path / "a.xlsx", "-o", tmp_path / "b.csv").err
    nunchi("score", tmp_path / "a.xlsx", "-o", tmp_path / "c.csv", "--sheet", "둘째")
    assert read(tmp_path / "c.csv")[0]["column_1"] == "별로예요"


def test_a_text_too_long_for_a_sheet_is_reported(nunchi, tmp_path):
    (tmp_path / "a.txt").write_text("좋" * 40_000, "utf-8")
    ended = nunchi("score", tmp_path / "a.txt", "-o", tmp_path / "b.xlsx")
    assert ended.status == 0
    assert "1개는 잘라" in ended.err


def test_rows_beyond_one_batch_stay_in_order(nunchi, tmp_path, analyzer):
    reviews = [f"{REVIEWS[i % len(REVIEWS)]} {i}번째" for i in range(1300)]
    (tmp_path / "a.txt").write_text("\n".join(reviews), "utf-8")
    nunchi("score", tmp_path / "a.txt", "-o", tmp_path / "b.jsonl")
    found = read(tmp_path / "b.jsonl")
    assert [row["text"] for row in found] == reviews
    for i in (0, 511, 512, 1023, 1024, 1299):
        check(found[i], reviews[i], analyzer)


def test_columns_that_are_added():
    assert result_columns(["a"]) == NAMES
    assert result_columns([], ragged=True) == [*NAMES, "ragged"]
    assert result_columns(["Label", "nunchi_label", "RAGGED"], ragged=True)[0] == "nunchi_nunchi_label"


def test_a_progress_bar_at_a_terminal_only(nunchi, tmp_path):
    pexpect = pytest.importorskip("pexpect", reason="pexpect works with Unix terminals only")
    from tests.bot.running import COMMAND

    (tmp_path / "a.txt").write_text("\n".join(REVIEWS * 300), "utf-8")
    words = [*COMMAND[1:], "score", str(tmp_path / "a.txt"), "-o", str(tmp_path / "b.csv")]
    env = child_environment(TERM="xterm-256color")
    child = pexpect.spawn(
        COMMAND[0], words, env=env, encoding="utf-8", codec_errors="replace", timeout=90, dimensions=(24, 100)
    )
    child.expect("리뷰 판단")
    child.expect("1,500행")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert "판단" not in nunchi("score", tmp_path / "a.txt", "-o", tmp_path / "c.csv").err
