"""``fetch``: a corpus from its author's repository."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from training.commands.around import around, err, out
from training.commands.fit import telling
from training.data import DataError
from training.host import home_of


def fetch(
    context: typer.Context,
    name: Annotated[
        str,
        typer.Argument(
            help="Which: naver-shopping (200,000 reviews with stars), nsmc-train or nsmc-test (150,000 and 50,000 "
            "movie reviews with labels)."
        ),
    ] = "naver-shopping",
    folder: Annotated[
        Path | None, typer.Option("--to", help="Folder to put it in [corpora in the data folder].")
    ] = None,
    url: Annotated[str, typer.Option(help="Another address of the same file.")] = "",
) -> None:
    """Download a corpus; an interrupted download goes on when the same command is given again."""
    from training.fetch import CORPORA, SHOPPING, FetchError, folder_of
    from training.fetch import fetch as download

    if name not in CORPORA:
        raise DataError(f"there is no corpus of that name; there are: {', '.join(CORPORA)}")
    corpus, here = CORPORA[name], around(context)
    try:
        with telling() as tell:
            path, day = download(corpus, folder or folder_of(home_of(here.host)), tell, url=url)
    except FetchError as error:
        raise DataError(str(error)) from None
    err.print(f"checked: {corpus.source}, {corpus.licence}, obtained {day}", markup=False, highlight=False)
    out.print(str(path), markup=False, highlight=False, soft_wrap=True)
    if corpus is SHOPPING and folder is None:
        err.print(f"to learn from it: {here.program} fit", markup=False, highlight=False)
        return
    err.print(
        f'to learn from it: {here.program} fit --data {path} --source "{corpus.source}" '
        f'--licence "{corpus.licence}" --obtained {day}',
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
