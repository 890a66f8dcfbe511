"""Corpora cut into tokens once: in parallel where it is slow, and kept for the next network.

What is kept is JSON, not joblib's own cache, which is made of pickles: a file that someone else put there must not be
able to run code.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import overload

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from nlp import tokenizer
from nlp.tokenizers.morphemes import MissingAnalyserError
from training.errors import DataError
from training.messages import say
from training.versions import installed

_CHUNK = 2000
_ANALYSERS = {"kiwi": ("kiwipiepy", "kiwipiepy_model"), "mecab-ko": ("python-mecab-ko",)}
Cut = Callable[[str], list[str]]
Tell = Callable[[str, int, int], None]


def cutter(kind: str) -> Cut:
    """What cuts a text into tokens; ``syllable`` is every character, blanks too.

    Raises:
        DataError: if there is no such tokenizer, or it is not installed.
    """
    if kind == "syllable":
        return list
    check_kind(kind, "syllable")
    try:
        cut: Cut = tokenizer.create(kind)(()).tokens
    except MissingAnalyserError as error:
        sentence = f"analyser_missing_{error.beside}" if error.beside else "analyser_missing"
        raise DataError(sentence, kind=kind, extra=error.extra) from None
    return cut


def check_kind(kind: str, *more: str) -> None:
    """Say that a tokenizer is known, whether or not it is installed.

    Args:
        kind: its name.
        more: names that are known here alone.

    Raises:
        DataError: if it is not.
    """
    known = (*more, *tokenizer.KINDS, *tokenizer.MORPHEME_KINDS)
    if kind not in known:
        raise DataError("tokenizer_missing", kind=kind, names=", ".join(known))


class _Cutting(Sequence[list[str]]):
    """Texts that are cut when they are asked for: cheaper than to hold every token as an object."""

    def __init__(self, texts: Sequence[str], cut: Cut) -> None:
        self._texts, self._cut = texts, cut

    def __len__(self) -> int:
        return len(self._texts)

    @overload
    def __getitem__(self, at: int) -> list[str]: ...
    @overload
    def __getitem__(self, at: slice) -> _Cutting: ...
    def __getitem__(self, at: int | slice) -> list[str] | _Cutting:
        return _Cutting(self._texts[at], self._cut) if isinstance(at, slice) else self._cut(self._texts[at])


def cut_all(
    kind: str, texts: Sequence[str], cache: Path, jobs: int = 0, tell: Tell | None = None
) -> Sequence[list[str]]:
    """Cut texts into tokens; where that is slow, what an interrupted run has cut is not cut again.

    Args:
        kind: of the tokenizer.
        texts: normalised.
        cache: folder in which the tokens of morpheme analysers are kept, by analyser and texts.
        jobs: processes; as many as there are cores if 0.
        tell: told how many texts an analyser has cut, of how many; a progress bar if None.

    Raises:
        DataError: see :func:`cutter`.
    """
    cut = cutter(kind)
    if kind not in tokenizer.MORPHEME_KINDS or not texts:
        return _Cutting(texts, cut)
    path = cache / f"tokens-{kind}-{_digest(kind, texts)}.json.gz"
    kept = _read(path, len(texts))
    if kept is not None:
        return kept
    from joblib import Parallel, delayed

    chunks = [texts[i : i + _CHUNK] for i in range(0, len(texts), _CHUNK)]
    parts = cache / path.name.removesuffix(".json.gz")
    parts.mkdir(parents=True, exist_ok=True)
    files = [parts / f"{i}.json.gz" for i in range(len(chunks))]
    found = [_read(file, len(chunk)) for file, chunk in zip(files, chunks, strict=True)]
    todo = [i for i, there in enumerate(found) if there is None]
    workers = min(jobs or os.cpu_count() or 1, len(todo) or 1)
    done = Parallel(n_jobs=workers, return_as="generator")(delayed(_cut_chunk)(kind, list(chunks[i])) for i in todo)
    with _bar() if tell is None else nullcontext(tell) as told:
        for count, (i, cut_now) in enumerate(zip(todo, done, strict=True), len(chunks) - len(todo) + 1):
            found[i] = cut_now
            _write(files[i], cut_now)
            told(say("progress_cutting"), min(count * _CHUNK, len(texts)), len(texts))
    tokens = [row for rows in found for row in rows or ()]
    _write(path, tokens)
    shutil.rmtree(parts, ignore_errors=True)
    return tokens


@contextmanager
def _bar() -> Iterator[Tell]:
    """A progress bar, where there is a terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda what, done, of: progress.update(task, description=what, completed=done, total=of)


def _cut_chunk(kind: str, texts: list[str]) -> list[list[str]]:
    cut = cutter(kind)
    return [cut(text) for text in texts]


def _digest(kind: str, texts: Sequence[str]) -> str:
    """Of the texts and of the analyser's version, since another one cuts in other places; of nothing else."""
    digest = hashlib.sha256(json.dumps([kind, installed(_ANALYSERS.get(kind, ("konlpy",)))]).encode())
    for text in texts:
        digest.update(text.encode("utf-8", "surrogatepass") + b"\0")
    return digest.hexdigest()[:16]


def _write(path: Path, rows: Sequence[list[str]]) -> None:
    """Write them, whole or not at all."""
    part = path.with_suffix(f".{os.getpid()}")
    with gzip.open(part, "wt", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=True) + "\n")
    part.replace(path)


def _read(path: Path, rows: int) -> list[list[str]] | None:
    """What is kept; None if there is nothing, or it is damaged."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            kept = [json.loads(line) for line in file]
    except (OSError, EOFError, ValueError):
        return None
    good = len(kept) == rows and all(isinstance(r, list) and all(isinstance(t, str) for t in r) for r in kept)
    return kept if good else None
