"""Recipes: how a model is made, as a TOML file of plain values."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Any

from nlp import tokenizer
from nlp.config import NetworkConfig
from training.course_recipe import CourseRecipe
from training.errors import DataError
from training.messages import Said
from training.recipe_parts import (
    FOLDS,
    READS,
    AdaptRecipe,
    FinishRecipe,
    MorphemeRecipe,
    PretrainRecipe,
    TeachRecipe,
    TokenizerRecipe,
    TransformerRecipe,
    TuneRecipe,
)
from training.settings import check_settings, check_table, place_of
from training.tokens import check_kind


@dataclass(frozen=True)
class Recipe:
    """All of it; see the files in ``training/recipes``.

    Attributes:
        name: of the file.
        network, tokenizer, pretrain, teach, tune: its tables.
        fitted_wide: the wide part is a linear model fitted apart (:mod:`training.linear`).
        wide_movies: number of movie reviews that it learns from too, lest it speaks against the network there.
        wide_made: number of reviews made by rule that it learns from too.
        wide_marks: share of what a mark at the end of a review does all alone that it takes back, 0..1.
        students: networks whose mean serves (:mod:`training.student`).
        calibration_folds: how many of five folds tell how to calibrate; each wants teachers and networks of its own.
        looks: how often figures on the held-out rows were looked at while the recipe was chosen; the card tells.
        right_when_sure: share of verdicts outside the unsure band that are to be right.
        finish: reviews made by rule, learned last of all.
        consistency: a second such step, in which the model is to say of changed texts what it says of them unchanged;
            what it learned in the first is among its opinions.
        adapt: learn on from the model in service instead of all that; its shape and tokenizer are kept.
        course: a network of the course, which is trained and compared but does not serve.
    """

    name: str
    network: NetworkConfig
    tokenizer: TokenizerRecipe = field(default_factory=TokenizerRecipe)
    pretrain: PretrainRecipe = field(default_factory=PretrainRecipe)
    teach: TeachRecipe = field(default_factory=TeachRecipe)
    tune: TuneRecipe = field(default_factory=TuneRecipe)
    fitted_wide: bool = False
    wide_movies: int = 0
    wide_made: int = 0
    wide_marks: float = 0.0
    students: int = 1
    calibration_folds: int = 1
    looks: int = 0
    right_when_sure: float = 0.97
    finish: FinishRecipe = field(default_factory=FinishRecipe)
    consistency: FinishRecipe | None = None
    adapt: AdaptRecipe | None = None
    course: CourseRecipe | None = None

    @property
    def teachers(self) -> NetworkConfig:
        """Shape of the networks among the teachers; they have no wide part, since linear models teach beside them."""
        return replace(self.network, buckets=0, units=self.teach.units or self.network.units)

    @property
    def last_steps(self) -> dict[str, FinishRecipe]:
        """What comes after calibration, in order, by the name of its table."""
        steps = {"finish": self.finish} if self.finish.made else {}
        return steps | ({"consistency": self.consistency} if self.consistency else {})

    @property
    def uses_unrated(self) -> bool:
        """Whether reviews without ratings are of use."""
        return bool(self.teach.folds or self.pretrain.language_model_every)

    @property
    def uses_movies(self) -> bool:
        """Whether movie reviews are of use."""
        learns = self.pretrain.epochs or self.teach.transformer.reads
        return bool(learns or self.tune.movies_every or self.wide_movies)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], name: str) -> Recipe:
        """Read a parsed TOML file.

        Raises:
            DataError: naming the table and the setting that is wrong.
        """
        parts: dict[str, Any] = {}
        kinds: dict[str, Any] = {
            "tokenizer": TokenizerRecipe,
            "pretrain": PretrainRecipe,
            "teach": TeachRecipe,
            "tune": TuneRecipe,
            "finish": FinishRecipe,
            "consistency": FinishRecipe,
            "adapt": AdaptRecipe,
            "course": CourseRecipe,
        }
        plain = {f.name: data[f.name] for f in fields(cls) if f.type in ("bool", "int", "float") and f.name in data}
        check_settings(cls, plain, "")
        for table, value in data.items():
            if table in kinds or table == "network":
                check_table(value, table)
            if table == "network":
                continue
            if table == "teach":
                tune = _part(TuneRecipe, value.get("tune", {}), "teach.tune")
                morphemes = _part(MorphemeRecipe, value.get("morphemes", {}), "teach.morphemes")
                attend = _transformer(value.get("transformer", {}))
                more = {"tune": tune, "morphemes": morphemes, "transformer": attend}
                parts[table] = _part(TeachRecipe, {**value, **more}, table)
            elif table in kinds:
                parts[table] = _part(kinds[table], value, table)
            elif table in plain:
                parts[table] = value
            else:
                raise DataError("recipe_no_table", name=table)
        if len(learns := [table for table in ("adapt", "course") if table in data]) > 1:
            raise DataError("recipe_two", tables=" ".join(f"[{table}]" for table in learns))
        tokens = parts.get("tokenizer", TokenizerRecipe()).kind
        check_kind(tokens)
        recipe = cls(name=name, network=_network(data.get("network", {}), tokens), **parts)
        if recipe.teach.morphemes.kind not in ("", *tokenizer.MORPHEME_KINDS):
            raise _no_choice("teach.morphemes", "kind", tokenizer.MORPHEME_KINDS, recipe.teach.morphemes.kind)
        if recipe.teach.morphemes.vectors and recipe.teach.morphemes.kind != "kiwi":
            raise _no_choice("teach.morphemes", "vectors", ("false",), True)
        try:
            recipe.teachers  # noqa: B018 - says what is wrong with their units
        except ValueError as error:
            raise DataError("recipe_network", reason=error) from None
        if not 1 <= recipe.calibration_folds <= FOLDS:
            raise _no_choice("", "calibration_folds", (f"1–{FOLDS}",), recipe.calibration_folds)
        if recipe.teach.folds == 1:  # whoever teaches has to learn from another fold
            raise _no_choice("teach", "folds", ("0", "2–"), recipe.teach.folds)
        if recipe.teach.generations not in (1, 2):
            raise _no_choice("teach", "generations", (1, 2), recipe.teach.generations)
        _check_wide(recipe)
        return recipe


def _check_wide(recipe: Recipe) -> None:
    """What is asked of a wide part would go unheard where there is none."""
    for name in ("wide_movies", "wide_made", "wide_marks"):
        if getattr(recipe, name) and not recipe.fitted_wide:
            raise DataError("recipe_no_wide", place=place_of(""), name=name, wants="fitted_wide = true")
    for table, step in (("finish", recipe.finish), ("consistency", recipe.consistency)):
        if step and step.level and not recipe.network.buckets:
            raise DataError("recipe_no_wide", place=place_of(table), name="level", wants="[network] buckets")


def _transformer(values: Mapping[str, Any]) -> TransformerRecipe:
    """The table ``teach.transformer``."""
    check_table(values, "teach.transformer")
    usual = TransformerRecipe().tune
    tune = _part(partial(replace, usual), values.get("tune", {}), "teach.transformer.tune", TuneRecipe)
    made: TransformerRecipe = _part(TransformerRecipe, {**values, "tune": tune}, "teach.transformer")
    for reads in made.reads:
        if reads not in READS:
            raise _no_choice("teach.transformer", "reads", READS, reads)
    if not 2 <= made.longest <= 256:
        raise _no_choice("teach.transformer", "longest", ("2–256",), made.longest)
    if made.reads and (not made.heads or made.width % made.heads):
        raise _no_choice("teach.transformer", "width", (f"{made.heads} × n",), made.width)
    return made


def _network(values: Mapping[str, Any], tokens: str) -> NetworkConfig:
    """The table ``network``; vectors of jamo are only for tokens that are characters."""
    try:
        config = NetworkConfig.from_dict({"jamo": tokens == "char", **values})
    except ValueError as error:
        raise DataError("recipe_network", reason=error) from None
    if config.jamo and tokens != "char":
        raise _no_choice("network", "jamo", ("false",), True)
    return config


def _no_choice(table: str, name: str, choices: Sequence[object], value: object) -> DataError:
    shown = str(value).lower() if isinstance(value, bool) else repr(value)  # as TOML writes it
    return DataError(
        "recipe_choice", place=place_of(table), name=name, choices=", ".join(map(str, choices)), value=shown
    )


def _part(kind: Any, values: Mapping[str, Any], table: str, settings: Any = None) -> Any:
    check_settings(settings or kind, values, table)
    return kind(**values)


def names() -> list[str]:
    """Names of the recipes that come with the package."""
    folder = resources.files("training") / "recipes"
    return sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml"))


def load(name: str) -> Recipe:
    """Read a recipe by its name, or from a path ending in ``.toml``.

    Raises:
        DataError: if there is no such recipe or it cannot be used.
    """
    try:
        if name.endswith(".toml"):
            text = Path(name).read_text(encoding="utf-8")
        else:
            text = (resources.files("training") / "recipes" / f"{name}.toml").read_text(encoding="utf-8")
        return Recipe.from_dict(tomllib.loads(text), Path(name).stem)
    except OSError:
        raise DataError("recipe_missing", recipe=name, names=", ".join(names())) from None
    except DataError as error:
        raise DataError("recipe_wrong", recipe=name, why=error.said) from None
    except (ValueError, TypeError, AttributeError) as error:  # not TOML, or not of that shape
        raise DataError("recipe_wrong", recipe=name, why=Said("recipe_no_toml", {"reason": error})) from None
