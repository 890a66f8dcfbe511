"""Pictures of an evaluation: confusion, reliability, coverage; with a Hangul font that comes along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import font_manager
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from training.evaluate import Evaluation
from training.losses import Losses
from training.messages import say

if TYPE_CHECKING:
    from training.adapt import Pass
    from training.course import Curve

_BLUE, _RED, _GREY = "#2b6cb0", "#c05640", "#8a8f98"


def _font(size: float) -> font_manager.FontProperties:
    path = resources.files("training") / "fonts" / "NanumSquareR.ttf"
    return font_manager.FontProperties(fname=str(path), size=size)


def _figure(title: str, across: str, up: str) -> tuple[Figure, Any]:
    figure = Figure(figsize=(5.2, 4.6), layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(title, fontproperties=_font(13), pad=10)
    axes.set_xlabel(across, fontproperties=_font(11))
    axes.set_ylabel(up, fontproperties=_font(11))
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def draw_evaluation(result: Evaluation, folder: Path) -> list[Path]:
    """Draw the pictures of an evaluation into a folder, as PNG.

    Returns:
        Their paths.
    """
    folder.mkdir(parents=True, exist_ok=True)
    drawn = []
    for name, draw in (("confusion", _confusion), ("reliability", _reliability), ("coverage", _coverage)):
        path = folder / f"{name}.png"
        draw(result).savefig(path, dpi=150)
        drawn.append(path)
    return drawn


def draw_passes(passes: Sequence[Pass], best: int, path: Path) -> Path:
    """Draw loss and accuracy over the passes of a run, as one PNG.

    Returns:
        Its path.
    """
    figure, axes = _figure(say("picture_passes"), say("picture_reading"), say("picture_loss_aside"))
    where = [p.epoch for p in passes]
    axes.plot(where, [p.aside_loss for p in passes], color=_BLUE, marker="o")
    axes.axvline(best, color=_GREY, linestyle="--", linewidth=1)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    right = axes.twinx()
    right.plot(where, [p.aside_accuracy for p in passes], color=_RED, marker="s")
    right.set_ylabel(say("picture_accuracy_aside"), fontproperties=_font(11), color=_RED)
    right.yaxis.set_major_formatter(lambda value, _: f"{value:.1%}")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=150)
    return path


def draw_losses(networks: Mapping[str, Losses], path: Path) -> Path:
    """Draw the loss of several networks over their steps, as one PNG.

    Returns:
        Its path.
    """
    figure, axes = _figure(say("picture_loss"), say("picture_step"), say("picture_loss"))
    for number, losses in enumerate(networks.values(), 1):
        label = say("picture_network", number=number)
        axes.plot([step for step, _ in losses], [loss for _, loss in losses], linewidth=1, label=label)
    if networks:
        axes.legend(prop=_font(9), frameon=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=150)
    return path


def draw_curves(curves: Mapping[str, Curve], path: Path) -> Path:
    """Draw the loss and the measure of several networks side by side, as one PNG.

    Returns:
        Its path.
    """
    figure = Figure(figsize=(11, 4.6), layout="constrained")
    sides = figure.subplots(1, 2)
    for axes, title, own, aside in (
        (sides[0], "picture_loss", "loss", "aside_loss"),
        (sides[1], "picture_measure", "measure", "aside_measure"),
    ):
        axes.set_title(say(title), fontproperties=_font(13), pad=10)
        axes.set_xlabel(say("picture_epoch"), fontproperties=_font(11))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.spines[["top", "right"]].set_visible(False)
        for i, (name, curve) in enumerate(curves.items()):
            colour = f"C{i % 10}"
            values, others = getattr(curve, own), getattr(curve, aside)
            axes.plot(
                range(1, len(values) + 1), values, color=colour, marker="o", label=say("picture_learnt", recipe=name)
            )
            if others:
                where = range(1, len(others) + 1)
                axes.plot(
                    where, others, color=colour, marker="s", linestyle="--", label=say("picture_aside", recipe=name)
                )
    sides[1].legend(prop=_font(8), loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=150)
    return path


def _confusion(result: Evaluation) -> Figure:
    figure, axes = _figure(say("picture_confusion", rows=result.accuracy.n), say("picture_said"), say("picture_true"))
    guess = result.probability >= 0.5
    table = np.array(
        [
            [(~result.positive & ~guess).sum(), (~result.positive & guess).sum()],
            [(result.positive & ~guess).sum(), (result.positive & guess).sum()],
        ]
    )
    shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(table):
        colour = "white" if shares[row, column] > 0.5 else "black"
        text = f"{count:,}\n{shares[row, column]:.1%}"
        axes.text(column, row, text, ha="center", va="center", color=colour, fontproperties=_font(13))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_ticks([0, 1], [say("negative"), say("positive")], fontproperties=_font(12))
        axis.set_tick_params(length=0)
    axes.spines[:].set_visible(False)
    return figure


def _reliability(result: Evaluation, bins: int = 10) -> Figure:
    title = say("picture_reliability", error=result.calibration_error)
    figure, axes = _figure(title, say("picture_probability"), say("picture_share"))
    place = np.minimum((result.probability * bins).astype(int), bins - 1)
    axes.plot([0, 1], [0, 1], color=_GREY, linewidth=1, linestyle="--")
    for b in range(bins):
        here = place == b
        if not here.any():
            continue
        said, true = result.probability[here].mean(), result.positive[here].mean()
        error = 1.96 * np.sqrt(true * (1 - true) / here.sum())
        axes.errorbar(said, true, yerr=error, color=_BLUE, marker="o", capsize=3)
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal")
    return figure


def _coverage(result: Evaluation) -> Figure:
    figure, axes = _figure(say("picture_coverage"), say("picture_covered"), say("picture_right"))
    order = np.argsort(-abs(result.probability - 0.5), kind="stable")
    right = np.cumsum(result.right[order]) / np.arange(1, len(order) + 1)
    covered = np.arange(1, len(order) + 1) / len(order)
    start = max(1, len(order) // 50)
    axes.plot(covered[start:], right[start:], color=_BLUE, linewidth=2)
    if result.unsure_share < 1:
        at = 1 - result.unsure_share
        axes.plot(at, result.sure.value, "o", color=_RED)
        label = say("picture_unsure", unsure=result.unsure_share, right=result.sure.value)
        axes.annotate(
            label,
            (at, result.sure.value),
            (-14, -20),
            textcoords="offset points",
            ha="right",
            color=_RED,
            fontproperties=_font(11),
        )
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    return figure
