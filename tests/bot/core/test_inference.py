"""The model off the event loop: batches, an end to the queue, and a loop that goes on meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

import nlp
from bot.core.counters import Counters
from bot.core.inference import BusyError, Inference
from tests.bot.core.fakes import SlowModel

TEXTS = [f"{word} {n}번째 주문" for n, word in enumerate(["좋아요", "별로예요", "만족해요", "실망했어요"] * 25)]


async def test_a_verdict_is_the_models_own_also_in_batches(model: nlp.Analyzer) -> None:
    inference = Inference(model, Counters())
    verdicts = await asyncio.gather(*map(inference.judge, TEXTS))
    await inference.close()
    for text, verdict in zip(TEXTS, verdicts, strict=True):
        assert verdict.probability == pytest.approx(model.analyze(text).probability, abs=1e-5)


async def test_what_waits_is_judged_in_micro_batches(model: nlp.Analyzer) -> None:
    slow = SlowModel(model)
    inference = Inference(slow, Counters(), batch=32)
    tasks = [asyncio.create_task(inference.judge(text)) for text in TEXTS]
    await asyncio.to_thread(slow.began.wait, 60)
    slow.go_on.set()
    await asyncio.gather(*tasks)
    await inference.close()
    assert slow.batches == [32, 32, 32, 4]


async def test_a_full_queue_refuses_and_counts(model: nlp.Analyzer) -> None:
    slow, counters = SlowModel(model), Counters()
    inference = Inference(slow, counters, room=3, batch=1)
    first = asyncio.create_task(inference.judge("하나"))
    await asyncio.to_thread(slow.began.wait, 60)
    waiting = [asyncio.create_task(inference.judge(text)) for text in ("둘", "셋", "넷")]
    while inference.depth < 3:
        await asyncio.sleep(0)
    with pytest.raises(BusyError):
        await inference.judge("다섯")
    assert counters.get("busy", reason="queue_full") == 1
    slow.go_on.set()
    await asyncio.gather(first, *waiting)
    await inference.close()


async def test_whose_turn_does_not_come_in_time_is_refused(
    model: nlp.Analyzer, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, counters, loop = SlowModel(model), Counters(), asyncio.get_running_loop()
    inference = Inference(slow, counters, batch=1, patience=60)
    first = asyncio.create_task(inference.judge("하나"))
    await asyncio.to_thread(slow.began.wait, 60)
    second = asyncio.create_task(inference.judge("둘"))
    while inference.depth < 1:
        await asyncio.sleep(0)
    monkeypatch.setattr(loop, "time", lambda real=loop.time: real() + 61)
    slow.go_on.set()
    await first
    with pytest.raises(BusyError):
        await second
    assert counters.get("busy", reason="too_late") == 1
    await inference.close()


async def test_who_went_away_is_not_judged(model: nlp.Analyzer) -> None:
    slow = SlowModel(model)
    inference = Inference(slow, Counters(), batch=1)
    first, gone, last = (asyncio.create_task(inference.judge(text)) for text in ("하나", "둘", "셋"))
    await asyncio.to_thread(slow.began.wait, 60)
    gone.cancel()
    await asyncio.sleep(0)
    slow.go_on.set()
    await asyncio.gather(first, last)
    await inference.close()
    assert slow.batches == [1, 1]


async def test_a_model_that_takes_long_does_not_hold_the_event_loop(model: nlp.Analyzer) -> None:
    """It goes on only when the loop has turned a hundred times: a loop that waits for it would wait for ever."""
    slow = SlowModel(model)
    inference = Inference(slow, Counters(), patience=60)
    judging = asyncio.gather(*map(inference.judge, TEXTS[:20]))
    await asyncio.to_thread(slow.began.wait, 60)
    for _ in range(100):
        await asyncio.sleep(0.001)  # a heartbeat
    assert not judging.done()
    slow.go_on.set()
    assert len(await judging) == 20
    await inference.close()


async def test_a_model_that_fails_says_so_and_the_next_is_judged(model: nlp.Analyzer) -> None:
    class Fails:
        model_id = "fails"

        def analyze_batch(self, texts: Sequence[str]) -> list[nlp.Verdict]:
            if "터져라" in texts:
                raise RuntimeError("터져라")
            return model.analyze_batch(texts)

    counters = Counters()
    inference = Inference(Fails(), counters)
    with pytest.raises(RuntimeError):
        await inference.judge("터져라")
    assert (await inference.judge("좋아요")).model_id == model.model_id
    assert counters.get("inference_failed") == 1
    await inference.close()


async def test_how_long_the_model_is_at_something(model: nlp.Analyzer) -> None:
    slow = SlowModel(model)
    inference = Inference(slow, Counters())
    assert inference.busy == 0
    for work in (inference.judge("하나"), inference.judge_many(["하나", "둘"])):
        slow.began.clear()
        slow.go_on.clear()
        task = asyncio.ensure_future(work)
        await asyncio.to_thread(slow.began.wait, 30)
        assert inference.busy > 0
        slow.go_on.set()
        await task
        assert inference.busy == 0
    await inference.close()


async def test_a_model_that_fails_fails_lots_and_reviews_and_goes_on(model: nlp.Analyzer) -> None:
    class Failing:
        model_id, fails = "failing", True

        def analyze_batch(self, texts: Sequence[str]) -> list[nlp.Verdict]:
            return [] if self.fails and 1 / 0 else model.analyze_batch(texts)

        def explain(self, text: str) -> nlp.Explanation:
            return model.explain(text)

        def review(self, text: str) -> nlp.Review:
            return model.review(text) if not self.fails else 1 / 0  # type: ignore[return-value]

    failing, counters = Failing(), Counters()
    inference = Inference(failing, counters)
    for work in (inference.judge_many(["하나"]), inference.review("하나"), inference.judge("하나")):
        with pytest.raises(ZeroDivisionError):
            await work
    assert counters.get("inference_failed") == 3
    failing.fails = False
    assert (await inference.review(TEXTS[0])).verdict.korean
    assert len(await inference.judge_many(TEXTS)) == len(TEXTS)
    await inference.close()
