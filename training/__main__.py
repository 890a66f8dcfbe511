"""``python -m training``: make a model, measure it, put it into service."""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress
from rich.table import Table

import nlp
from training.commands.around import BAD_DATA, CONFIG, INTERRUPTED, IO_ERROR, USAGE, Around, err, out
from training.commands.bench import bench
from training.commands.compare import compare
from training.commands.curve import curve
from training.commands.fetch import fetch
from training.commands.fit import fit
from training.commands.full import corpus_files, print_evaluation, read_corpus
from training.commands.models import models_app, promote, rollback
from training.commands.vectors import vectors_app
from training.data import DataError, read_rated
from training.host import Host, find_host
from training.rows import split

_EXTRA = {"tensorflow", "keras", "sklearn", "scipy", "joblib", "matplotlib"}

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)
app.command("fit")(fit)
app.add_typer(models_app, name="models")
app.add_typer(vectors_app, name="vectors")
app.command("bench")(bench)
app.command("compare")(compare)
app.command("curve")(curve)
app.command("fetch")(fetch)
app.command("promote")(promote)
app.command("rollback")(rollback)

DataOption = Annotated[
    list[Path] | None, typer.Option("--data", help="Rated reviews, rating<TAB>review; may be given more than once.")
]


@app.command()
def evaluate(
    model: Annotated[Path | None, typer.Argument(help="Model folder; the bundled model if left out.")] = None,
    data: DataOption = None,
    against: Annotated[Path | None, typer.Option(help="Another model folder, compared on the same rows.")] = None,
    all_rows: Annotated[
        bool, typer.Option("--all-rows", help="Also rows that models learn from (another corpus).")
    ] = False,
    positive_above: Annotated[float, typer.Option(help="Ratings above this are positive.")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    pictures: Annotated[Path | None, typer.Option(help="Folder for the pictures.")] = None,
) -> None:
    """Say what a model is worth on rated reviews; of the project's corpora only held-out rows are used."""
    from training.evaluate import evaluate as measure

    rows = [row for path in corpus_files(data).rated for row in read_corpus(path, "rated", read_rated)]
    if not all_rows:
        rows = split(rows)[1]
    if not rows:
        raise DataError("no rows are left to evaluate; give a larger file, or --all-rows")
    with Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
        bar = progress.add_task("evaluating", total=len(rows) * (2 if against else 1))
        first = measure(
            nlp.load(model), rows, positive_above=positive_above, progress=lambda n: progress.update(bar, completed=n)
        )
        second = measure(nlp.load(against), rows, positive_above=positive_above) if against else None
    if pictures is not None:
        from training.report import draw_evaluation

        for path in draw_evaluation(first, pictures):
            err.print(f"picture: {path}", highlight=False)
    if as_json:
        result = first.to_dict() | (
            {"against": second.to_dict(), "paired": first.against(second).__dict__} if second else {}
        )
        typer.echo(json.dumps(result, ensure_ascii=False))
        return
    print_evaluation(first, f"{first.model_id}")
    if second is not None:
        print_evaluation(second, f"{second.model_id}")
        out.print(f"paired (McNemar): {first.against(second)}", highlight=False)


@app.command()
def behaviour(
    model: Annotated[Path | None, typer.Argument(help="Model folder; the bundled model if left out.")] = None,
    suites: Annotated[Path, typer.Option(help="Folder of suites.")] = Path("tests/data/behaviour"),
    data: DataOption = None,
    failures: Annotated[bool, typer.Option(help="List the cases that failed.")] = False,
) -> None:
    """Say what a model does with negation, contrast, irony, slang, mere spelling and typing errors."""
    from training import behaviour as behaviours
    from training.noise import KINDS

    analyzer = nlp.load(model)
    table = Table("suite", "kind", "right", title=analyzer.model_id)
    wrong: list[str] = []
    for path in sorted(suites.glob("*.tsv")):
        result = behaviours.run_suite(analyzer, path)
        table.add_row(result.name, "", str(result.passed))
        for kind, value in result.by_kind.items():
            table.add_row("", kind, f"{value.value:.0%} of {value.n}")
        wrong += [f"{result.name}: {text}" for text in result.failed]
    out.print(table)
    if failures:
        out.print("\n".join(wrong), markup=False, highlight=False)
    rows = split([row for path in corpus_files(data).rated for row in read_corpus(path, "rated", read_rated)])[1]
    texts, positive = [r.text for r in rows], [(r.rating or 0) > 3 for r in rows]
    table = Table("change", "verdicts that flip", title=f"{len(texts):,} held-out reviews")
    for name, value in behaviours.invariance(analyzer, texts).items():
        table.add_row(name, str(value))
    out.print(table)
    table = Table("syllables spoilt", *KINDS, "mean", title="accuracy under noise")
    for amount in (0.0, 0.1, 0.2):
        shares = behaviours.under_noise(analyzer, texts, positive, amount)
        mean = sum(s.value for s in shares.values()) / len(shares)
        table.add_row(f"{amount:.0%}", *(f"{s.value:.2%}" for s in shares.values()), f"{mean:.2%}")
    out.print(table)


@app.command()
def faithfulness(
    model: Annotated[Path | None, typer.Argument(help="Model folder; the bundled model if left out.")] = None,
    data: DataOption = None,
    reviews: Annotated[int, typer.Option(min=1, help="At most so many held-out reviews.")] = 1000,
) -> None:
    """Say whether the words named as evidence matter more to a verdict than as many random ones."""
    from training.faithfulness import measure

    rows = split([row for path in corpus_files(data).rated for row in read_corpus(path, "rated", read_rated)])[1]
    if not rows:
        raise DataError("no held-out rows; give a larger file")
    texts = [row.text for row in sorted(rows, key=lambda row: row.place)[:reviews]]
    with Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
        bar = progress.add_task("explaining", total=len(texts))
        result = measure(nlp.load(model), texts, lambda done: progress.update(bar, completed=done))
    table = Table("erased", "probability of the verdict falls by", "verdict turns", title=f"{len(texts):,} reviews")
    table.add_row("the named words", f"{result.named:.3f}", f"{result.named_flips:.1%}")
    table.add_row("as many random words", f"{result.random:.3f}", f"{result.random_flips:.1%}")
    out.print(table)
    out.print(f"the named words matter more in {result.more}", highlight=False)
    out.print(f"erased: {result.words:.0%} of a review's words; left out: {result.left_out:,} reviews", highlight=False)


@app.command()
def parts(
    model: Annotated[Path | None, typer.Argument(help="Model folder; the bundled model if left out.")] = None,
    suites: Annotated[Path, typer.Option(help="Folder of clauses.tsv and aspects.tsv.")] = Path("tests/data"),
    failures: Annotated[bool, typer.Option(help="List the sentences that failed.")] = False,
) -> None:
    """Say how well reviews are cut into clauses, and how well aspects and their polarity are found."""
    from training.parts import measure_aspects, measure_clauses

    clauses = measure_clauses(suites / "clauses.tsv")
    aspects = measure_aspects(nlp.load(model), suites / "aspects.tsv")
    table = Table("", "F1", "precision", "recall", "right, extra, missed")
    for name, f in {"clause boundaries": clauses, "aspects": aspects.found, **aspects.by_name}.items():
        numbers = f"{f.right}, {f.extra}, {f.missed}"
        table.add_row(name, f"{f.f1:.3f}", f"{f.precision:.3f}", f"{f.recall:.3f}", numbers)
    out.print(table)
    out.print(f"polarity of the aspects found: {aspects.polarity}", highlight=False)
    if failures:
        lines = [*clauses.failed, "", *aspects.found.failed, "", *aspects.wrong_polarity]
        out.print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)


def main(arguments: Sequence[str] | None = None, host: Host | None = None, program: str = "python -m training") -> int:
    """Run; a user's mistake is one sentence and a status, not a traceback.

    Args:
        arguments: of the command line; those of this process if None.
        host: the program around; the installed one if None.
        program: what was typed.

    Returns:
        The exit status.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # it says much, and what is wrong it raises
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        status = app(words, prog_name=program, obj=Around(host or find_host(), program), standalone_mode=False)
        return status if isinstance(status, int) else 0
    except typer.TyperException as error:
        return _complain(f"{error.format_message()} ({program} --help)", USAGE)
    except DataError as error:
        return _complain(str(error), BAD_DATA)
    except nlp.ArtifactError as error:
        return _complain(str(error), CONFIG)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _EXTRA:
            raise
        return _complain(f'training needs {error.name}; install it with pip install "nunchi[train]"', CONFIG)
    except FloatingPointError as error:
        return _complain(str(error), BAD_DATA)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        what = "the disk is full" if full else f"a file cannot be read or written: {error.strerror or 'unknown reason'}"
        return _complain(
            f"{what} ({error.filename or 'while saving'}); mend that and give the same command again", IO_ERROR
        )
    except (KeyboardInterrupt, typer.Abort):
        return _complain("interrupted; give the same command again to go on", INTERRUPTED)


def _complain(sentence: str, status: int) -> int:
    typer.echo(" ".join(sentence.split()), err=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
