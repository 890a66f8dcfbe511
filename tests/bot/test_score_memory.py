"""A file may be larger than the memory."""

import pytest

from tests.bot.running import REVIEWS, peak_memory


def write(path, rows):
    with open(path, "w", encoding="utf-8") as file:
        file.write("번호,리뷰\n")
        file.writelines(f'{i},"{REVIEWS[i % len(REVIEWS)]} {i}번째로 적는 리뷰입니다"\n' for i in range(rows))
    return path


def peak(tmp_path, rows, into):
    return peak_memory("score", write(tmp_path / f"{rows}.csv", rows), "-o", tmp_path / f"out{rows}.{into}")


@pytest.mark.parametrize("into", ["csv", "xlsx"])
def test_memory_does_not_grow_with_the_file(tmp_path, into):
    assert peak(tmp_path, 4_000, into) < 1.1 * peak(tmp_path, 1_000, into)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("into", ["csv", "xlsx"])
def test_memory_does_not_grow_with_a_large_file(tmp_path, into):
    assert peak(tmp_path, 200_000, into) < 1.1 * peak(tmp_path, 20_000, into)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_memory_does_not_grow_with_a_large_spreadsheet(tmp_path):
    from tests.bot.tables import excel_workbook

    def peak_of(rows):
        table = [["번호", "리뷰"], *([i, f"{REVIEWS[i % len(REVIEWS)]} {i}"] for i in range(rows))]
        excel_workbook(tmp_path / f"{rows}.xlsx", table)
        return peak_memory("score", tmp_path / f"{rows}.xlsx", "-o", tmp_path / f"{rows}.csv")

    assert peak_of(100_000) < 1.1 * peak_of(10_000)
