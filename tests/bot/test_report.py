"""``nunchi report``: the page, and what stands in it."""

from __future__ import annotations

import csv
import os
import re
from collections import Counter
from datetime import date, timedelta
from html.parser import HTMLParser

import openpyxl
import pytest

from bot.core.errors import ExitStatus
from bot.core.messages import Messages
from bot.core.report.charts import columns, share_line, shares, stacked_bar
from bot.core.report.gather import MOST_COMPLAINTS, Quote, Summary, Top, monday, periods
from bot.core.report.page import write_page
from tests.bot.running import names, one_sentence

GOOD = "배송이 정말 빠르고 포장도 꼼꼼해서 최고예요"
BAD = "품질이 너무 나빠서 실망했어요. 다시는 안 사요"
HIDDEN = "디자인이 정말 예쁘고 최고예요 그런데 사이즈가 너무 작아서 실망했어요"
EVIL = '<script>alert(1)</script> <b onclick="x()">품질</b>이 최악이에요 & \'별로\' "실망"이에요'


VOID = {"meta", "rect", "line", "circle"}


class Page(HTMLParser):
    """What a browser would see."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.open, self.text, self.attributes = Counter(), [], [], []
        self.feed(html)
        self.close()
        assert self.open == [], "an element is not closed"

    def handle_starttag(self, tag, attrs):
        self.tags[tag] += 1
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags[tag] += 1
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


@pytest.fixture
def reviews(tmp_path):
    path = tmp_path / "reviews.csv"
    start = date(2026, 8, 3)
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["작성일", "별점", "리뷰"])
        for i in range(40):
            text, stars = [(GOOD, 5), (BAD, 1), (HIDDEN, 5), (EVIL, 5)][i % 4]
            writer.writerow([(start + timedelta(days=i)).isoformat(), stars, f"{text} {i}번"])
        writer.writerow(["", "", "12345"])
    return path


def test_the_page_needs_nothing_else_and_hides_nothing(nunchi, reviews, tmp_path):
    ended = nunchi("report", reviews, "-o", tmp_path / "report.html")
    assert (ended.status, ended.err) == (0, "")
    assert "40편" in ended.out
    html = (tmp_path / "report.html").read_text("utf-8")
    page = Page(html)
    assert page.tags["script"] == page.tags["img"] == page.tags["link"] == page.tags["b"] - 3 == 0
    assert not any(name.startswith("on") or name in ("src", "href") for name, _ in page.attributes)
    assert not re.search(r"https?:|url\(|@import", html)
    text = "".join(page.text)
    assert "<script>alert(1)</script>" in text, "what a customer wrote is shown as it is"
    for part in ("reviews.csv", "2026-08-03", "무엇에 대한 이야기인가요", "주마다", "별점과 글", "살펴볼 리뷰", "품질"):
        assert part in text
    assert page.tags["svg"] >= 8
    assert all(dict(a for a in page.attributes if a[0] == "aria-label").values())
    assert names(tmp_path) == ["report.html", "reviews.csv"]


def test_it_can_be_in_english(nunchi, reviews, tmp_path):
    assert nunchi("report", reviews, "-o", tmp_path / "r.html", "--lang", "en").status == 0
    html = (tmp_path / "r.html").read_text("utf-8")
    assert '<html lang="en">' in html and "Reviews to look at" in html


def test_a_scored_file_and_a_spreadsheet_will_do(nunchi, reviews, tmp_path):
    assert nunchi("score", reviews, "-o", tmp_path / "scored.xlsx").status == 0
    assert nunchi("report", reviews, "-o", tmp_path / "a.html").status == 0
    assert nunchi("report", tmp_path / "scored.xlsx", "-o", tmp_path / "b.html").status == 0
    book = openpyxl.Workbook()
    book.active.append(["날짜", "후기", "별점"])
    book.active.append([date(2026, 9, 1), GOOD, 5])
    book.save(tmp_path / "c.xlsx")
    assert nunchi("report", tmp_path / "c.xlsx", "-o", tmp_path / "c.html").status == 0
    first, second = ((tmp_path / f"{n}.html").read_text("utf-8") for n in "ab")
    assert first.replace("reviews.csv", "") == second.replace("scored.xlsx", "")
    assert "2026-09-01" in (tmp_path / "c.html").read_text("utf-8")


def test_plain_lines_will_do(nunchi, tmp_path):
    (tmp_path / "r.txt").write_text(f"{GOOD}\n{BAD}\n", "utf-8")
    assert nunchi("report", tmp_path / "r.txt", "-o", tmp_path / "r.html").status == 0
    text = "".join(Page((tmp_path / "r.html").read_text("utf-8")).text)
    assert "주마다" not in text and "별점과 글" not in text and "품질" in text


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("none.csv", "-o", "r.html"), ExitStatus.NO_INPUT),
        (("reviews.csv", "-o", "r.csv"), ExitStatus.USAGE),
        (("-", "-o", "r.html"), ExitStatus.USAGE),
        (("reviews.csv", "-o", "none/r.html"), ExitStatus.CANNOT_CREATE),
        (("reviews.csv", "-o", "there.html"), ExitStatus.CANNOT_CREATE),
        (("reviews.csv", "-o", "r.html", "--date-column", "없음"), ExitStatus.BAD_DATA),
        (("reviews.csv", "-o", "r.html", "--model", "none"), ExitStatus.CONFIG),
        (("reviews.csv",), ExitStatus.USAGE),
    ],
)
def test_a_mistake_is_one_sentence_and_leaves_nothing(nunchi, reviews, tmp_path, monkeypatch, words, status):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.html").write_text("old", "utf-8")
    one_sentence(nunchi("report", *words), status)
    assert names(tmp_path) == ["reviews.csv", "there.html"]
    assert (tmp_path / "there.html").read_text("utf-8") == "old"


def test_force_overwrites(nunchi, reviews, tmp_path):
    (tmp_path / "r.html").write_text("old", "utf-8")
    assert nunchi("report", reviews, "-o", tmp_path / "r.html", "--force").status == 0
    assert "<!DOCTYPE html>" in (tmp_path / "r.html").read_text("utf-8")


def test_a_full_disk_leaves_nothing(nunchi, reviews, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda fd: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    one_sentence(nunchi("report", reviews, "-o", tmp_path / "r.html"), ExitStatus.IO_ERROR)
    assert names(tmp_path) == ["reviews.csv"]


def test_what_is_counted(analyzer):
    summary = Summary()
    rows = [
        (GOOD, 5, date(2026, 9, 2)),
        (BAD, 1, date(2026, 9, 9)),
        (HIDDEN, 5, date(2026, 9, 9)),
        ("hello", None, None),
    ]
    reviews = analyzer.review_batch([text for text, _, _ in rows], [stars for _, stars, _ in rows])
    for review, (_, _, day) in zip(reviews, rows, strict=True):
        summary.add(review, day)
    assert (summary.judged, summary.unjudged) == (3, 1)
    assert summary.bands == Counter(review.verdict.band for review in reviews[:3])
    assert summary.days == (date(2026, 9, 2), date(2026, 9, 9))
    assert set(summary.weeks) == {date(2026, 8, 31), date(2026, 9, 7)}
    assert summary.stars[5].total() == 2
    assert summary.attention == sum(review.attention for review in reviews) >= 1
    assert {"배송", "포장", "품질", "디자인", "사이즈"} <= set(summary.aspects)
    assert summary.complaints.sorted()[0].text == HIDDEN


def test_quotes_are_the_strongest_and_none_twice():
    top = Top(3)
    for i in range(100):
        top.add(Quote(i % 10 / 10, f"글 {i % 10}"))
    assert [quote.text for quote in top.sorted()] == ["글 9", "글 8", "글 7"]


def test_memory_does_not_grow(analyzer):
    summary = Summary()
    review = analyzer.review(HIDDEN, 5)
    for _ in range(500):
        summary.add(review, date(2026, 9, 2))
    assert len(summary.complaints.sorted()) == 1 <= MOST_COMPLAINTS


def test_weeks_without_reviews_are_shown_and_many_weeks_are_months():
    weeks = {date(2026, 9, 7): Counter(positive=1), date(2026, 9, 28): Counter(negative=1)}
    months, rows = periods(weeks)
    assert not months
    assert [counts.total() for _, counts in rows] == [1, 0, 0, 1]
    months, rows = periods({date(2020, 1, 6): Counter(positive=1), date(2026, 9, 28): Counter(negative=2)})
    assert months and len(rows) == 40
    assert rows[-1] == (date(2026, 9, 1), Counter(negative=2))
    assert periods({}) == (False, [])
    assert monday(date(2026, 9, 6)) == date(2026, 8, 31)


def test_charts_add_up():
    counts = Counter(positive=3, unsure=1, negative=4)
    assert shares(counts) == [37.5, 12.5, 50.0]
    bar = stacked_bar(counts, 'a "label"')
    assert [float(w) for w in re.findall(r'width="([\d.]+)%" height', bar)][1:] == [37.5, 12.5, 50.0]
    assert "a &quot;label&quot;" in bar
    chart = columns([("09-07", counts), ("<x>", Counter())], "weeks", height=80)
    heights = [float(h) for h in re.findall(r'<rect class="\w+" [^>]*height="([\d.]+)"', chart)]
    assert heights == [40.0, 10.0, 30.0]
    assert "&lt;x&gt;" in chart and "<x>" not in chart
    assert share_line([counts, Counter(), counts], "share").count("<circle") == 2
    assert Page(columns([], "none") + stacked_bar(Counter(), "none") + share_line([], "none")).tags["svg"] == 3


def test_a_page_of_nothing_is_a_page():
    page = Page(write_page(Summary(), Messages(), source="빈.csv", model_id="m"))
    assert page.tags["section"] == 1
