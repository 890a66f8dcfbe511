"""The direction of imports, read from the source: adapters -> core -> nlp; storage, ops -> core; training -> nlp."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("bot", "nlp", "training")

MAY_IMPORT = {
    "nlp": {"nlp"},
    "training": {"training", "nlp"},
    "bot.core": {"bot.core", "nlp"},
    "bot.adapters": {"bot.adapters", "bot.core"},
    "bot.storage": {"bot.storage", "bot.core"},
    "bot.ops": {"bot.ops", "bot.core"},
    "bot": {"bot", "nlp"},  # cli, commands, settings: what puts the parts together
}
"""Each part and what of this project it may import; a module belongs to the longest name that fits."""

ONLY_IN = {
    ("tensorflow", "keras", "tf_keras", "tf2onnx"): ("nlp.network", "training"),
    ("nlp.network",): ("nlp.network", "training"),  # it imports Keras
    ("konlpy", "jpype", "kiwipiepy", "mecab"): ("nlp.tokenizer", "nlp.tokenizers"),
    ("discord", "slack_sdk", "slack_bolt"): ("bot.adapters",),
    ("sqlalchemy", "alembic", "aiosqlite", "asyncpg", "psycopg"): ("bot.storage",),
    ("cryptography",): ("bot.storage",),
    ("prometheus_client",): ("bot.ops",),
}
"""Packages that are a part's own business, and the modules whose business they are."""

LAZY = {"tensorflow": "nlp.bench", "keras": "nlp.bench", "nlp.network": "nlp.bench", "training": "bot"}
"""What a module (and those below it) may import in addition, but only inside of a function."""

LAZY_NEVER = ("bot.core", "bot.adapters", "bot.storage", "bot.ops")

BAD_NAMES = {"utils", "util"}
SHADOWING = {"discord", "slack_sdk", "slack_bolt", "sqlalchemy", "keras", "tensorflow", "konlpy", "kiwipiepy"}


@dataclass(frozen=True)
class Import:
    module: str
    """The importing module, e.g. ``bot.core.pipeline``."""
    target: str
    """The imported one, or a name in it."""
    line: int
    lazy: bool
    """Whether it happens inside of a function."""


def below(name: str, parent: str) -> bool:
    return name == parent or name.startswith(parent + ".")


def modules(root: Path) -> dict[str, Path]:
    """Every module of the three packages, by name."""
    paths = [path for package in PACKAGES for path in sorted((root / package).rglob("*.py"))]
    return {".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): path for path in paths}


def imports(name: str, path: Path) -> Iterator[Import]:
    """Every import of a module, with ``importlib.import_module("...")`` and ``__import__("...")``."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]

    def visit(node: ast.AST, lazy: bool) -> Iterator[Import]:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(name, alias.name, node.lineno, lazy)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                yield Import(name, f"{base}.{alias.name}", node.lineno, lazy)
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            function = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if function in ("import_module", "__import__") and isinstance(node.args[0].value, str):
                yield Import(name, node.args[0].value, node.lineno, lazy)
        inside = lazy or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for child in ast.iter_child_nodes(node):
            yield from visit(child, inside)

    yield from visit(ast.parse(path.read_bytes(), str(path)), False)


def part_of(module: str) -> str:
    return max((part for part in MAY_IMPORT if below(module, part)), key=len)


def allowed(found: Import) -> bool:
    """Whether an import follows the rules above."""
    if found.lazy and not any(below(found.module, part) for part in LAZY_NEVER):
        for target, importer in LAZY.items():
            if below(found.target, target) and below(found.module, importer):
                return True
    for targets, homes in ONLY_IN.items():
        if any(below(found.target, t) for t in targets) and not any(below(found.module, h) for h in homes):
            return False
    if not any(below(found.target, package) for package in PACKAGES):
        return True
    if found.target in ("bot.__version__", "bot"):  # the bare package holds nothing
        return part_of(found.module).startswith("bot")
    return any(below(found.target, part) for part in MAY_IMPORT[part_of(found.module)])


def violations(root: Path) -> list[str]:
    """What is wrong with a tree, a line each."""
    out = []
    for name, path in modules(root).items():
        last = name.rpartition(".")[2]
        for part in BAD_NAMES & set(name.split(".")):
            out.append(f"{name}: a module called {part} says nothing of what is in it")
        if last in SHADOWING:
            out.append(f"{name}: hides the package {last} from whoever runs it as a script")
        out += [
            f"{name}:{found.line}: may not import {found.target}{'' if found.lazy else ' at module level'}"
            for found in imports(name, path)
            if not allowed(found)
        ]
    return out


def test_imports_go_one_way() -> None:
    assert violations(ROOT) == []


def test_the_whole_tree_was_read() -> None:
    found = modules(ROOT)
    assert {name for name in found if "." not in name} == set(PACKAGES)
    assert {"nlp.network", "nlp.runtime", "nlp.bench", "bot.cli", "bot.core.errors", "training.__main__"} <= set(found)
    seen = {(i.module, i.target) for name, path in found.items() for i in imports(name, path)}
    assert {("nlp.network", "keras"), ("nlp.analyze", "nlp.runtime.Runtime")} <= seen


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("nlp.a", "import bot"),
        ("nlp.a", "from bot.core import events"),
        ("nlp.a", "def f():\n    import training.fit"),
        ("nlp.a", "import importlib\nimportlib.import_module('training')"),
        ("nlp.a", "__import__('bot.cli')"),
        ("nlp.runtime", "import tensorflow as tf"),
        ("nlp.runtime", "def f():\n    from keras import ops"),
        ("nlp.analyze", "from nlp import network"),
        ("nlp.analyze", "from nlp.network import build"),
        ("nlp.analyze", "from . import network"),
        ("nlp.bench", "import keras"),
        ("nlp.bench", "from nlp import network"),
        ("nlp.bench", "if True:\n    import tensorflow"),
        ("nlp.network", "import konlpy"),
        ("nlp.text", "def f():\n    import kiwipiepy"),
        ("training.a", "import bot.settings"),
        ("training.a", "def f():\n    from bot.core import errors"),
        ("training.a", "import konlpy.tag"),
        ("bot.cli", "import training"),
        ("bot.cli", "from training import fit"),
        ("bot.cli", "try:\n    import training.fit\nexcept ImportError:\n    pass"),
        ("bot.cli", "class A:\n    import training"),
        ("bot.cli", "def f():\n    import tensorflow"),
        ("bot.cli", "import discord"),
        ("bot.cli", "import sqlalchemy"),
        ("bot.commands.chat", "def f():\n    from nlp import network"),
        ("bot.core.a", "from bot.adapters import console"),
        ("bot.core.a", "from ..storage import schema"),
        ("bot.core.a", "from .. import storage"),
        ("bot.core.a", "from bot import settings"),
        ("bot.core.a", "import bot.ops.metrics"),
        ("bot.core.a", "import bot.cli"),
        ("bot.core.a", "def f():\n    import training"),
        ("bot.core.a", "import discord"),
        ("bot.core.a", "from slack_sdk.web import WebClient"),
        ("bot.core.a", "import sqlalchemy.orm"),
        ("bot.core.deep.a", "from ...adapters import console"),
        ("bot.adapters.console", "import nlp"),
        ("bot.adapters.console", "from bot.storage import schema"),
        ("bot.adapters.console", "import asyncpg"),
        ("bot.storage.schema", "from bot.adapters import console"),
        ("bot.storage.schema", "from bot.ops import logs"),
        ("bot.storage.schema", "def f():\n    from training import fit"),
        ("bot.ops.health", "from bot.storage import schema"),
        ("bot.ops.health", "import discord.ext"),
        ("bot.core.utils", ""),
        ("nlp.utils.text", ""),
        ("training.util", ""),
        ("bot.adapters.discord", ""),
    ],
)
def test_a_broken_tree_is_noticed(tmp_path: Path, module: str, source: str) -> None:
    write(tmp_path, module, source)
    assert len(violations(tmp_path)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("nlp.a", "import numpy\nfrom nlp.text import normalize\nfrom . import text"),
        ("nlp.network", "import keras\nfrom keras import ops"),
        ("nlp.bench", "def f():\n    import tensorflow\n    from nlp import network"),
        ("nlp.tokenizer", "def f():\n    from konlpy.tag import Okt"),
        ("nlp.tokenizers.kiwi", "from kiwipiepy import Kiwi"),
        ("training.fit", "import tensorflow\nimport nlp.network\nfrom training import data"),
        ("bot.cli", "from bot.core import events\nfrom bot.storage import schema\nimport nlp"),
        ("bot.cli", "async def f():\n    import training.fit"),
        (
            "bot.core.a",
            "import nlp\nfrom . import events\nfrom bot.core.events import Reply\nfrom bot import __version__",
        ),
        ("bot.core.a", "import discordant\nimport botany\nimport nlpaug"),
        ("bot.adapters.discord_adapter", "import discord\nfrom discord import ui\nfrom ..core import events"),
        ("bot.adapters.slack_adapter", "from slack_sdk import web\nimport bot.core.events"),
        ("bot.storage.schema", "import sqlalchemy\nfrom bot.core.records import Store"),
        ("bot.ops.health", "from bot.core import ports"),
    ],
)
def test_a_good_tree_is_left_in_peace(tmp_path: Path, module: str, source: str) -> None:
    write(tmp_path, module, source)
    assert violations(tmp_path) == []


def write(root: Path, module: str, source: str) -> None:
    path = root.joinpath(*module.split(".")).with_suffix(".py")
    path.parent.mkdir(parents=True)
    path.write_text(source + "\n", "utf-8")


@pytest.mark.skipif(find_spec("matplotlib") is None, reason="without the extra train")
def test_pictures_of_an_evaluation_need_no_tensorflow() -> None:
    """It takes seconds to import, and speaks English while it does."""
    program = "import sys, training.report, training.evaluate; print(*{m.split('.')[0] for m in sys.modules})"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"tensorflow", "keras", "torch", "jax"} & set(done.stdout.split())


def test_a_verdict_needs_neither_tensorflow_nor_java() -> None:
    """What the sources say, seen happen: the modules of a process that has judged a review."""
    program = "import sys, nlp; nlp.load().analyze('배송이 빨라요'); print(*{m.split('.')[0] for m in sys.modules})"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert {"nlp", "onnxruntime"} <= loaded
    forbidden = {
        "tensorflow",
        "keras",
        "torch",
        "jax",
        "konlpy",
        "jpype",
        "kiwipiepy",
        "bot",
        "training",
        "discord",
        "sklearn",
    }
    assert not loaded & forbidden


@pytest.mark.parametrize("package", PACKAGES)
def test_what_is_not_code_is_installed_too(package):
    """A table that a wheel lacks would be missed by nobody but users."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["package-data"][package]
    installed = {path for pattern in told for path in (ROOT / package).glob(pattern)}
    there = {path for path in (ROOT / package).rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    left = {path for path in there - installed if path.suffix != ".py"} - {ROOT / package / "README.md"}
    assert not left
