"""Which encoding a file is in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.encoding import check_codec, decode_line, decode_strictly, inspect
from bot.core.errors import ExitStatus, UserError

TEXT = "리뷰,별점\r\n배송이 빨라요,5\r\n뷁 똠방각하 쓩,1\r\n"
"""With syllables that CP949 has beyond KS X 1001."""


@pytest.fixture
def write(tmp_path):
    def write(data):
        path = tmp_path / "reviews.csv"
        path.write_bytes(data)
        return path

    return write


def refusal(path, wanted=None):
    with pytest.raises(UserError) as caught:
        inspect(path, wanted)
    assert caught.value.status == ExitStatus.BAD_DATA
    return caught.value


@pytest.mark.parametrize(
    ("data", "codec"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8"),
        (TEXT.encode("cp949"), "cp949"),
        (TEXT.encode("utf-16"), "utf-16-le"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("utf-32"), "utf-32-le"),
        (b"plain", "utf-8"),
    ],
)
def test_recognised(write, data, codec):
    file = inspect(write(data))
    assert file.codec == codec
    with file.open() as stream:
        assert stream.read() == (TEXT if len(data) > 10 else "plain")
    assert file.newline == ("\r\n" if len(data) > 10 else "\n")
    assert file.size == len(data)


def test_recognised_by_what_comes_late(write):
    """Nothing but ASCII in the first megabyte."""
    late = b"good,5\n" * 200_000 + "좋아요,5\n".encode("cp949")
    assert inspect(write(late)).codec == "cp949"


@pytest.mark.parametrize("codec", ["utf-8", "cp949"])
def test_a_bad_byte_is_named_by_its_line(write, codec):
    lines = [f"배송이 빨라요 {i}".encode(codec) for i in range(100_000)]
    lines[76_543] += b"\xff\xff"
    error = refusal(write(b"\n".join(lines)))
    assert error.values["line"] == 76_544


@given(st.integers(0, 200), st.binary(min_size=1, max_size=3))
def test_damaged_utf8_is_never_taken_for_cp949(tmp_path_factory, at, damage):
    data = bytearray(("배송이 정말 빨라요. 색도 예뻐요\n" * 10).encode())
    data[at : at + len(damage)] = damage
    path = tmp_path_factory.mktemp("damaged") / "reviews.txt"
    path.write_bytes(data)
    try:
        file = inspect(path)
    except UserError:
        return
    assert file.codec == "utf-8"


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(256)) * 20,
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
        b"\0" * 5000,
        b"\x7fELF" + b"\x02\x00\x9c" * 500,
    ],
    ids=["all bytes", "png", "zeros", "elf"],
)
def test_what_is_no_text_is_refused(write, data):
    assert refusal(write(data)).sentence == "input_binary"


def test_damaged_utf8_that_is_cp949_too(write):
    data = "꼼꼼배송".encode().replace(b"\xeb", b"\xb0")
    assert "瑗쇨세" in data.decode("cp949")
    error = refusal(write(data))
    assert (error.sentence, error.values["line"]) == ("input_undecodable_as", 1)


@pytest.mark.parametrize(
    ("text", "codec"), [("とても良い商品です また買います", "shift_jis"), ("всем рекомендую", "cp1251")]
)
def test_another_language_is_not_taken_for_korean(write, text, codec):
    text.encode(codec).decode("cp949")  # it could be
    assert refusal(write(text.encode(codec))).sentence == "input_encoding_unknown"
    assert decode_strictly(text.encode(codec)) is None


@pytest.mark.parametrize("wanted", ["cp949", "EUC-KR", "ms949"])
def test_an_encoding_can_be_told(write, wanted):
    assert inspect(write(TEXT.encode("cp949")), wanted).codec == "cp949"


def test_a_wrong_encoding_is_refused_with_the_line(write):
    error = refusal(write(TEXT.encode("cp949")), "utf-8")
    assert (error.sentence, error.values["line"]) == ("input_undecodable_as", 1)


@pytest.mark.parametrize("wanted", ["utf-16", "utf-16-le"])
def test_utf16_without_a_mark_can_be_told(write, wanted):
    with inspect(write(TEXT.encode("utf-16-le")), wanted).open() as stream:
        assert stream.read() == TEXT


def test_a_mark_is_not_a_part_of_the_text(write):
    for wanted in ("utf-8", "utf-8-sig"):
        with inspect(write(TEXT.encode("utf-8-sig")), wanted).open() as stream:
            assert stream.read() == TEXT


@pytest.mark.parametrize("name", ["", "없음", "base64", "rot13", "idna", "undefined", "utf-7", "a\0b"])
def test_what_is_no_encoding_of_files(name):
    with pytest.raises(UserError) as caught:
        check_codec(name)
    assert caught.value.status == ExitStatus.USAGE


@given(st.binary(max_size=50))
def test_any_line_can_be_read(line):
    assert isinstance(decode_line(line), str)


@given(st.text(max_size=30))
def test_utf8_lines_are_read_as_they_are(text):
    encoded = text.encode("utf-8", "replace")
    assert decode_line(encoded) == encoded.decode()
