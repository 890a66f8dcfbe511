"""``evaluate``, ``behaviour``, ``faithfulness`` and ``parts``: what a model is worth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress
from rich.table import Table

import nlp
from training.commands.around import err, out
from training.commands.full import corpus_files, print_evaluation, read_corpus
from training.data import Row, read_rated
from training.errors import DataError
from training.messages import say
from training.rows import split

ModelArgument = Annotated[Path | None, typer.Argument()]
DataOption = Annotated[list[Path] | None, typer.Option("--data")]
FailuresOption = Annotated[bool, typer.Option("--failures")]


def _rated(data: list[Path] | None) -> list[Row]:
    return [row for path in corpus_files(data).rated for row in read_corpus(path, "rated", read_rated)]


def evaluate(
    model: ModelArgument = None,
    data: DataOption = None,
    against: Path | None = None,
    all_rows: Annotated[bool, typer.Option("--all-rows")] = False,
    positive_above: float = 3,
    as_json: Annotated[bool, typer.Option("--json")] = False,
    pictures: Path | None = None,
) -> None:
    """Say what a model is worth on rated reviews; of the project's corpora only held-out rows are used."""
    from training.evaluate import evaluate as measure

    rows = _rated(data)
    if not all_rows:
        rows = split(rows)[1]
    if not rows:
        raise DataError("no_rows_to_measure")
    with Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
        bar = progress.add_task(say("progress_evaluating"), total=len(rows) * (2 if against else 1))
        first = measure(
            nlp.load(model), rows, positive_above=positive_above, progress=lambda n: progress.update(bar, completed=n)
        )
        second = measure(nlp.load(against), rows, positive_above=positive_above) if against else None
    if pictures is not None:
        from training.report import draw_evaluation

        for path in draw_evaluation(first, pictures):
            err.print(say("picture", path=path), markup=False, highlight=False, soft_wrap=True)
    if as_json:
        result = first.to_dict() | (
            {"against": second.to_dict(), "paired": first.against(second).__dict__} if second else {}
        )
        typer.echo(json.dumps(result, ensure_ascii=False))
        return
    print_evaluation(first, f"{first.model_id}")
    if second is not None:
        print_evaluation(second, f"{second.model_id}")
        out.print(say("paired_mcnemar", paired=first.against(second)), markup=False, highlight=False)


def behaviour(
    model: ModelArgument = None,
    suites: Path = Path("tests/data/behaviour"),
    data: DataOption = None,
    failures: FailuresOption = False,
) -> None:
    """Say what a model does with negation, contrast, irony, slang, mere spelling and typing errors."""
    from training import behaviour as behaviours
    from training.noise import KINDS

    analyzer = nlp.load(model)
    table = Table(say("behaviour_suite"), say("behaviour_kind"), say("behaviour_right"), title=analyzer.model_id)
    wrong: list[str] = []
    for path in sorted(suites.glob("*.tsv")):
        result = behaviours.run_suite(analyzer, path)
        table.add_row(result.name, "", str(result.passed))
        for kind, value in result.by_kind.items():
            table.add_row("", kind, say("behaviour_of", share=value.value, n=value.n))
        wrong += [f"{result.name}: {text}" for text in result.failed]
    out.print(table)
    if failures:
        out.print("\n".join(wrong), markup=False, highlight=False)
    rows = split(_rated(data))[1]
    texts, positive = [r.text for r in rows], [(r.rating or 0) > 3 for r in rows]
    title = say("behaviour_held_out", rows=len(texts))
    table = Table(say("behaviour_change"), say("behaviour_flips"), title=title)
    for name, value in behaviours.invariance(analyzer, texts).items():
        table.add_row(say(f"change_{name}"), str(value))
    out.print(table)
    kinds = [say(f"noise_{kind}") for kind in KINDS]
    table = Table(say("behaviour_spoilt"), *kinds, say("behaviour_mean"), title=say("behaviour_noise"))
    for amount in (0.0, 0.1, 0.2):
        shares = behaviours.under_noise(analyzer, texts, positive, amount)
        mean = sum(s.value for s in shares.values()) / len(shares)
        table.add_row(f"{amount:.0%}", *(f"{s.value:.2%}" for s in shares.values()), f"{mean:.2%}")
    out.print(table)


def faithfulness(
    model: ModelArgument = None,
    data: DataOption = None,
    reviews: Annotated[int, typer.Option(min=1)] = 1000,
) -> None:
    """Say whether the words named as evidence matter more to a verdict than as many random ones."""
    from training.faithfulness import measure

    rows = split(_rated(data))[1]
    if not rows:
        raise DataError("no_held_out")
    texts = [row.text for row in sorted(rows, key=lambda row: row.place)[:reviews]]
    with Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
        bar = progress.add_task(say("progress_explaining"), total=len(texts))
        result = measure(nlp.load(model), texts, lambda done: progress.update(bar, completed=done))
    head = (say("faithful_erased"), say("faithful_falls"), say("faithful_turns"))
    table = Table(*head, title=say("faithful_title", rows=len(texts)))
    table.add_row(say("faithful_named"), f"{result.named:.3f}", f"{result.named_flips:.1%}")
    table.add_row(say("faithful_random"), f"{result.random:.3f}", f"{result.random_flips:.1%}")
    out.print(table)
    out.print(say("faithful_more", share=result.more), markup=False, highlight=False)
    out.print(say("faithful_words", words=result.words, left_out=result.left_out), markup=False, highlight=False)


def parts(model: ModelArgument = None, suites: Path = Path("tests/data"), failures: FailuresOption = False) -> None:
    """Say how well reviews are cut into clauses, and how well aspects and their polarity are found."""
    from training.parts import measure_aspects, measure_clauses

    clauses = measure_clauses(suites / "clauses.tsv")
    aspects = measure_aspects(nlp.load(model), suites / "aspects.tsv")
    table = Table("", "F1", say("precision"), say("recall"), say("parts_counts"))
    found = {say("parts_clauses"): clauses, say("parts_aspects"): aspects.found, **aspects.by_name}
    for name, f in found.items():
        numbers = f"{f.right}, {f.extra}, {f.missed}"
        table.add_row(name, f"{f.f1:.3f}", f"{f.precision:.3f}", f"{f.recall:.3f}", numbers)
    out.print(table)
    out.print(say("parts_polarity", share=aspects.polarity), markup=False, highlight=False)
    if failures:
        lines = [*clauses.failed, "", *aspects.found.failed, "", *aspects.wrong_polarity]
        out.print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)
