"""CSV, TSV, JSON Lines and text: what is read is what is there, and it is written back as it was."""

import csv
import io
import json

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from bot.core.errors import ExitStatus, UserError
from bot.core.tables import ReadOptions, open_table
from bot.core.tables.delimited import LONGEST_CELL
from bot.core.tables.encoders import encoder_for


def read(path, **options):
    """Columns and rows of a file."""
    with open_table(path, ReadOptions(**options), lambda *progress: None) as table:
        rows = list(table.rows())
        assert table.total == len(rows)
        return table.columns, rows, table


def cells(path, **options):
    columns, rows, _ = read(path, **options)
    return [list(columns), *(list(row.cells) for row in rows)]


def refusal(path, **options):
    with pytest.raises(UserError) as caught:
        read(path, **options)
    assert caught.value.status == ExitStatus.BAD_DATA
    return caught.value


@pytest.fixture
def write(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


CELL = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.sampled_from(['"', 'a"b', "a,b", "줄\n바꿈", "끝\r\n", "\r", " 앞뒤 ", "=1+1", "\0", "\u2028", "\x85", "'", ""]),
)
FRAME = st.integers(2, 4).flatmap(lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), max_size=6))


@settings(max_examples=150, deadline=None)
@given(FRAME, st.sampled_from(["csv", "tsv"]), st.sampled_from(["\n", "\r\n"]))
@example([["1", "여러 줄\r\n리뷰"]], "csv", "\n")
@example([["\0", "\0"], ["\0", "\0"]], "csv", "\n")
def test_cells_come_back_as_they_went_in(tmp_path_factory, rows, kind, newline):
    # A TSV whose cells hold a tab and a line break may as well be one of other rows, whose quotes are characters.
    both = any("\t" in cell and {"\n", "\r"} & set(cell) for row in rows for cell in row)
    assume(kind != "tsv" or not both)
    width = len(rows[0]) if rows else 2
    header = ["리뷰", *(f"이름{i}" for i in range(1, width))]
    text = io.StringIO(newline="")
    delimiter = "," if kind == "csv" else "\t"
    csv.writer(text, delimiter=delimiter, lineterminator=newline, quoting=csv.QUOTE_ALL).writerows([header, *rows])
    path = tmp_path_factory.mktemp("frame") / f"a.{kind}"
    content = text.getvalue().encode()
    assume(content.count(0) <= 0.1 * len(content))  # of more a file is none of text, which is refused
    path.write_bytes(content)
    columns, found, table = read(path)
    if not table.style.quoted:  # a TSV without line breaks in its cells: quotes are characters
        found = [[cell[1:-1].replace('""', '"') for cell in row.cells] for row in found]
        columns = [name[1:-1] for name in columns]
    else:
        found = [list(row.cells) for row in found]
    assert list(columns) == header
    assert found == rows
    encoder = encoder_for(kind, table, ["label"])
    (again := path.with_name(f"b.{kind}")).write_bytes(
        encoder.header() + encoder.rows([(row, ["positive"]) for row in table.rows()])
    )
    assert cells(again) == [[*row, "positive" if i else "label"] for i, row in enumerate(cells(path))]


def test_a_course_file_has_no_header_and_no_quotes(write):
    path = write("ratings.txt", '5\t배송이 빨라요\n2\t"최고라더니 별로\n1\t색이 달라요"\n')
    columns, rows, table = read(path)
    assert table.kind == "tsv"
    assert columns == ("", "")
    assert table.text_column == 1
    assert [row.cells[1] for row in rows] == ["배송이 빨라요", '"최고라더니 별로', '색이 달라요"']


def test_a_tsv_of_excel_has_quotes(write):
    path = write("a.tsv", '점수\t리뷰\r\n5\t"두 줄\n리뷰"\r\n1\t"그는 ""별로""라고"\r\n')
    assert cells(path) == [["점수", "리뷰"], ["5", "두 줄\n리뷰"], ["1", '그는 "별로"라고']]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_of_a_csv_is_found(write, delimiter):
    lines = [["번호", "리뷰"], ["1", "빨라요, 좋아요" if delimiter != "," else "빨라요"], ["2", "별로"]]
    path = write("a.csv", "\n".join(delimiter.join(line) for line in lines) + "\n")
    assert cells(path) == lines


def test_blank_lines_are_rows_unless_they_are_the_last(write):
    path = write("a.csv", "\n리뷰,점\n좋아요,5\n\n,\n별로,1\n,\n\n\n")
    nothing = [None, None]
    assert cells(path)[1:] == [["좋아요", "5"], nothing, ["", ""], ["별로", "1"], ["", ""]]


def test_a_column_of_text_without_header(write):
    assert cells(write("a.csv", "좋아요\n별로예요\n"), header=False) == [[""], ["좋아요"], ["별로예요"]]


def test_whether_there_is_a_header_can_be_told(write):
    path = write("a.csv", "가,나\n다,라\n")
    assert cells(path, header=True) == [["가", "나"], ["다", "라"]]
    assert cells(path, header=False) == [["", ""], ["가", "나"], ["다", "라"]]


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.jsonl", "a.txt", "a.xlsx", "a"])
@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\n \r\n"])
def test_nothing_in_it(write, name, data):
    assert refusal(write(name, data)).sentence in ("input_empty", "input_xlsx")


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize(
    "whole", [[{"리뷰": "좋아요", "별점": 5}, {"리뷰": "별로", "별점": 1}], {"reviews": [{"리뷰": "좋아요"}]}]
)
def test_json_that_is_one_list_is_no_text(write, whole, indent):
    path = write("a.json", json.dumps(whole, ensure_ascii=False, indent=indent).encode())
    if isinstance(whole, dict) and indent is None:  # one object in one line is a line of JSON
        assert cells(path)[0] == ["reviews"]
    else:
        assert refusal(path).sentence == "input_json_whole"
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in [{"리뷰": "좋아요"}, {"리뷰": "별로"}])
    assert cells(write("b.json", lines.encode())) == [["리뷰"], ["좋아요"], ["별로"]]


@pytest.mark.parametrize(
    ("name", "text", "line", "expected", "found"),
    [
        ("a.csv", "리뷰,점\n좋아요,5\n배송 빠르고, 좋아요,5\n", 3, 2, 3),
        ("a.csv", '리뷰,점\n"두\n줄",5\n좋아요\n', 4, 2, 1),
        ("a.tsv", "리뷰\t점\n좋아요\t5\n별로\n", 3, 2, 1),
    ],
)
def test_ragged_rows_are_named(write, name, text, line, expected, found):
    error = refusal(write(name, text))
    assert error.sentence == "input_ragged"
    assert error.values == {"line": line, "expected": expected, "found": found}


def test_ragged_rows_can_be_kept(write):
    _, rows, _ = read(write("a.csv", "리뷰,점\n좋아요\n별로,1,더,있음\n그냥,3\n"), ragged="keep")
    assert [(list(row.cells), row.ragged) for row in rows] == [
        (["좋아요", None], "short"),
        (["별로", "1"], '["더", "있음"]'),
        (["그냥", "3"], ""),
    ]


@pytest.mark.parametrize("text", ['리뷰,점\n"좋아요" 최고,5\n', '리뷰,점\n"좋아요,5\n별로,1\n'])
def test_quotes_that_do_not_match(write, text):
    error = refusal(write("a.csv", text))
    assert (error.sentence, error.values) == ("input_quotes", {"line": 2})


@pytest.mark.parametrize(("name", "start"), [("a.csv", '리뷰,점\n"'), ("a.tsv", "리뷰\t점\n"), ("a.txt", "좋아요\n")])
def test_a_text_that_never_ends(write, name, start):
    error = refusal(write(name, start + "좋" * (LONGEST_CELL + 10)))
    assert (error.sentence, error.values["line"]) == ("input_line_too_long", 2)


def test_a_megabyte_in_a_cell(write):
    text = "정말 좋아요 " * 100_000
    assert cells(write("a.csv", f'리뷰,점\n"{text}",5\n'))[1][0] == text


def test_nul_in_a_cell(write):
    assert cells(write("a.csv", "리뷰,점수\n좋\0아요,5\n"))[1] == ["좋\0아요", "5"]


def test_every_line_of_a_text_is_a_row(write):
    assert cells(write("a.txt", "좋아요\n\n별로, 진짜\r\n=1\u2028x\n\n"))[1:] == [
        ["좋아요"],
        [""],
        ["별로, 진짜"],
        ["=1\u2028x"],
        [""],
    ]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('{"리뷰": "좋아요"}\n{"리뷰": "별로"}\n', "jsonl"),
        ("번호,리뷰\n1,좋아요\n", "csv"),
        ("1\t좋아요\n2\t별로\n", "tsv"),
        ("배송, 포장 다 좋아요\n별로, 정말\n", "text"),
        ("내용, 구성 다 좋아요\n별로\n", "text"),
    ],
)
@pytest.mark.parametrize("name", ["reviews", "reviews.txt", "reviews.dat"])
def test_what_a_file_without_extension_is(write, name, text, kind):
    assert read(write(name, text))[2].kind == kind


def test_a_review_after_many_blank_lines(write):
    blank = "\n" * 70_000
    assert cells(write("a.txt", blank + "좋아요\n"))[-1] == ["좋아요"]
    assert cells(write("a.csv", blank + "리뷰,점\n좋아요,5\n")) == [["리뷰", "점"], ["좋아요", "5"]]


def test_objects_stay_as_they_were(write):
    line = '{"리뷰":"좋아요 \\ud83d", "점": 1.50, "점": 2e400, "깊이": {"a": [1]}, "id": 12345678901234567890123}'
    path = write("a.jsonl", f"{line}\n\n{{}}\n")
    columns, rows, table = read(path)
    assert columns == ("리뷰", "점", "깊이", "id")
    assert rows[1].cells == [None] * 4
    out = encoder_for("jsonl", table, ["label"]).rows([(row, ["positive"]) for row in rows]).decode().splitlines()
    assert out == [line[:-1] + ', "label": "positive"}', '{"label": "positive"}']


def test_objects_become_a_table(write):
    path = write("a.jsonl", '{"리뷰": "좋아요", "x": true}\n{"y": {"z": null}, "리뷰": "별로"}\n')
    _, rows, table = read(path)
    out = encoder_for("csv", table, ["label"])
    text = (out.header() + out.rows([(row, ["positive"]) for row in rows])).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text))) == [
        ["리뷰", "x", "y", "label"],
        ["좋아요", "true", "", "positive"],
        ["별로", "", '{"z": null}', "positive"],
    ]


def test_strings_a_line(write):
    assert cells(write("a.jsonl", '"좋아요"\n"별로"\n')) == [["text"], ["좋아요"], ["별로"]]


@pytest.mark.parametrize(
    "line", ["{", "[1]", "1", "null", '"글"', "{" * 100_000, '{"a":' * 100_000, '{"a": ' + "9" * 5000 + "}", "좋아요"]
)
def test_lines_that_are_no_objects(write, line):
    error = refusal(write("a.jsonl", f'{{"리뷰": "좋아요"}}\n{line}\n'))
    assert (error.sentence, error.values) == ("input_json", {"line": 2})


def test_surrogates_do_not_break_what_is_written(write):
    _, rows, table = read(write("a.jsonl", '{"리뷰": "좋아요 \\ud83d"}\n'))
    batch = [(row, []) for row in rows]
    assert encoder_for("csv", table, []).rows(batch).decode() == "좋아요 ?\r\n"
    packed = encoder_for("xlsx", table, []).rows(batch)
    assert json.loads(packed) == ["좋아요 \ud83d"]
