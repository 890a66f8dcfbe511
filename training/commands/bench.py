"""``bench``: how fast a network learns, beside the course's script."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from training.backend import load_keras
from training.commands.around import SeedOption, around, out
from training.commands.reading import reads
from training.compare import Comparison
from training.enough import check_comparable
from training.errors import DataError
from training.messages import say
from training.reviews import ReadRules, read_reviews

FASTER = 4.0
"""What this package means to be, in reviews a second."""

_ROWS = (20_000, 100_000, 700_000)
_LEAST = 1_000  # a tenth of fewer can be too few to be split


@reads
def bench(
    context: typer.Context,
    data: Annotated[list[Path] | None, typer.Option("--data", readable=False)] = None,
    rows: Annotated[int, typer.Option(min=0)] = 0,
    seed: SeedOption = 0,
    memory: Annotated[bool, typer.Option("--memory")] = False,
    *,
    rules: ReadRules,
) -> None:
    """Train the course's network as its script does and as this package does, on the same rows in one run."""
    if memory:
        if 0 < rows < _LEAST:
            raise DataError("memory_rows_few", least=_LEAST)
        _memory(rows)
        return
    from training import recipe as recipes
    from training.commands.full import corpus_files

    reviews = read_reviews(data or corpus_files(None).rated, replace(rules, as_taught=True), around(context).host)
    reviews.rows = reviews.rows[: rows or None]
    check_comparable(reviews.rows, reviews.positive_above)
    load_keras()
    from training.bench import bench as measure

    course = recipes.load("course-char-lstm").course
    assert course is not None  # noqa: S101 - it comes along
    theirs, ours = measure(course, reviews, seed)
    table = Table(
        "",
        say("bench_per_second"),
        say("bench_per_processor"),
        say("accuracy"),
        title=say("bench_title", rows=len(reviews.rows), epochs=course.epochs),
    )
    for name, speed in ((say("bench_course"), theirs), (say("bench_ours"), ours)):
        rates = (f"{rate:,.0f}" for rate in (speed.reviews_per_second, speed.reviews_per_processor_second))
        table.add_row(name, *rates, str(speed.accuracy))
    out.print(table)
    times = ours.reviews_per_second / theirs.reviews_per_second
    same = Comparison.of(ours.right, theirs.right, "course")
    out.print(say(f"bench_{same.outcome}", times=times, paired=same.paired), markup=False, highlight=False)
    if times < FASTER or same.outcome == "worse":
        out.print(say("bench_missed", aim=FASTER), markup=False, highlight=False)


def _memory(rows: int) -> None:
    """Print what learning holds with more and more rows, and what each row adds."""
    import tempfile

    from training.memory import measure

    for recipe in ("shop", "course-char-lstm"):
        table = Table(*(say(f"memory_{head}") for head in ("rows", "peak", "more", "text", "tokens")), title=recipe)
        last = None
        with tempfile.TemporaryDirectory() as folder:
            for count in (rows // 10, rows) if rows else _ROWS:
                held = measure(recipe, count, Path(folder))
                more = f"{(held.peak_bytes - last.peak_bytes) / (held.rows - last.rows):,.0f}" if last else "–"
                own = (f"{size / held.rows:,.0f}" for size in (held.text_bytes, held.token_bytes))
                table.add_row(f"{held.rows:,}", f"{held.peak_bytes / 1e6:,.0f} MB", more, *own)
                last = held
        out.print(table)
