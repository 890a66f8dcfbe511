"""Takes reviews apart: asks a model about texts, their clauses, and the texts without each of their words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from typing import Protocol

from nlp.aspects import Aspect, Word, lean
from nlp.clauses import Clause, split
from nlp.explain import (
    MOST_PARTS,
    MOST_PIECES,
    Evidence,
    Explanation,
    Span,
    chunks,
    erase,
    erasures,
    morphemes,
    pairs_to_ask,
    pieces,
    strongest,
    trim,
    weigh,
)
from nlp.lexicon import Lexicon, Named
from nlp.restate import restate
from nlp.review import Review, bundle
from nlp.text import normalize_with_offsets
from nlp.verdict import Verdict

MOST_CLAUSES = 60
"""Most clauses that are judged; what follows in a longer text is one clause."""

MOST_CHARACTERS = 4_000
"""How much of a text is taken apart: its beginning and its end."""

CLAUSE_ALONE, CLAUSE_ADDED = 0.5, 0.5
"""How much a clause's own log-odds count, and how much those that it adds to its neighbours."""


class Judge(Protocol):
    """What is needed of a model.

    Attributes:
        cut: cuts an eojeol into morphemes; None for a model that knows of none.
    """

    cut: Callable[[str], list[str]] | None

    def ask(self, texts: Sequence[str]) -> tuple[list[Verdict], list[float]]:
        """Verdicts and calibrated log-odds of positive for normalised texts."""

    def verdict(self, text: str, log_odds: float) -> Verdict:
        """The verdict on a normalised text whose log-odds are known."""


class _Source:
    """A text, normalised, with its pieces and the way back.

    Of a very long text only both ends are kept, as models read them; between them stands one blank.
    """

    def __init__(self, text: str, judge: Judge, *, evidence: bool = True) -> None:
        self.text = text
        self.normal, self._starts, self._ends = normalize_with_offsets(text)
        self._gap: int | None = None
        if len(self.normal) > MOST_CHARACTERS:
            self._leave_the_middle_out()
        self.pieces = pieces(self.normal) if evidence else []
        if judge.cut is not None:
            self.pieces = morphemes(self.normal, self.pieces, judge.cut)

    def _leave_the_middle_out(self) -> None:
        half = MOST_CHARACTERS // 2
        head, tail = self.normal[:half].rstrip(), self.normal[-half:].lstrip()
        starts, ends = self._starts[-len(tail) :], self._ends[-len(tail) :]
        self._gap = len(head)
        self._starts = [*self._starts[: self._gap], self._ends[self._gap - 1], *starts]
        self._ends = [*self._ends[: self._gap], starts[0], *ends]
        self.normal = f"{head} {tail}"

    def place(self, span: Span) -> tuple[int, int, str]:
        """Start, end and text of a span of the normalised text in the original."""
        start, end = self._starts[span[0]], self._ends[span[1] - 1]
        return start, end, self.text[start:end]

    def clauses(self) -> list[Span]:
        """Spans of the clauses in the normalised text; what was left out is in none."""
        breaks = [*self._line_breaks()]
        if self._gap is None:
            return _at_most(MOST_CLAUSES, split(self.normal, breaks))
        middle = self._gap + 1
        head = split(self.normal[: self._gap], breaks)
        tail = split(self.normal[middle:], [b - middle for b in breaks])
        return [
            *_at_most(MOST_CLAUSES // 2, head),
            *((a + middle, b + middle) for a, b in _at_most(MOST_CLAUSES // 2, tail)),
        ]

    def _line_breaks(self) -> Iterator[int]:
        """Positions of the blanks in the normalised text that stand for a line break."""
        for i, char in enumerate(self.normal):
            if char == " " and i != self._gap and "\n" in self.text[self._starts[i] : self._ends[i]]:
                yield i


def _at_most(most: int, spans: list[Span]) -> list[Span]:
    """The first spans, the last of them reaching to the end."""
    return spans if len(spans) <= most else [*spans[: most - 1], (spans[most - 1][0], spans[-1][1])]


def explain(texts: Sequence[str], judge: Judge) -> list[Explanation]:
    """Explanations of texts.

    Args:
        texts: any strings.
        judge: asks the model.
    """
    sources = [_Source(text, judge) for text in texts]
    return [explanation for explanation, _ in _ask(sources, [[] for _ in sources], judge)]


def review(
    texts: Sequence[str], ratings: Sequence[float | None], judge: Judge, lexicon: Lexicon, *, evidence: bool = True
) -> list[Review]:
    """Everything about texts.

    Args:
        texts: any strings.
        ratings: the stars that came with each, 1..5, or None.
        judge: asks the model.
        lexicon: words of aspects.
        evidence: whether to look for the words behind each verdict, which is most of the work.
    """
    sources = [_Source(text, judge, evidence=evidence) for text in texts]
    spans = [source.clauses() for source in sources]
    sentences = [_sentences(source.normal, own) for source, own in zip(sources, spans, strict=True)]
    answers = _ask(sources, [_clause_questions(own) for own in sentences], judge)
    out = []
    for source, own, said, (explanation, parts), rating in zip(
        sources, spans, sentences, answers, ratings, strict=True
    ):
        named = lexicon.find(source.normal, own) if explanation.verdict.korean else [[] for _ in own]
        # A review of one clause is asked about once.
        log_odds, verdicts = [explanation.log_odds], [explanation.verdict]
        if len(own) != 1:
            log_odds = _clause_log_odds(parts)
            moved = [lean(x, sum(n.leaning for n in names)) for x, names in zip(log_odds, named, strict=True)]
            verdicts = [judge.verdict(sentence, x) for sentence, x in zip(said, moved, strict=True)]
        clauses = [Clause(*source.place(span), verdict) for span, verdict in zip(own, verdicts, strict=True)]
        aspects = [
            _aspect(source, i, name, judge.verdict(said[i], lean(log_odds[i], name.leaning)))
            for i, names in enumerate(named)
            for name in names
        ]
        out.append(bundle(source.text, explanation, clauses, aspects, rating))
    return out


def _aspect(source: _Source, clause: int, named: Named, verdict: Verdict) -> Aspect:
    words = tuple(Word(*source.place(span)) for span in named.words)
    return Aspect(named.name, verdict.label, verdict.probability, verdict.band, clause, words)


def _sentences(text: str, spans: Sequence[Span]) -> list[str]:
    """The clauses as sentences of their own."""
    clauses = [text[a:b] for a, b in spans]
    following = [clause.split(maxsplit=1)[0].strip(",.") for clause in clauses[1:]]
    return [restate(clause, word) for clause, word in zip_longest(clauses, following, fillvalue="")]


def _clause_questions(sentences: Sequence[str]) -> list[str]:
    """What to ask about each clause of several: itself, it among its neighbours, and these without it."""
    if len(sentences) < 2:
        return []
    out = []
    for i, sentence in enumerate(sentences):
        before, after = sentences[max(0, i - 1) : i], sentences[i + 1 : i + 2]
        out += [sentence, " ".join([*before, sentence, *after]), " ".join([*before, *after])]
    return out


def _clause_log_odds(answers: Sequence[float]) -> list[float]:
    """What each clause says: alone, and what it adds to its neighbours."""
    return [
        CLAUSE_ALONE * alone + CLAUSE_ADDED * (among - without)
        for alone, among, without in zip(answers[::3], answers[1::3], answers[2::3], strict=True)
    ]


def _ask(
    sources: Sequence[_Source], parts: Sequence[Sequence[str]], judge: Judge
) -> list[tuple[Explanation, list[float]]]:
    """An explanation of each source, and the log-odds of each of its parts."""
    looked_at = [_close_look(source, judge) for source in sources]
    first = _Questions()
    asked = [
        (first.add(source.normal), [*map(first.add, erasures(source.normal, spans))], [*map(first.add, own)])
        for source, spans, own in zip(sources, looked_at, parts, strict=True)
    ]
    verdicts, log_odds = judge.ask(first.texts)
    falls = [[log_odds[whole] - log_odds[i] for i in erased] for whole, erased, _ in asked]
    second = _Questions()
    together = [
        {i: second.add(erase(source.normal, spans[i : i + 2])) for i in pairs_to_ask(alone)}
        for source, spans, alone in zip(sources, looked_at, falls, strict=True)
    ]
    pair_log_odds = judge.ask(second.texts)[1] if second.texts else []
    out = []
    for source, spans, (whole, _, own), alone, pairs in zip(sources, looked_at, asked, falls, together, strict=True):
        weights = weigh(alone, {i: log_odds[whole] - pair_log_odds[k] for i, k in pairs.items()})
        named = strongest(weights) if verdicts[whole].korean else []
        words = tuple(
            Evidence(*source.place(trim(source.normal, spans[i])), "+" if weights[i] > 0 else "-", round(weights[i], 4))
            for i in named
        )
        out.append((Explanation(verdicts[whole], log_odds[whole], words), [log_odds[i] for i in own]))
    return out


class _Questions:
    """Texts to ask a model about, each once."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}

    @property
    def texts(self) -> list[str]:
        return list(self._places)

    def add(self, text: str) -> int:
        """The place of a text's answer."""
        return self._places.setdefault(text, len(self._places))


def _close_look(source: _Source, judge: Judge) -> list[Span]:
    """The pieces of a text to erase: all, or in a long one those of the parts that matter most."""
    spans = source.pieces
    while len(spans) > MOST_PIECES:
        parts = chunks(spans, MOST_PARTS)
        asked = [source.normal, *(erase(source.normal, part) for part in parts)]
        whole, *without = judge.ask(asked)[1]
        order = sorted(range(len(parts)), key=lambda k: -abs(whole - without[k]))
        chosen = list(parts[order[0]])
        for k in order[1:]:
            if len(chosen) + len(parts[k]) > MOST_PIECES:
                break
            chosen += parts[k]
        spans = sorted(chosen)
    return spans
