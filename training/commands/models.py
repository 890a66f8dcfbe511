"""``promote``, ``rollback`` and ``models``: which model serves."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

import nlp
from nlp import artifact
from nlp.golden import GOLDEN, LEAST_RIGHT, golden_right
from training.commands.around import Around, around, err, out, service_model
from training.compare import RECORD, Comparison, read_record
from training.data import DataError
from training.reviews import ReadRules, read_reviews
from training.rows import split

models_app = typer.Typer(no_args_is_help=True, help="The models that were put into service.")

_MOST_RECORD = 4096


def promote(
    context: typer.Context,
    model: Annotated[Path, typer.Argument(help="Model folder.")],
    data: Annotated[
        list[Path] | None, typer.Option("--data", help="Rated reviews to compare on; held-out rows only.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Even if it is worse, or nobody knows.")] = False,
) -> None:
    """Put a model into service; running bots change over by themselves."""
    promote_folder(around(context), model, force=force, data=data)


def promote_folder(
    here: Around, model: Path, *, force: bool, data: list[Path] | None = None, rules: ReadRules | None = None
) -> None:
    """Test a model and put it into service.

    Args:
        here: the program around.
        model: its folder.
        force: also if it is worse, or nobody knows.
        data: rated reviews to compare on; by the record in the model's folder if None.
        rules: how to read them.

    Raises:
        ArtifactError: if it is damaged.
        DataError: if it fails the smoke test or is worse, and ``force`` is not given.
    """
    analyzer = nlp.load(model)
    right = golden_right(analyzer)
    err.print(f"smoke test: {right} of {len(GOLDEN)} golden sentences right", highlight=False)
    if right < LEAST_RIGHT and not force:
        raise DataError(
            f"{analyzer.model_id} has only {right} of {len(GOLDEN)} golden sentences right, fewer than {LEAST_RIGHT}, "
            "and was not put into service (--force does it all the same)"
        )
    if not force:
        _check_not_worse(here, model, analyzer, data, rules or ReadRules())
    model_id = here.store.promote(model)
    out.print(
        f"in service: {model_id} (back with: {here.program} rollback)", markup=False, highlight=False, soft_wrap=True
    )


def _check_not_worse(
    here: Around, model: Path, analyzer: nlp.Analyzer, data: list[Path] | None, rules: ReadRules
) -> None:
    serving = service_model(here.store)
    serving_id = artifact.load(serving).model_id
    if serving_id == analyzer.model_id:
        return
    if data:
        from training.evaluate import evaluate

        reviews = read_reviews(data, rules, here.host)
        held = split(reviews.rows)[1]
        if not held:
            raise DataError("no held-out rows to compare on; give a larger file")
        above = reviews.positive_above
        new, old = (evaluate(a, held, positive_above=above) for a in (analyzer, nlp.load(serving)))
        comparison = Comparison.of(new.right, old.right, serving_id)
        err.print(comparison.sentence(), highlight=False, soft_wrap=True)
        outcome: str = comparison.outcome
    else:
        record = _record(model)
        if record is None or record["against"] != serving_id:
            raise DataError(
                f"{analyzer.model_id} was not compared with {serving_id}, which is in service; name rated reviews "
                "with --data to compare them, or put it into service all the same with --force"
            )
        outcome = str(record["outcome"])
    if outcome == "worse":
        raise DataError(
            f"{analyzer.model_id} is worse than {serving_id}, which stays in service (--force does it all the same)"
        )


def _record(model: Path) -> dict[str, object] | None:
    """How the model compared when it was made; its folder was checked already."""
    path = model / RECORD
    if RECORD not in artifact.files(model):
        return None
    with open(path, "rb") as file:
        return read_record(file.read(_MOST_RECORD))


def rollback(context: typer.Context) -> None:
    """Put the model into service that served before."""
    model_id = around(context).store.rollback()
    out.print(f"in service: {model_id or 'the bundled model'}", markup=False, highlight=False)


@models_app.command("list")
def list_models(context: typer.Context) -> None:
    """The models in the store, newest first, and which serves."""
    store = around(context).store
    state = store.state()
    table = Table("", "model", "compared with", "outcome")
    for model_id in state.kept:
        try:
            record = _record(store.path(model_id)) or {}
        except nlp.ArtifactError:
            record = {"outcome": "damaged"}
        mark = "→" if model_id == state.current else ""
        table.add_row(mark, model_id, str(record.get("against", "–")), str(record.get("outcome", "–")))
    table.add_row("→" if state.current is None else "", "(bundled)", "", "")
    out.print(table)


@models_app.command("path")
def model_path(context: typer.Context) -> None:
    """The folder of the model in service."""
    typer.echo(str(service_model(around(context).store)))


@models_app.command("verify")
def verify(context: typer.Context) -> None:
    """Check every file of every model in the store, and that the one in service answers."""
    store = around(context).store
    state = store.state()
    broken = []
    for model_id in state.kept:
        try:
            artifact.load(store.path(model_id))
        except nlp.ArtifactError as error:
            broken.append(str(error))
    if state.current is not None and state.current not in state.kept:
        artifact.load(store.path(state.current))
    if broken:
        raise nlp.ArtifactError("; ".join(broken))
    right = golden_right(nlp.load(service_model(store)))
    out.print(
        f"{len(state.kept)} models are whole; the one in service has {right} of {len(GOLDEN)} right", highlight=False
    )


@models_app.command("show")
def show(
    context: typer.Context,
    model: Annotated[
        str, typer.Argument(help="Id of a model in the store, or a folder; that in service if left out.")
    ] = "",
) -> None:
    """The card of a model."""
    store = around(context).store
    if not model:
        folder = service_model(store)
    elif model in store.state().kept:
        folder = store.path(model)
    else:
        folder = Path(model)
    artifact.load(folder)
    card = folder / artifact.CARD
    typer.echo(card.read_text("utf-8") if card.is_file() else f"{folder.name} has no card")
