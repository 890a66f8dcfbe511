"""The folder of a run: what was asked, with which versions, what came of every pass, and pictures of it."""

from __future__ import annotations

import hashlib
import html
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from training.adapt import Pass
from training.board import write_board
from training.devices import devices
from training.evaluate import Evaluation
from training.losses import Losses
from training.messages import language, say
from training.provenance import Origin
from training.report import draw_evaluation, draw_losses, draw_passes
from training.versions import versions
from training.writing import remove_unfinished

PAGE = "index.html"
_MOST_LINES = 200

_STYLE = (
    "body{font:16px/1.6 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}"
    "img{max-width:100%;height:auto}pre{background:#f6f7f9;padding:1rem;overflow:auto}"
    "figure{display:inline-block;margin:0 1rem 1rem 0;width:27rem;max-width:100%}"
    "@media(prefers-color-scheme:dark){body{background:#16181c;color:#ddd}pre{background:#22252b}img{background:#fff}}"
)


def begin_run(runs: Path, name: str, config: Mapping[str, Any], *, fresh: bool = False) -> Path:
    """Make the folder of a run, or find it: it is named by all that was asked for, so no run writes over another's.

    Args:
        runs: folder of all of them.
        name: of the recipe.
        config: all that was asked for, the rows, where they are from and the model in service included.
        fresh: empty it first; only models that earlier runs made are kept, since a new one is still to come.

    Returns:
        The folder, with ``config.json`` in it.
    """
    digest = hashlib.sha256(json.dumps(config, sort_keys=True, default=str).encode()).hexdigest()[:10]
    folder = runs / f"{name}-{digest}"
    if fresh and folder.exists():
        for path in folder.iterdir():
            if path.is_file():
                path.unlink()
            elif not path.name.startswith("model"):
                shutil.rmtree(path)
    folder.mkdir(parents=True, exist_ok=True)
    remove_unfinished(folder)
    _write_config(folder, config)
    return folder


def told_origins(origins: Mapping[Origin, int]) -> list[dict[str, Any]]:
    """How many rows came from where, for ``config.json``: in no language, and in the same order every time."""
    return [{**asdict(origin), "rows": count} for origin, count in sorted(origins.items(), key=repr)]


def _write_config(folder: Path, config: Mapping[str, Any]) -> None:
    """Write ``config.json``: what was asked for, the seed, the versions and on what it is computed."""
    told = json.dumps(
        {**config, "versions": versions(), "devices": devices()}, ensure_ascii=False, indent=1, default=str
    )
    (folder / "config.json").write_text(told + "\n", "utf-8", "backslashreplace")  # a file's name may be no text


@dataclass(frozen=True)
class Learning:
    """How something was learned.

    Attributes:
        lines: for ``metrics.jsonl``.
        board: measures by name, with the epoch or step after which they were taken.
        draw: draws it into a file, which it returns.
    """

    lines: Sequence[Mapping[str, Any]]
    board: Sequence[tuple[int, Mapping[str, float]]]
    draw: Callable[[Path], Path]

    @classmethod
    def of_passes(cls, passes: Sequence[Pass], best: int) -> Learning:
        """Passes over the rows, with what the model was worth after each."""
        lines = [vars(p) | {"loss": None} if p.epoch == 0 else vars(p) for p in passes]
        measures = ("loss", "aside_loss", "aside_accuracy")
        board = [(p.epoch, {name: vars(p)[name] for name in measures}) for p in passes]
        return cls(lines, board, partial(draw_passes, passes, best))

    @classmethod
    def of_losses(cls, networks: Mapping[str, Losses]) -> Learning:
        """The loss of several networks."""
        every = [(name, step, loss) for name, losses in networks.items() for step, loss in losses]
        lines = [{"network": name, "step": step, "loss": loss} for name, step, loss in every]
        return cls(
            lines, [(step, {f"loss/{name}": loss}) for name, step, loss in every], partial(draw_losses, networks)
        )


def write_results(folder: Path, learning: Learning, result: Evaluation, card: str, sentences: Sequence[str]) -> Path:
    """Write the metrics as JSON lines (and for TensorBoard), the pictures, the card and a page of all that.

    Returns:
        The page.
    """
    lines = [json.dumps(line) for line in learning.lines]
    lines.append(json.dumps({"held_out": result.to_dict()}, ensure_ascii=False, default=str))
    (folder / "metrics.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    write_board(folder, learning.board)
    (folder / "card.md").write_text(card, "utf-8")
    pictures = [learning.draw(folder / "curves.png"), *draw_evaluation(result, folder)]
    page = folder / PAGE
    config = (folder / "config.json").read_text("utf-8")
    page.write_text(_page(result, card, config, lines, sentences, [p.name for p in pictures]), "utf-8")
    return page


def _page(
    result: Evaluation,
    card: str,
    config: str,
    metrics: Sequence[str],
    sentences: Sequence[str],
    pictures: Sequence[str],
) -> str:
    said = "".join(f"<p>{html.escape(s)}</p>" for s in sentences)
    images = "".join(
        f'<figure><img src="{p}" alt="{html.escape(say("page_" + p.removesuffix(".png")))}"></figure>' for p in pictures
    )
    every = -(-len(metrics) // _MOST_LINES)  # the file itself has them all
    folded = "".join(
        f"<details><summary>{html.escape(say(name))}</summary><pre>{html.escape(text)}</pre></details>"
        for name, text in (("page_config", config), ("page_metrics", "\n".join(metrics[::-1][::every][::-1])))
    )
    return (
        f'<!doctype html><html lang="{language()}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{html.escape(result.model_id)}</title><style>{_STYLE}</style><h1>{html.escape(result.model_id)}</h1>"
        f"{said}{images}<h2>{html.escape(say('page_card'))}</h2><pre>{html.escape(card)}</pre>{folded}</html>\n"
    )
