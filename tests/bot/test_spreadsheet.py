"""Spreadsheets: what Excel and others write is read, what we write is read by others, the rest is refused."""

import datetime as dt
import io
import zipfile

import openpyxl
import openpyxl.chart
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.errors import ExitStatus, UserError
from bot.core.tables.encoders import Packed
from bot.core.tables.row import Row
from bot.core.tables.spreadsheet import MOST_ROWS, Spreadsheet
from bot.core.tables.spreadsheet_writer import LONGEST_TEXT, build
from tests.bot.tables import excel_workbook, shared_strings_workbook


def read(path, sheet=None):
    book = Spreadsheet(path, sheet)
    try:
        return [list(record.cells) for record in book.records()]
    finally:
        book.close()


def refusal(path):
    with pytest.raises(UserError) as caught:
        read(path)
    assert caught.value.status == ExitStatus.BAD_DATA
    return caught.value.sentence


def write(path, header, rows):
    packed = path.with_suffix(".part")
    encoder = Packed(header)
    packed.write_bytes(encoder.header() + encoder.rows([(Row(row), []) for row in rows]))
    return build(packed, path)


def test_what_openpyxl_writes(tmp_path):
    book = openpyxl.Workbook()
    moment = dt.datetime.fromisoformat("2026-03-01 09:30")
    book.active.append(["리뷰", "수", "때", None, "참"])
    book.active.append(["좋아요", 1.5, moment, None, True])
    book.active.append([])
    book.active.append([None, None, dt.date(2026, 3, 2)])
    book.save(tmp_path / "a.xlsx")
    assert read(tmp_path / "a.xlsx") == [
        ["리뷰", "수", "때", None, "참"],
        ["좋아요", 1.5, moment, None, True],
        [],
        [None, None, dt.datetime.fromisoformat("2026-03-02")],
    ]


def test_what_excel_writes(tmp_path):
    path = excel_workbook(tmp_path / "a.xlsx", [["리뷰", "점"], ["좋아요", 5], ["앞 뒤 ", 1], ["좋아요", 4]])
    assert read(path) == [["리뷰", "점"], ["좋아요", 5], ["앞 뒤 ", 1], ["좋아요", 4]]


def test_texts_in_runs_with_readings_and_escapes(tmp_path):
    rich = "<r><t>정말 </t></r><r><rPr><b/></rPr><t>좋아요</t></r><rPh sb='0' eb='1'><t>소리</t></rPh>"
    sheet = (
        '<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c>'
        '<c r="C1" t="inlineStr"><is><t>안 _x0009_</t></is></c></row></sheetData>'
    )
    path = shared_strings_workbook(tmp_path / "a.xlsx", sheet, [rich, "<t>줄_x000D_끝_x005F_x0041_</t>"])
    assert read(path) == [["정말 좋아요", "줄\r끝_x0041_", "안 \t"]]


def test_rows_that_the_file_leaves_out(tmp_path):
    sheet = '<sheetData><row r="3"><c r="B3"><v>7</v></c></row></sheetData>'
    assert read(shared_strings_workbook(tmp_path / "a.xlsx", sheet, [])) == [[], [], [None, 7]]


def test_sheets_can_be_chosen(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "안내"
    book.create_sheet("리뷰").append(["좋아요"])
    book.save(tmp_path / "a.xlsx")
    assert read(tmp_path / "a.xlsx") == []
    assert read(tmp_path / "a.xlsx", "리뷰") == read(tmp_path / "a.xlsx", "2") == [["좋아요"]]
    with pytest.raises(UserError) as caught:
        read(tmp_path / "a.xlsx", "없음")
    assert caught.value.values["sheets"] == "안내, 리뷰"


def test_charts_are_passed_over(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["좋아요"])
    chart = openpyxl.chart.BarChart()
    chart.add_data(openpyxl.chart.Reference(book.active, min_col=1, min_row=1))
    book.create_chartsheet("그림", 0).add_chart(chart)
    book.active = 0
    book.save(tmp_path / "a.xlsx")
    assert read(tmp_path / "a.xlsx") == [["좋아요"]]


@pytest.mark.parametrize(
    "sheet",
    [
        f'<sheetData><row r="{MOST_ROWS + 1}"/></sheetData>',
        '<sheetData><row r="99999999999999"><c r="A1"><v>1</v></c></row></sheetData>',
        '<sheetData><row r="2"><c r="A2"><v>1</v></c></row><row r="1"><c r="A1"><v>1</v></c></row></sheetData>',
        '<sheetData><row r="1"><c r="ZZZZZ1"><v>1</v></c></row></sheetData>',
        '<sheetData><row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row></sheetData>',
        '<sheetData><row r="1"><c r="A1" t="s"><v>5</v></c></row></sheetData>',
        '<sheetData><row r="1"><c r="A1" t="s"><v>-1</v></c></row></sheetData>',
        '<sheetData><row r="1"><c r="A1"><v>many</v></c></row></sheetData>',
        '<sheetData><row r="x"><c r="A1"><v>1</v></c></row></sheetData>',
        "<sheetData><row",
        '<!DOCTYPE a [<!ENTITY b "&c;&c;">]><sheetData><row r="1"/></sheetData>',
    ],
)
def test_sheets_that_cannot_be(tmp_path, sheet):
    assert refusal(shared_strings_workbook(tmp_path / "a.xlsx", sheet, ["<t>글</t>"])) == "input_xlsx"


def test_entities_are_not_expanded(tmp_path):
    bomb = b'<!DOCTYPE sst [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><sst><si><t>&b;</t></si></sst>'
    path = excel_workbook(tmp_path / "a.xlsx", [["글"]])
    replace(path, "xl/sharedStrings.xml", bomb)
    assert refusal(path) == "input_xlsx"


def replace(path, member, content):
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {**members, member: content}.items():
            archive.writestr(name, data)


@pytest.mark.parametrize("member", ["xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"])
def test_a_zip_bomb_is_not_unpacked(tmp_path, member):
    path = excel_workbook(tmp_path / "a.xlsx", [["글"]])
    replace(path, member, b" " * (65 << 20))
    assert refusal(path) == "input_bomb"


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"PK\x05\x06" + bytes(18), b"\0" * 100])
def test_what_is_no_workbook(tmp_path, data):
    (tmp_path / "a.xlsx").write_bytes(data)
    assert refusal(tmp_path / "a.xlsx") == "input_xlsx"


def test_another_zip(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("사진.txt", "글")
    assert refusal(tmp_path / "a.xlsx") == "input_xlsx"


def test_a_workbook_cut_off_or_changed_anywhere(tmp_path):
    """Every refusal is one of ours, whatever is damaged; and some damage does not matter."""
    book = openpyxl.Workbook()
    for i in range(30):
        book.active.append([i, f"리뷰 {i}"])
    whole = io.BytesIO()
    book.save(whole)
    data, path = whole.getvalue(), tmp_path / "a.xlsx"
    for i in range(0, len(data), 97):
        for damaged in (data[:i], data[:i] + bytes([data[i] ^ 255]) + data[i + 1 :]):
            path.write_bytes(damaged)
            try:
                read(path)
            except UserError as error:
                assert error.sentence in ("input_xlsx", "input_bomb", "input_empty")


MOMENT = dt.datetime.fromisoformat("1950-01-01 12:34:56")
CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**14), 10**14),
    st.floats(-1e14, 1e14).map(lambda x: float(f"{x:.15g}")),  # Excel has no more digits
    st.text(st.characters(), max_size=20),
    st.sampled_from(["=1+1", "+1", "-1", "@SUM(A1)", "#N/A", "_x0041_", "a\rb", "\0", "\ud83d", "\uffff", " 앞뒤 "]),
    st.datetimes(MOMENT, MOMENT.replace(year=2100)).map(lambda t: t.replace(microsecond=0)),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=1, max_size=5), max_size=5))
def test_what_is_written_is_read(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("sheet") / "a.xlsx"
    assert write(path, ["이름"], rows) == 0
    found = read(path)[1:]
    # What is empty at the end of a row, or of the sheet, leaves no trace.
    expected = [trimmed(row) for row in rows]
    while expected and not expected[-1]:
        expected.pop()
    assert found[: len(expected)] == expected
    assert not any(found[len(expected) :])


def trimmed(row):
    row = [None if cell == "" else cell for cell in row]
    while row and row[-1] is None:
        row.pop()
    return row


def test_formulas_are_text_to_others(tmp_path):
    write(tmp_path / "a.xlsx", ["=HYPERLINK(1)"], [["=1+1"], ["@x"], ["-1"], ["+1"], ["#N/A"]])
    cells = list(openpyxl.load_workbook(tmp_path / "a.xlsx").active.iter_rows(max_col=1))
    assert [row[0].data_type for row in cells] == ["s"] * 6
    assert [row[0].value for row in cells] == ["=HYPERLINK(1)", "=1+1", "@x", "-1", "+1", "#N/A"]


def test_numbers_that_excel_would_round_are_text(tmp_path):
    write(tmp_path / "a.xlsx", ["번호"], [[20261122000012345], [float("nan")], [float("inf")], [10**14]])
    assert read(tmp_path / "a.xlsx")[1:] == [["20261122000012345"], ["nan"], ["inf"], [10**14]]


@pytest.mark.parametrize("char", ["가", "😀"])
def test_texts_too_long_for_a_cell_are_cut_and_counted(tmp_path, char):
    units = len(char.encode("utf-16-le")) // 2
    rows = [[char * (LONGEST_TEXT // units)], [char * (LONGEST_TEXT // units + 1)]]
    assert write(tmp_path / "a.xlsx", ["글"], rows) == 1
    _, (whole,), (cut,) = read(tmp_path / "a.xlsx")
    assert whole == rows[0][0]
    assert cut.endswith("…")
    assert len(cut.encode("utf-16-le")) // 2 <= LONGEST_TEXT


def test_the_same_rows_give_the_same_bytes(tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        write(tmp_path / name, ["글", "때"], [["좋아요", MOMENT]])
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:  # also at another time
        assert {member.date_time[0] for member in archive.infolist()} == {1980}
        assert b">1980-01-01T00:00:00Z</dcterms:modified>" in archive.read("docProps/core.xml")
