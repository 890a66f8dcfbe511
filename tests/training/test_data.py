import gzip
import os

import pytest

from training import data
from training.reviews import ReadRules, read_reviews
from training.rows import split


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def test_duplicates_are_joined_and_conflicts_left_out(tmp_path):
    file = write(
        tmp_path / "a.tsv", "5\t정말 좋아요\n5\t정말좋아요\n4\t괜찮은 편\n5\t그저 그래요\n1\t그저 그래요\n2\t \n"
    )
    read = data.read_rated(file)
    assert [(r.rating, r.text) for r in read.rows] == [(5, "정말 좋아요"), (4, "괜찮은 편")]
    assert (read.lines, read.empty, read.duplicates, read.conflicting) == (6, 1, 2, 1)


def test_reads_gzip(tmp_path):
    file = tmp_path / "a.tsv.gz"
    file.write_bytes(gzip.compress("10\t최고의 영화\n".encode()))
    assert data.read_rated(file).rows[0].rating == 10


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xff\xfe\x00", "1번째 줄: UTF-8"),
        ("5\t좋아요\n".encode() + "1\t별로예요\n".encode("cp949"), "2번째 줄: UTF-8"),
        ("별점 없는 줄\n".encode(), "1번째 줄"),
        ("5\t좋아요\n많음\t좋아요\n".encode(), "2번째 줄"),
        ("99\t좋아요\n".encode(), "1번째 줄"),
        (b"", "하나도 없습니다"),
    ],
)
def test_bad_files_are_refused_with_one_sentence(tmp_path, content, says):
    file = tmp_path / "bad.tsv"
    file.write_bytes(content)
    with pytest.raises(data.DataError) as caught:
        data.read_rated(file)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["missing.tsv", "."])
def test_missing_files_and_folders_are_refused(tmp_path, name):
    with pytest.raises(data.DataError):
        data.read_rated(tmp_path / name)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.tsv")
    for read in (data.read_rated, data.read_unrated, lambda path: read_reviews([path], ReadRules(), None)):
        with pytest.raises(data.DataError, match="파이프나 장치"):
            read(tmp_path / "pipe.tsv")


def test_damaged_gzip_is_refused(tmp_path):
    file = tmp_path / "cut.tsv.gz"
    file.write_bytes(gzip.compress("10\t최고\n".encode() * 1000)[:-20])
    with pytest.raises(data.DataError):
        data.read_rated(file)


@pytest.mark.parametrize("name", ["a.tsv", "a.tsv.gz"])
def test_a_file_that_changes_meanwhile_is_refused(tmp_path, name):
    """What was read by then is of two files."""

    def content(text):
        lines = "".join(f"5\t{i} {text}\n" for i in range(20_000)).encode()
        return gzip.compress(lines) if name.endswith("gz") else lines

    file = tmp_path / name
    file.write_bytes(content("좋아요"))
    read = data.raw_rated(file)
    next(read)
    file.write_bytes(content("정말 좋아요"))
    with pytest.raises(data.DataError, match="바뀌었습니다"):
        list(read)


def test_a_file_that_is_removed_meanwhile_or_given_its_old_time_is_refused(tmp_path):
    file = tmp_path / "a.tsv"

    def rewrite():
        times = file.stat().st_atime_ns, file.stat().st_mtime_ns
        with open(file, "r+b") as there:
            there.write(b"1")
        os.utime(file, ns=times)

    for change in (file.unlink, rewrite):
        file.write_text("".join(f"5\t{i} 좋아요\n" for i in range(20_000)), "utf-8")
        read = data.raw_rated(file)
        next(read)
        change()
        with pytest.raises(data.DataError, match="바뀌었습니다"):
            list(read)


def test_split_depends_on_the_text_alone():
    texts = [f"리뷰 {i}번 좋아요" for i in range(2000)]
    rows = [data.Row(t, 5, data.place(t)) for t in texts]
    learn, held = split(rows)
    assert 0.12 < len(held) / len(rows) < 0.18
    assert {r.text for r in split(rows[::-1])[1]} == {r.text for r in held}
    assert data.place("리뷰 1번좋아요") == data.place("리뷰 1번 좋아요")
    assert not {r.text for r in learn} & {r.text for r in held}


def test_whatever_reads_a_file_puts_its_reviews_in_the_same_places(tmp_path):
    """What `fit` holds out `evaluate` must ask about, and what was judged is found by its place."""
    from training.reviews import ReadRules, read_reviews

    path = tmp_path / "rated.tsv"
    path.write_text("".join(f"{1 + i % 2 * 4}\t리뷰 {i}번, 좋아요\n" for i in range(500)), encoding="utf-8")
    lines, table = data.read_rated(path).rows, read_reviews([path], ReadRules(), None).rows
    assert [r.place for r in lines] == [r.place for r in table] == [data.place(r.text) for r in lines]


def test_folds_share_out_every_row():
    rows = [data.Row(str(i), 5, data.place(str(i))) for i in range(2000)]
    learn, _ = split(rows)
    counts = [0] * 5
    for row in learn:
        counts[data.fold(row.place, 5)] += 1
    assert sum(counts) == len(learn)
    assert min(counts) > 280


def test_a_row_does_not_show_its_text():
    assert "비밀" not in repr(data.Row("비밀 리뷰", 5, 0.5))
