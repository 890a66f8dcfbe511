"""``evaluate``, ``behaviour``, ``faithfulness`` and ``parts``: what a model is worth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress
from rich.table import Table

import nlp
from training.commands.around import around, err, out, service_model
from training.commands.full import print_evaluation
from training.commands.rated import read_held_out, read_held_out_movies
from training.commands.reading import reads
from training.commands.shown import cell
from training.messages import say
from training.reviews import ReadRules

ModelArgument = Annotated[Path | None, typer.Argument()]
DataOption = Annotated[list[Path] | None, typer.Option("--data", readable=False)]
AllRowsOption = Annotated[bool, typer.Option("--all-rows")]
FailuresOption = Annotated[bool, typer.Option("--failures")]


def _load(context: typer.Context, model: Path | None) -> nlp.Analyzer:
    """The model in that folder, or the one in service."""
    return nlp.load(service_model(around(context).store) if model is None else model)


@reads
def evaluate(
    context: typer.Context,
    model: ModelArgument = None,
    data: DataOption = None,
    against: Path | None = None,
    all_rows: AllRowsOption = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
    pictures: Path | None = None,
    movies: bool = False,
    *,
    rules: ReadRules,
) -> None:
    """Say what a model is worth on rated reviews that ``fit`` holds out."""
    from training.evaluate import evaluate as measure

    analyzer, other = _load(context, model), nlp.load(against) if against else None
    here = around(context)
    rated = read_held_out_movies(data) if movies else read_held_out(here, data, rules, all_rows=all_rows)
    rows, positive_above = rated.rows, rated.positive_above
    with Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
        bar = progress.add_task(say("progress_evaluating"), total=len(rows) * (2 if against else 1))
        first = measure(
            analyzer, rows, positive_above=positive_above, progress=lambda n: progress.update(bar, completed=n)
        )
        second = measure(other, rows, positive_above=positive_above) if other else None
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


@reads
def behaviour(
    context: typer.Context,
    model: ModelArgument = None,
    suites: Path | None = None,
    data: DataOption = None,
    all_rows: AllRowsOption = False,
    failures: FailuresOption = False,
    *,
    rules: ReadRules,
) -> None:
    """Say what a model does with negation, contrast, irony, slang, mere spelling and typing errors."""
    from training import behaviour as behaviours
    from training.noise import KINDS

    analyzer = _load(context, model)
    files = behaviours.suites_in(behaviours.SUITES if suites is None else suites)
    rated = read_held_out(around(context), data, rules, all_rows=all_rows)
    found = behaviours.Behaviour.of(analyzer, [r.text for r in rated.rows], rated.positive, files)
    table = Table(say("behaviour_suite"), say("behaviour_kind"), say("behaviour_right"), title=analyzer.model_id)
    for suite in found.suites:
        table.add_row(cell(suite.name), "", str(suite.passed))
        for kind, value in suite.by_kind.items():
            table.add_row("", cell(kind), say("behaviour_of", share=value.value, n=value.n))
    out.print(table)
    if failures:
        wrong = [f"{suite.name}: {text}" for suite in found.suites for text in suite.failed]
        out.print("\n".join(wrong), markup=False, highlight=False)
    title = say("behaviour_held_out", rows=found.rows)
    table = Table(say("behaviour_change"), say("behaviour_flips"), say("behaviour_of_changed"), title=title)
    for name, flips in found.flips.items():
        of = say("behaviour_of", share=flips.of_changed.value, n=flips.of_changed.n) if flips.of_changed.n else "–"
        table.add_row(say(f"change_{name}"), str(flips.of_all), of)
    out.print(table)
    kinds = [say(f"noise_{kind}") for kind in KINDS]
    table = Table(say("behaviour_spoilt"), *kinds, say("behaviour_mean"), title=say("behaviour_noise"))
    for amount, shares in found.noise.items():
        table.add_row(
            f"{amount:.0%}", *(f"{s.value:.2%}" for s in shares.values()), f"{found.mean_accuracy(amount):.2%}"
        )
    out.print(table)


@reads
def faithfulness(
    context: typer.Context,
    model: ModelArgument = None,
    data: DataOption = None,
    all_rows: AllRowsOption = False,
    reviews: Annotated[int, typer.Option(min=1)] = 1000,
    *,
    rules: ReadRules,
) -> None:
    """Say whether the words named as evidence matter more to a verdict than as many random ones."""
    from training.faithfulness import measure

    analyzer = _load(context, model)
    rows = read_held_out(around(context), data, rules, all_rows=all_rows).rows
    texts = [row.text for row in sorted(rows, key=lambda row: row.place)[:reviews]]
    with Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
        bar = progress.add_task(say("progress_explaining"), total=len(texts))
        result = measure(analyzer, texts, lambda done: progress.update(bar, completed=done))
    head = (say("faithful_erased"), say("faithful_falls"), say("faithful_turns"))
    table = Table(*head, title=say("faithful_title", rows=len(texts)))
    table.add_row(say("faithful_named"), f"{result.named:.3f}", f"{result.named_flips:.1%}")
    table.add_row(say("faithful_random"), f"{result.random:.3f}", f"{result.random_flips:.1%}")
    out.print(table)
    out.print(say("faithful_more", share=result.more), markup=False, highlight=False)
    out.print(say("faithful_words", words=result.words, left_out=result.left_out), markup=False, highlight=False)


def parts(
    context: typer.Context,
    model: ModelArgument = None,
    suites: Path | None = None,
    failures: FailuresOption = False,
) -> None:
    """Say how well reviews are cut into clauses, and how well aspects and their polarity are found."""
    from training.parts import SUITES, measure_aspects, measure_clauses

    folder = SUITES if suites is None else suites
    clauses = measure_clauses(folder / "clauses.tsv")
    aspects = measure_aspects(_load(context, model), folder / "aspects.tsv")
    table = Table("", "F1", say("precision"), say("recall"), say("parts_counts"))
    found = {say("parts_clauses"): clauses, say("parts_aspects"): aspects.found, **aspects.by_name}
    for name, f in found.items():
        numbers = f"{f.right}, {f.extra}, {f.missed}"
        table.add_row(cell(name), f"{f.f1:.3f}", f"{f.precision:.3f}", f"{f.recall:.3f}", numbers)
    out.print(table)
    out.print(say("parts_polarity", share=aspects.polarity), markup=False, highlight=False)
    if failures:
        lines = [*clauses.failed, "", *aspects.found.failed, "", *aspects.wrong_polarity]
        out.print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)
