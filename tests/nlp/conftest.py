"""What the tests of ``nlp`` share: composed reviews and small random models, made without TensorFlow."""

from __future__ import annotations

import contextlib
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nlp
from nlp import artifact
from nlp.artifact import Artifact
from nlp.config import NetworkConfig
from nlp.sealed import ArtifactError
from nlp.settings import ModelSettings
from nlp.tokenizer import CharTokenizer, Tokenizer

GATES = {"lstm": 4, "gru": 3, "rnn": 1}

SMALL = NetworkConfig(embedding=4, bigrams=16, units=(3,), hidden=3, buckets=64, longest_ngram=3, max_tokens=32)
"""A network with every kind of weight, a few hundred bytes of them."""

Files = dict[str, bytes]
Compose = Callable[..., list[str]]
MakeModel = Callable[..., Artifact]


@pytest.fixture(scope="session")
def phrases() -> list[str]:
    """Review phrases written for these tests."""
    return Path(__file__).with_name("phrases.txt").read_text("utf-8").split("\n")[:-1]


@pytest.fixture(scope="session")
def compose(phrases: list[str]) -> Compose:
    """``compose(count, longest)`` puts phrases together to texts of 1 to ``longest`` characters."""

    def make(count: int, longest: int = 300, seed: int = 0) -> list[str]:
        pick = random.Random(seed)
        texts = []
        for _ in range(count):
            length = round(np.exp(pick.uniform(0, np.log(longest))))
            text = ""
            while len(text) < length:
                text += pick.choice(phrases) + pick.choice((" ", ". ", "\n", "!! ", "~ "))
            texts.append(text[:length].strip() or "네")
        return texts

    return make


@pytest.fixture(scope="session")
def characters(phrases: list[str]) -> CharTokenizer:
    """A tokenizer that knows the commoner half of the phrases' characters."""
    return CharTokenizer.fit(phrases, min_count=4)


def weight_shapes(config: NetworkConfig, tokenizer: Tokenizer) -> dict[str, tuple[int, ...]]:
    """Name and shape of every weight of a network, worked out apart from ``nlp.network`` and ``nlp.runtime``."""
    if config.jamo:
        assert isinstance(tokenizer, CharTokenizer)
        rows = 2 + len(tokenizer.vocabulary)
        shapes: dict[str, tuple[int, ...]] = {"embedding/character": (rows, config.embedding)}
        shapes |= {f"embedding/{k}": (n, config.embedding) for k, n in (("lead", 20), ("vowel", 22), ("tail", 28))}
    else:
        shapes = {"embedding/character": (tokenizer.size, config.embedding)}
    if config.bigrams:
        shapes["embedding/bigram"] = (config.bigrams, config.embedding // 2)
    width, directions = config.embedding, ("forward", "backward")[: 2 if config.bidirectional else 1]
    for i, units in enumerate(config.units):
        gates = GATES[config.cell] * units
        for direction in directions:
            shapes[f"recurrent_{i}/{direction}/kernel"] = (width, gates)
            shapes[f"recurrent_{i}/{direction}/recurrent_kernel"] = (units, gates)
            shapes[f"recurrent_{i}/{direction}/bias"] = (2, gates) if config.cell == "gru" else (gates,)
        width = units * len(directions)
    width *= len(config.pooling.split("+"))
    if config.hidden:
        shapes |= {"hidden/kernel": (width, config.hidden), "hidden/bias": (config.hidden,)}
        width = config.hidden
    shapes |= {"output/kernel": (width, len(config.ratings)), "output/bias": (len(config.ratings),)}
    if config.buckets:
        shapes["wide/table"] = (config.buckets, len(config.ratings))
    return shapes


@pytest.fixture(scope="session")
def make_model(characters: CharTokenizer) -> MakeModel:
    """``make_model(config)`` is an untrained model whose answers nevertheless differ from text to text."""

    def make(
        config: NetworkConfig = SMALL, tokenizer: Tokenizer | None = None, seed: int = 0, **settings: float
    ) -> Artifact:
        tokenizer = tokenizer or characters
        generator = np.random.default_rng(seed)
        weights = {
            name: generator.normal(0, 0.6, shape).astype(np.float32)
            for name, shape in weight_shapes(config, tokenizer).items()
        }
        return Artifact(ModelSettings(config, **settings), tokenizer, weights, "random")

    return make


@pytest.fixture(scope="session")
def whole(make_model: MakeModel, tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The files of a small model folder."""
    folder = tmp_path_factory.mktemp("whole") / "model"
    artifact.save(make_model(), folder, name="test", card="# 시험용 모델\n")
    return {p.name: p.read_bytes() for p in folder.iterdir()}


class ModelFolder:
    """A model folder to spoil."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir()

    def write(self, files: Files) -> None:
        """Make these the folder's files."""
        for old in self.path.iterdir():
            if old.name not in files:
                old.unlink()
        for name, data in files.items():
            (self.path / name).write_bytes(data)

    def refusal(self) -> str | None:
        """The sentence with which the folder is refused, None if it is loaded; any other error goes up."""
        try:
            nlp.load(self.path)
        except ArtifactError as error:
            return str(error)
        return None

    def check_refused(self, case: str = "") -> None:
        """Fail unless the folder is refused, by the one error and with one sentence that can be shown."""
        try:
            message = self.refusal()
        except BaseException as error:
            pytest.fail(f"{case}: {type(error).__name__}: {error}")
        assert message is not None, f"{case}: was loaded"
        assert len(message.splitlines()) == 1 and message.isprintable(), f"{case}: {message!r}"
        assert 20 < len(message) < 1000, f"{case}: {message!r}"


@pytest.fixture
def folder(whole: Files, tmp_path: Path) -> ModelFolder:
    """A whole model folder; it loads."""
    folder = ModelFolder(tmp_path / "model")
    folder.write(whole)
    assert folder.refusal() is None, "the folder itself must load, or what is shown with it means nothing"
    return folder


@dataclass(frozen=True)
class Bomb:
    """Unpickling it makes a folder."""

    trace: Path

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str, ...]]:
        return os.mkdir, (str(self.trace),)


@pytest.fixture
def bomb(tmp_path: Path) -> Iterator[Bomb]:
    """An object that must never be unpickled; the test fails if it was."""
    bomb = Bomb(tmp_path / "unpickled")
    yield bomb
    assert not bomb.trace.exists()


@pytest.fixture
def unprivileged() -> Iterator[None]:
    """Runs the test as a user whom permissions bind, also where the tests are run by root."""
    bound = hasattr(os, "geteuid") and os.geteuid() != 0
    with contextlib.ExitStack() as stack:
        if not bound:
            os.seteuid(65534)
            stack.callback(os.seteuid, 0)
        yield


@pytest.fixture(scope="session")
def bundled() -> nlp.Analyzer:
    """The model that comes with the package."""
    return nlp.load()
