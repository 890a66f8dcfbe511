"""What ``nunchi doctor`` looks at. Nothing is changed, and no secret is read further than to see that it is set."""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from time import perf_counter
from typing import Literal

from bot.commands.answer import in_words
from bot.commands.model import load_model, promoted_model
from bot.core.errors import UserError
from bot.core.messages import Messages
from bot.home import home_folder

Status = Literal["ok", "missing", "warning", "error"]

OLDEST_PYTHON = (3, 11)
_ESSENTIAL = ("numpy", "onnxruntime", "safetensors", "typer", "rich", "openpyxl", "defusedxml")
TRAIN_PACKAGES = ("tensorflow", "keras", "scikit-learn", "joblib", "matplotlib")
TENSORFLOWS = ("tensorflow", "tensorflow-cpu")
DISCORD_SECRETS = ("DISCORD_TOKEN",)
SLACK_SECRETS = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN")
SLACK_OAUTH_SECRETS = ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_SIGNING_SECRET")
GOLDEN = "배송도 빠르고 품질도 정말 좋아요. 추천합니다!"


@dataclass(frozen=True)
class Check:
    """One line of the report.

    Attributes:
        name: what was looked at.
        status: ``ok``; ``missing`` where a feature is not available; ``warning`` where something looks wrong;
            ``error`` where the base does not work.
        detail: what was found.
        fix: how to get what is missing; empty if nothing is.
    """

    name: str
    status: Status
    detail: str
    fix: str = ""


def run_checks(messages: Messages, model: Path | None) -> Iterator[Check]:
    """Look at everything, one check after the other.

    Args:
        messages: the language to speak.
        model: folder of the model; the bundled one if None.
    """
    yield _python(messages)
    yield _packages(messages)
    yield from _model(messages, model)
    yield _home(messages)
    yield _train(messages)
    yield _morph(messages)
    yield _package_feature(messages, "kiwi", "kiwipiepy")
    yield _secrets(messages, "Discord", DISCORD_SECRETS, os.environ)
    slack = SLACK_OAUTH_SECRETS if os.environ.get("SLACK_CLIENT_ID") else SLACK_SECRETS
    yield _secrets(messages, "Slack", slack, os.environ)


def base_packages() -> list[str]:
    """What has to be installed: what the installed program itself says, or what reads reviews if it is not."""
    try:
        required = metadata.requires("nunchi") or []
    except metadata.PackageNotFoundError:
        return list(_ESSENTIAL)
    return [re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in required if "extra ==" not in line]


def version(package: str) -> str | None:
    """The installed version of a package; None if it is not installed."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _python(messages: Messages) -> Check:
    detail = f"{platform.python_version()} · {platform.system()} {platform.machine()}"
    if sys.version_info < OLDEST_PYTHON:
        return Check("Python", "error", detail, messages("doctor_python", version=".".join(map(str, OLDEST_PYTHON))))
    return Check("Python", "ok", detail)


def _packages(messages: Messages) -> Check:
    found = {name: version(name) for name in base_packages()}
    missing = [name for name, number in found.items() if number is None]
    name = messages("doctor_packages")
    if missing:
        return Check(name, "error", messages("doctor_lacks", names=", ".join(missing)), "pip install nunchi")
    own = f"nunchi {version('nunchi') or '?'}"
    return Check(name, "ok", ", ".join([own, *(f"{name} {number}" for name, number in found.items())]))


def _model(messages: Messages, folder: Path | None) -> Iterator[Check]:
    name = messages("doctor_model")
    try:
        start = perf_counter()
        analyzer = load_model(folder)
        loaded = perf_counter()
        verdict = analyzer.analyze(GOLDEN)
        analyzed = perf_counter()
    except UserError as error:
        sentence = messages(error.sentence, **error.values)
        yield Check(name, "error", sentence, messages(_model_fix(folder, error)))
        return
    size = sum(file.stat().st_size for file in _model_files(folder))
    milliseconds = round(1000 * (loaded - start))
    yield Check(
        name, "ok", messages("doctor_model_ok", id=analyzer.model_id, megabytes=f"{size / 1e6:.1f}", ms=milliseconds)
    )
    answer = f"“{GOLDEN}” → {in_words(verdict, messages)} ({1000 * (analyzed - loaded):.1f} ms)"
    if verdict.label != "positive":
        yield Check(messages("doctor_golden"), "warning", answer, messages("doctor_golden_fix"))
    else:
        yield Check(messages("doctor_golden"), "ok", answer)


def _model_fix(folder: Path | None, error: UserError) -> str:
    """The sentence on how to get a model that answers: to install anew mends none but the bundled one."""
    if folder is not None:
        return "doctor_model_fix_given"
    if not error.sentence.startswith(("model_unusable", "model_analyser")):
        return "doctor_model_fix"
    from nlp import ArtifactError

    try:
        promoted = promoted_model()
    except ArtifactError as unknown:
        return "doctor_model_fix_pointer" if unknown.kind == "pointer" else "doctor_home_fix"
    return "doctor_model_fix" if promoted is None else "doctor_model_fix_promoted"


def _model_files(folder: Path | None) -> list[Path]:
    from nlp.analyze import BUNDLED

    return [path for path in (folder or promoted_model() or BUNDLED).iterdir() if path.is_file()]


def _home(messages: Messages) -> Check:
    name = messages("doctor_home")
    try:
        folder = home_folder()
    except UserError as error:
        return Check(name, "error", messages(error.sentence, **error.values))
    if not folder.exists():
        return Check(name, "ok", messages("doctor_home_new", path=folder))
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        return Check(name, "warning", str(folder), messages("doctor_home_fix"))
    return Check(name, "ok", str(folder))


def _train(messages: Messages) -> Check:
    found = {name: version(name) for name in TRAIN_PACKAGES}
    found["tensorflow"] = next(filter(None, map(version, TENSORFLOWS)), None)
    return _feature(messages, "train", found, 'pip install "nunchi[train]"')


def _morph(messages: Messages) -> Check:
    found = {"konlpy": version("konlpy"), "Java": _java()}
    missing = [name for name, number in found.items() if number is None]
    fixes = {"konlpy": 'pip install "nunchi[morph]"', "Java": messages("doctor_java_fix")}
    return _feature(messages, "morph", found, " · ".join(fixes[name] for name in missing))


def _java() -> str | None:
    home = os.environ.get("JAVA_HOME")
    if home and any((Path(home) / "bin" / name).exists() for name in ("java", "java.exe")):
        return home
    return shutil.which("java")


def _package_feature(messages: Messages, extra: str, package: str) -> Check:
    return _feature(messages, extra, {package: version(package)}, f'pip install "nunchi[{extra}]"')


def _feature(messages: Messages, name: str, found: Mapping[str, str | None], fix: str) -> Check:
    title = messages(f"doctor_{name}")
    missing = [part for part, number in found.items() if number is None]
    if missing:
        return Check(title, "missing", messages("doctor_lacks", names=", ".join(missing)), fix)
    return Check(title, "ok", ", ".join(f"{part} {number}" for part, number in found.items()))


def _secrets(messages: Messages, platform_name: str, names: tuple[str, ...], environment: Mapping[str, str]) -> Check:
    missing = [name for name in names if not environment.get(name)]
    if missing:
        listed = ", ".join(missing)
        return Check(platform_name, "missing", messages("doctor_unset", names=listed), messages("doctor_unset_fix"))
    return Check(platform_name, "ok", messages("doctor_set", names=", ".join(names)))
