"""``fetch``: a corpus from its author's repository."""

from __future__ import annotations

import os
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from training.commands.around import around, err, out
from training.commands.fit import telling
from training.errors import DataError
from training.host import home_of
from training.messages import say


def fetch(
    context: typer.Context,
    name: Annotated[str, typer.Argument()] = "naver-shopping",
    folder: Annotated[Path | None, typer.Option("--to")] = None,
    url: str = "",
) -> None:
    """Download a corpus; an interrupted download goes on when the same command is given again."""
    from training.fetch import CORPORA, SHOPPING, folder_of
    from training.fetch import fetch as download

    if name not in CORPORA:
        raise DataError("corpus_unknown", names=", ".join(CORPORA))
    corpus, here = CORPORA[name], around(context)
    with telling() as tell:
        path, day = download(corpus, folder or folder_of(home_of(here.host)), tell, url=url)
    checked = say("fetch_checked", source=corpus.source, licence=corpus.licence, day=day)
    err.print(checked, markup=False, highlight=False)
    out.print(str(path), markup=False, highlight=False, soft_wrap=True)
    command = f"{here.program} fit"
    if corpus is not SHOPPING or folder is not None or os.environ.get("NUNCHI_DATA"):  # where fit would look first
        file = quote(str(path))
        command += f' --data {file} --source "{corpus.source}" --licence "{corpus.licence}" --obtained {day}'
    err.print(say("fetch_learn", command=command), markup=False, highlight=False, soft_wrap=True)
