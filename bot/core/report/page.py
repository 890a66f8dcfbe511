"""A report as one HTML page that needs nothing else: no script, no picture, no address outside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from html import escape

from bot.core.messages import Messages
from bot.core.report.charts import columns, share_line, shares, stacked_bar
from bot.core.report.gather import BANDS, AspectSum, Quote, Summary, periods
from bot.core.report.style import STYLE
from bot.core.visible import one_line

_LONGEST_QUOTE = 220
_LEAST_MENTIONS = 3
_LEAST_PERIODS = 3


def write_page(summary: Summary, messages: Messages, *, source: str, model_id: str) -> str:
    """The page of a summary.

    Args:
        summary: what to show.
        messages: the language.
        source: name of the file that was read.
        model_id: which model judged it.
    """
    return _Page(summary, messages).write(source, model_id)


class _Page:
    def __init__(self, summary: Summary, messages: Messages) -> None:
        self.summary, self.messages = summary, messages

    def say(self, name: str, **values: object) -> str:
        """A sentence of the report, escaped."""
        return escape(self.messages(f"report_{name}", **values))

    def write(self, source: str, model_id: str) -> str:
        title = self.say("title")
        parts = [
            self.head(source, model_id),
            self.overview(),
            self.aspects(),
            self.time(),
            self.stars(),
            self.complaints(),
            f"<footer><p>{self.say('how')}</p><p>{self.say('private')}</p></footer>",
        ]
        language = self.messages.language
        return (
            f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
            f"<title>{title} · {escape(one_line(source))}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
            + "\n".join(filter(None, parts))
            + "\n</main>\n</body>\n</html>\n"
        )

    def head(self, source: str, model_id: str) -> str:
        facts = [escape(one_line(source))]
        if self.summary.days:
            facts.append(" – ".join(_day(day) for day in dict.fromkeys(self.summary.days)))
        facts.append(self.say("model", model=one_line(model_id)))
        return f'<header><h1>{self.say("title")}</h1><p class="facts">{" · ".join(facts)}</p></header>'

    def overview(self) -> str:
        summary = self.summary
        good, _, bad = shares(summary.bands)
        tiles = [
            ("judged", f"{summary.judged:,}", ""),
            ("positive", f"{good:.0f} %", "positive"),
            ("negative", f"{bad:.0f} %", "negative"),
            ("attention", f"{summary.attention:,}", "warn" if summary.attention else ""),
        ]
        cards = "".join(
            f'<div class="tile"><dt>{self.say(f"tile_{name}")}</dt><dd class="{kind}">{value}</dd></div>'
            for name, value, kind in tiles
        )
        notes = [self.say("mixed", reviews=f"{summary.mixed:,}")] if summary.mixed else []
        if summary.unjudged:
            notes.append(self.say("unjudged", reviews=f"{summary.unjudged:,}"))
        return (
            f'<section aria-label="{self.say("overview")}"><dl class="tiles">{cards}</dl>'
            f"{stacked_bar(summary.bands, self.told(summary.bands), 22)}{self.legend(summary.bands)}"
            + "".join(f'<p class="note">{note}</p>' for note in notes)
            + "</section>"
        )

    def told(self, counts: Counter[str]) -> str:
        """Counts in words, not escaped."""
        return self.messages("report_counts", **{band: f"{counts[band]:,}" for band in BANDS})

    def share(self, counts: Counter[str]) -> str:
        """The share of positive; a dash where nothing was counted."""
        return f"{shares(counts)[0]:.0f} %" if counts.total() else "–"

    def legend(self, counts: Counter[str]) -> str:
        parts = zip(BANDS, shares(counts), strict=True)
        items = "".join(
            f'<li><i class="{band}"></i>{self.say(f"band_{band}")} <b>{share:.0f} %</b> '
            f"<small>{counts[band]:,}</small></li>"
            for band, share in parts
        )
        return f'<ul class="legend">{items}</ul>'

    def aspects(self) -> str:
        found = sorted(self.summary.aspects.items(), key=lambda item: -sum(item[1].bands.values()))
        shown = [(name, a) for name, a in found if sum(a.bands.values()) >= _LEAST_MENTIONS] or found
        if not shown:
            return ""
        rows = "".join(self.aspect_row(name, aspect) for name, aspect in shown)
        cards = "".join(self.aspect_card(name, aspect) for name, aspect in shown)
        return (
            f'<section><h2>{self.say("aspects")}</h2><p class="note">{self.say("aspects_note")}</p>'
            f'<div class="rows">{rows}</div><h3>{self.say("quotes")}</h3><div class="cards">{cards}</div></section>'
        )

    def aspect_row(self, name: str, aspect: AspectSum) -> str:
        label = f"{name}: {self.told(aspect.bands)}"
        return (
            f'<div class="row"><span class="name">{escape(one_line(name))}</span>{stacked_bar(aspect.bands, label)}'
            f'<span class="figure">{self.share(aspect.bands)}</span><small>{sum(aspect.bands.values()):,}</small></div>'
        )

    def aspect_card(self, name: str, aspect: AspectSum) -> str:
        _, rows = periods(aspect.weeks)
        trend = ""
        if sum(1 for _, counts in rows if counts["positive"] + counts["negative"]) >= _LEAST_PERIODS:
            trend = share_line([counts for _, counts in rows], self.messages("report_trend", name=name))
            trend = f"<figure><figcaption>{self.say('trend_caption')}</figcaption>{trend}</figure>"
        quotes = self.quotes(aspect.good.sorted(), "positive") + self.quotes(aspect.bad.sorted(), "negative")
        if not quotes:
            return ""
        return f"<article><h4>{escape(one_line(name))}</h4>{trend}{quotes}</article>"

    def quotes(self, quotes: Iterable[Quote], kind: str) -> str:
        items = "".join(f"<li>{_marked(quote)}{self.origin(quote)}</li>" for quote in quotes)
        return f'<ul class="quotes {kind}" aria-label="{self.say(f"band_{kind}")}">{items}</ul>' if items else ""

    def origin(self, quote: Quote) -> str:
        """Stars, day and reasons of the review that a quote is from."""
        facts = []
        if quote.rating is not None:
            full = min(5, max(1, int(quote.rating + 0.5)))
            facts.append(f'<span class="stars">{"★" * full}{"☆" * (5 - full)}</span>')
        if quote.day is not None:
            facts.append(f"<time>{_day(quote.day)}</time>")
        facts += [f'<span class="reason">{self.say(f"reason_{reason}")}</span>' for reason in quote.reasons]
        return f" <small>{' '.join(facts)}</small>" if facts else ""

    def time(self) -> str:
        months, rows = periods(self.summary.weeks)
        if len(rows) < 2:
            return ""
        named = [(day.strftime("%Y-%m") if months else day.strftime("%m-%d"), counts) for day, counts in rows]
        kind = "month" if months else "week"
        table = "".join(
            f'<tr><th scope="row">{day.strftime("%Y-%m") if months else _day(day)}</th>'
            + "".join(f"<td>{counts[band]:,}</td>" for band in BANDS)
            + f"<td>{_positive_share(counts)}</td></tr>"
            for day, counts in rows
        )
        heads = "".join(f'<th scope="col">{self.say(f"band_{band}")}</th>' for band in BANDS)
        return (
            f"<section><h2>{self.say(f'by_{kind}')}</h2>{columns(named, self.messages(f'report_by_{kind}'))}"
            f"<figure><figcaption>{self.say('share_caption')}</figcaption>"
            f"{share_line([counts for _, counts in rows], self.messages('report_share_caption'), 60)}</figure>"
            f'<details><summary>{self.say("figures")}</summary><div class="scroll"><table><thead><tr>'
            f'<th scope="col">{self.say(kind)}</th>{heads}<th scope="col">{self.say("share")}</th></tr></thead>'
            f"<tbody>{table}</tbody></table></div></details></section>"
        )

    def stars(self) -> str:
        if not self.summary.stars:
            return ""
        rows = "".join(
            f'<div class="row"><span class="name stars">{"★" * n}{"☆" * (5 - n)}</span>'
            f"{stacked_bar(counts, f'{n}: {self.told(counts)}')}"
            f'<span class="figure">{self.share(counts)}</span><small>{sum(counts.values()):,}</small></div>'
            for n in range(5, 0, -1)
            for counts in [self.summary.stars.get(n, Counter())]
        )
        note = self.say("stars_note", against=f"{self.summary.reasons['rating']:,}")
        return (
            f'<section><h2>{self.say("stars")}</h2><p class="note">{note}</p><div class="rows">{rows}</div></section>'
        )

    def complaints(self) -> str:
        quotes = self.summary.complaints.sorted()
        if not quotes:
            return ""
        more = self.say("complaints_note", reviews=f"{self.summary.attention:,}", shown=len(quotes))
        listed = self.quotes(quotes, "warn")
        return f'<section><h2>{self.say("complaints")}</h2><p class="note">{more}</p>{listed}</section>'


def _day(day: date) -> str:
    return day.isoformat()


def _positive_share(counts: Counter[str]) -> str:
    sure = counts["positive"] + counts["negative"]
    return f"{100 * counts['positive'] / sure:.0f} %" if sure else "–"


def _marked(quote: Quote) -> str:
    """The text of a quote, its words marked, escaped and cut where it is long."""
    return f"<q>{''.join(_pieces(quote)).strip()}</q>"


def _pieces(quote: Quote) -> Iterator[str]:
    text, done = quote.text, 0
    end = min(len(text), _LONGEST_QUOTE)
    for start, stop in quote.marks:
        start, stop = max(start, done), min(stop, end)
        if start >= stop:
            continue
        yield escape(one_line(text[done:start]))
        yield f"<mark>{escape(one_line(text[start:stop]))}</mark>"
        done = stop
    yield escape(one_line(text[done:end]))
    if end < len(text):
        yield "…"
