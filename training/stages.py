"""Folders for what each stage of a fit made, so that a run that was interrupted goes on."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

from training.judged import digest as judgments_digest
from training.made.written import digest as written_digest
from training.recipe import Recipe
from training.vectors import digest as vectors_digest
from training.writing import remove_unfinished


class Stages:
    """Folders for what each stage made, named by everything that it was made from.

    So a run that was interrupted goes on, a changed setting repeats the stages that it changes and no other,
    and nothing made from other rows is ever taken for one's own.

    Args:
        runs: folder of all of them.
        recipe: how a model is made.
        data: fingerprint of the rows.
        seed: of everything random.
    """

    def __init__(self, runs: Path, recipe: Recipe, data: str, seed: int) -> None:
        parts, teachers = asdict(recipe), asdict(recipe.teachers)
        vectors = parts["pretrain"].pop("vectors")
        if vectors:
            parts["pretrain"]["vectors"] = vectors_digest(Path(vectors))
        self._runs = runs
        self._what: dict[str, Any] = {}
        for stage, shape in (("pretrain", teachers), ("start", parts["network"])):
            body = {
                k: shape[k] for k in ("embedding", "jamo", "cell", "units", "bidirectional", "max_tokens", "bigrams")
            }
            self._what[stage] = [data, seed, body, parts["tokenizer"], parts["pretrain"]]
        # Not what is made of the teachers' answers afterwards.
        how = {k: parts["teach"][k] for k in ("folds", "seeds", "recombined", "tune")}
        how["tune"] = {k: v for k, v in how["tune"].items() if k != "rare"}  # such they do not learn
        judged = {"judged": judgments_digest()} if recipe.teach.judged else {}
        narrow = {k: v for k, v in teachers.items() if k not in ("buckets", "longest_ngram")}
        taught = {"written": written_digest()} if recipe.teach.tune.written else {}
        self._what["teach"] = [self._what["pretrain"], narrow, how | judged | taught]
        self._what["morphemes"] = [self._what["teach"], parts["teach"]["morphemes"]]
        attend = {k: v for k, v in parts["teach"]["transformer"].items() if k != "reads"} | judged  # each has a folder
        attend["tune"] = {k: v for k, v in attend["tune"].items() if k not in ("written", "rare")}
        asked = [parts["teach"]["recombined"], parts["teach"]["tune"]["counterfactuals"]]
        self._what["transformer"] = [data, seed, parts["tokenizer"], parts["teach"]["folds"], attend, *asked]
        mended = [judgments_digest(sure=True)] if recipe.teach.judged else []
        mended += [written_digest()] if recipe.tune.written else []
        mended += [written_digest(rare=True)] if recipe.tune.rare else []
        self._what["again"] = [self._what["morphemes"], self._what["start"], parts["teach"], parts["tune"], *mended]
        after = (
            "wide_movies",
            "wide_made",
            "wide_marks",
            "right_when_sure",
            "students",
            "calibration_folds",
            "looks",
            "finish",
            "consistency",
        )  # nothing that a network learns
        self._what["fit"] = [self._what["morphemes"], {k: v for k, v in parts.items() if k not in after}, *mended]

    def clear(self) -> None:
        """Remove all that these stages made."""
        for stage in self._what:
            shutil.rmtree(self._path(stage), ignore_errors=True)

    def _path(self, stage: str) -> Path:
        digest = hashlib.sha256(json.dumps(self._what[stage], sort_keys=True).encode()).hexdigest()[:10]
        return self._runs / f"{stage}-{digest}"

    def folder(self, stage: str) -> Path:
        """The folder of a stage, made if need be, without what a killed process left unfinished in it."""
        folder = self._path(stage)
        folder.mkdir(parents=True, exist_ok=True)
        remove_unfinished(folder)
        (folder / "made-from.json").write_text(json.dumps(self._what[stage], indent=1) + "\n", encoding="utf-8")
        return folder
