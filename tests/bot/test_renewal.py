"""A running bot takes over a newer model between two batches, and keeps the old one when the new one is broken."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

import nlp
from bot.commands.model import load_model, load_tested
from bot.core.counters import Counters
from bot.core.errors import UserError
from bot.core.events import Attachment, Outcome
from bot.core.inference import Inference
from bot.ops.renewal import ModelWatch, change_over_again_and_again
from nlp import artifact
from nlp.analyze import BUNDLED
from nlp.modelstore import ModelStore
from tests.bot.core.fakes import SlowModel, make_core
from tests.bot.core.mailbox import Mailbox, sent


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled model under another name."""
    folder = tmp_path_factory.mktemp("models") / "other"
    artifact.save(artifact.load(BUNDLED), folder, name="other")
    return folder


@pytest.fixture
def useless(tmp_path: Path) -> Path:
    """A whole model that says the opposite of everything."""
    model = artifact.load(BUNDLED)
    weights = {k: -v if k.startswith(("output", "wide")) else v for k, v in model.weights.items()}
    artifact.save(replace(model, weights=weights), tmp_path / "useless", name="useless")
    return tmp_path / "useless"


async def until(true: object) -> None:
    async with asyncio.timeout(60):
        while not true():  # type: ignore[operator]
            await asyncio.sleep(0.01)


async def test_the_old_model_finishes_what_it_holds(model: nlp.Analyzer, other: Path, tmp_path: Path) -> None:
    store, slow = ModelStore(tmp_path), SlowModel(model)
    inference = Inference(slow, Counters(), batch=1, patience=60)
    watch = ModelWatch(store, load_tested, slow.model_id)
    task = asyncio.create_task(change_over_again_and_again(inference, watch, every=0.01))
    held = asyncio.create_task(inference.judge("배송이 빨라요"))
    await asyncio.to_thread(slow.began.wait, 30)
    waiting = asyncio.create_task(inference.judge("포장이 꼼꼼해요"))
    new_id = store.promote(other)
    await until(lambda: inference.model_id == new_id)
    slow.go_on.set()
    assert (await held).model_id == model.model_id
    assert (await waiting).model_id == new_id
    assert slow.batches == [1]
    store.rollback()
    await until(lambda: inference.model_id == model.model_id)
    assert (await inference.judge("배송이 빨라요")).model_id == model.model_id
    task.cancel()
    await inference.close()


async def test_who_judges_also_says_why(model: nlp.Analyzer, other: Path) -> None:
    slow, text = SlowModel(model), "배송이 정말 빨라서 좋아요"
    inference, new = Inference(slow, Counters(), patience=60), load_tested(other)
    assert not inference.explains
    held = asyncio.create_task(inference.judge_and_explain(text))
    await asyncio.to_thread(slow.began.wait, 30)
    inference.replace(new)
    slow.go_on.set()
    judged = await held
    assert (judged.verdict.model_id, judged.evidence) == (model.model_id, ()), "not the words of another model"
    judged = await inference.judge_and_explain(text)
    assert judged.verdict.model_id == new.model_id
    assert judged.evidence
    assert (await inference.review(text)).verdict.model_id == new.model_id
    inference.replace(slow)
    assert not inference.explains
    await inference.close()


async def test_a_file_is_judged_by_one_model(model: nlp.Analyzer, other: Path) -> None:
    slow, rows = SlowModel(model), 2_000
    core, post = make_core(slow), Mailbox()
    content = ("리뷰\n" + "배송이 빨라요\n" * rows).encode()
    scoring = asyncio.create_task(core.files.handle(sent(), [Attachment("a.csv", len(content), content)], post))
    await asyncio.to_thread(slow.began.wait, 30)
    core.inference.replace(new := load_tested(other))
    slow.go_on.set()
    assert await scoring is Outcome.REPLIED
    assert sum(slow.batches) == rows
    assert (await core.inference.judge("배송이 빨라요")).model_id == new.model_id
    await core.close()


async def test_a_broken_model_leaves_the_old_one(
    model: nlp.Analyzer, other: Path, useless: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = ModelStore(tmp_path / "home")
    inference = Inference(model, Counters())
    tried: list[Path | None] = []

    def load(folder: Path | None) -> nlp.Analyzer:
        tried.append(folder)
        return load_tested(folder)

    watch = ModelWatch(store, load, model.model_id)
    task = asyncio.create_task(change_over_again_and_again(inference, watch, every=0.01))
    await until(lambda: tried)
    store.promote(useless)
    await until(lambda: len(tried) == 2)
    (store.folder / "current.json").write_text("{")
    await until(lambda: sum(r.levelname == "ERROR" for r in caplog.records) >= 1)
    assert (await inference.judge("배송이 빨라요")).model_id == model.model_id
    new_id = store.promote(other)
    await until(lambda: inference.model_id == new_id)
    assert len(tried) == 3, "a broken model is tried once"
    task.cancel()
    await inference.close()


async def test_what_passes_says_nothing_of_a_new_model(
    model: nlp.Analyzer, other: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store, inference, failures = ModelStore(tmp_path), Inference(model, Counters()), [OSError(24, "x"), MemoryError()]

    def load(folder: Path | None) -> nlp.Analyzer:
        if folder is not None and failures:
            raise failures.pop()
        return load_tested(folder)

    new_id = store.promote(other)
    watch = ModelWatch(store, load, model.model_id)
    task = asyncio.create_task(change_over_again_and_again(inference, watch, every=0.01))
    await until(lambda: inference.model_id == new_id)
    assert not failures and sum(r.levelname == "ERROR" for r in caplog.records) == 2
    task.cancel()
    await inference.close()


def test_commands_use_the_promoted_model(other: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_model(None).model_id == nlp.load().model_id
    (tmp_path / ".env").write_text(f"NUNCHI_HOME={tmp_path / 'home'}\n")
    new_id = ModelStore(tmp_path / "home").promote(other)
    assert load_model(None).model_id == new_id
    assert load_model(BUNDLED).model_id == nlp.load().model_id
    monkeypatch.setenv("NUNCHI_HOME", str(tmp_path / "elsewhere"))
    assert load_model(None).model_id == nlp.load().model_id
    monkeypatch.delenv("NUNCHI_HOME")
    (tmp_path / "home" / "models" / "current.json").write_text("{")
    with pytest.raises(UserError):
        load_model(None)
