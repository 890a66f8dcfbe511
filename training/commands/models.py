"""``promote``, ``rollback`` and ``models``: which model serves."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

import nlp
from nlp import artifact, sealed
from nlp.analyze import BUNDLED
from nlp.golden import GOLDEN, LEAST_RIGHT, golden_right
from nlp.modelstore import ModelStore, State
from training.commands.around import Around, around, err, in_words, out, service_model
from training.commands.reading import reads
from training.commands.shown import cell, plain
from training.compare import RECORD, Comparison, read_record
from training.errors import DataError
from training.messages import say
from training.reviews import ReadRules, read_reviews
from training.rows import split

models_app = typer.Typer(no_args_is_help=True)

_MOST_RECORD = 4096


@reads
def promote(
    context: typer.Context,
    model: Annotated[Path, typer.Argument()],
    data: Annotated[list[Path] | None, typer.Option("--data", readable=False)] = None,
    force: Annotated[bool, typer.Option("--force")] = False,
    *,
    rules: ReadRules,
) -> None:
    """Put a model into service; running bots change over by themselves."""
    here = around(context)
    promote_folder(here, _folder(here.store, str(model)), force=force, data=data, rules=rules)


def _folder(store: ModelStore, model: str) -> Path:
    """The folder that somebody named, by its path or as the id of a model in the store."""
    by_id = sealed.is_id(model) and not Path(model).is_dir() and store.path(model).is_dir()
    return store.path(model) if by_id else Path(model)


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
    counts = {"right": right, "of": len(GOLDEN)}
    err.print(say("promote_smoke", **counts), markup=False, highlight=False)
    if right < LEAST_RIGHT and not force:
        raise DataError("promote_smoke_failed", model=analyzer.model_id, least=LEAST_RIGHT, **counts)
    if not force:
        _check_not_worse(here, model, analyzer, data, rules or ReadRules())
    model_id = here.store.promote(model)
    said = say("promoted", model=model_id, command=f"{here.program} rollback")
    out.print(said, markup=False, highlight=False, soft_wrap=True)


def _check_not_worse(
    here: Around, model: Path, analyzer: nlp.Analyzer, data: list[Path] | None, rules: ReadRules
) -> None:
    serving, served = _serving(here.store)
    serving_id = artifact.load(serving).model_id
    if analyzer.model_id in (serving_id, *served):
        return
    if data:
        from training.evaluate import evaluate

        reviews = read_reviews(data, rules, here.host)
        held = split(reviews.rows)[1]
        if not held:
            raise DataError("no_held_out")
        above = reviews.positive_above
        new, old = (evaluate(a, held, positive_above=above) for a in (analyzer, nlp.load(serving)))
        comparison = Comparison.of(new.right, old.right, serving_id)
        err.print(comparison.sentence(), highlight=False, soft_wrap=True)
        outcome: str = comparison.outcome
    else:
        record = _record(model)
        if record is None or record["against"] not in (serving_id, *served):
            raise DataError("promote_unknown", model=analyzer.model_id, serving=serving_id)
        outcome = str(record["outcome"])
    if outcome == "worse":
        raise DataError("promote_worse", model=analyzer.model_id, serving=serving_id)


def _serving(store: ModelStore) -> tuple[Path, tuple[str, ...]]:
    """Folder of the model to compare with, and ids of those that may serve in its place, which is said.

    Promoting is how a damaged store is mended, so nothing about it may be in the way: where nobody knows which model
    serves, any in the store may be the one that a new model was compared with when it was made.
    """
    if store.lost():
        err.print(say("promote_pointer_lost"), markup=False, highlight=False, soft_wrap=True)
        return BUNDLED, store.ids()
    found = store.whole()
    folder = BUNDLED if found.model_id is None else store.path(found.model_id)
    if not found.skipped:
        return folder, ()
    other = found.model_id or say("models_bundled")
    said = say("promote_serving_damaged", model=found.skipped[0], other=other)
    err.print(said, markup=False, highlight=False, soft_wrap=True)
    return folder, found.skipped[:1]


def _record(model: Path) -> dict[str, object] | None:
    """How the model compared when it was made; its folder was checked already."""
    path = model / RECORD
    if RECORD not in artifact.files(model):
        return None
    with open(path, "rb") as file:
        return read_record(file.read(_MOST_RECORD))


def rollback(context: typer.Context) -> None:
    """Put the model into service that served before; one that is gone or damaged is passed over."""
    done = around(context).store.rollback()
    for model_id in done.skipped:
        err.print(say("rollback_skipped", model=model_id), markup=False, highlight=False, soft_wrap=True)
    said = say("rolled_back_bundled") if done.model_id is None else say("rolled_back", model=done.model_id)
    out.print(said, markup=False, highlight=False)


@models_app.command("list")
def list_models(context: typer.Context) -> None:
    """The models in the store, newest first, and which serves."""
    store = around(context).store
    unknown = None
    try:
        state = store.state()
    except nlp.ArtifactError as error:
        if error.kind != "pointer":
            raise
        state, unknown = State(), error
    table = Table("", say("models_model"), say("models_against"), say("models_outcome"))
    for model_id in state.kept or store.ids():
        try:
            store.check(model_id)
            record = _record(store.path(model_id)) or {}
        except nlp.ArtifactError:
            record = {"outcome": "damaged"}
        mark = "→" if model_id == state.current else ""
        table.add_row(mark, model_id, cell(str(record.get("against", "–"))), _outcome(record))
    table.add_row("→" if state.current is None and not unknown else "", say("models_bundled"), "", "")
    out.print(table)
    if unknown:
        raise unknown


def _outcome(record: dict[str, object]) -> str:
    outcome = record.get("outcome")
    return say(f"outcome_{outcome}") if outcome in ("better", "same", "worse", "damaged") else "–"


@models_app.command("path")
def model_path(context: typer.Context) -> None:
    """The folder of the model in service, whatever is in it."""
    typer.echo(str(around(context).store.current() or BUNDLED))


@models_app.command("verify")
def verify(context: typer.Context) -> None:
    """Check every file of every model in the store, and that the one in service answers."""
    store = around(context).store
    state = store.state()
    broken = []
    for model_id in dict.fromkeys((*state.kept, *([] if state.current is None else [state.current]))):
        try:
            store.check(model_id)
        except nlp.ArtifactError as error:
            broken.append(in_words(error))
    try:
        serving = service_model(store)
    except nlp.ArtifactError as error:
        broken.append(in_words(error))
    if broken:
        told = "; ".join(dict.fromkeys(broken))
        raise nlp.ArtifactError(told, "many", broken=told)
    right = golden_right(nlp.load(serving))
    told = say("models_whole", count=len(state.kept), right=right, of=len(GOLDEN))
    out.print(told, markup=False, highlight=False, soft_wrap=True)


@models_app.command("show")
def show(
    context: typer.Context,
    model: Annotated[str, typer.Argument()] = "",
) -> None:
    """The card of a model."""
    store = around(context).store
    folder = _folder(store, model) if model else service_model(store)
    artifact.load(folder)
    card = folder / artifact.CARD
    said = plain(card.read_text("utf-8", "replace")) if card.is_file() else say("models_no_card", model=folder.name)
    typer.echo(said)
