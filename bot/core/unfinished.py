"""Takes up what a process that died had claimed and not yet looked at for a case.

The message is read again from its platform, judged again, and gets its case if it asks for one. It is not answered:
nobody knows whether it was, and a second answer is worse than none. A message has one case at most, so that a process
that was only slow, and not dead, does no harm.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.core.cases import CaseStore
from bot.core.events import Incoming
from bot.core.inference import BusyError
from bot.core.pipeline import LEASE, Passage, open_case, record
from bot.core.ports import Moderator
from bot.core.records import Unfinished
from nlp.text import is_korean, normalize

if TYPE_CHECKING:
    from bot.core.service import Core

_MOST_TRIES = 8
"""Each waits twice as long as the one before: together some eight hours, in which a platform should be back."""

log = logging.getLogger(__name__)


async def take_up_unfinished(core: Core, cases: CaseStore) -> None:
    """Take up all that is due. What cannot be done now is due again later, and given up on at last.

    Args:
        core: for its platforms, model and store.
        cases: where to look whether a message has its case already.
    """
    for found in await core.store.unfinished(list(core.posters), core.clock.now()):
        claim = found.claim
        if core.is_under_way(claim):  # it is only slow
            continue
        if not await core.store.take_up(found, core.clock.now() + _wait(found.tries)):
            continue  # another process has it
        if await _done(core, cases, found):
            await core.store.finish(claim)
            core.counters.add("taken_up", platform=claim.place.platform)
        elif found.tries + 1 >= _MOST_TRIES:
            await core.store.finish(claim)
            core.counters.add("cases_lost", platform=claim.place.platform)
            log.warning("case lost", extra={"event": "case_lost", "platform": claim.place.platform})


async def _done(core: Core, cases: CaseStore, found: Unfinished) -> bool:
    """Look at a message for a case; False if that cannot be done now."""
    place, message = found.claim.place, found.claim.message
    settings = await core.settings(place)
    if not settings.watch or await core.store.opted_out(found.due.person):
        return True
    if not found.claim.revision and await cases.of_message(place, message) is not None:
        return True  # it died after that
    platform = core.posters.get(place.platform)
    quote = await platform.fetch(place, message) if isinstance(platform, Moderator) else None
    if platform is None or quote is None:  # gone, which then is told, or not to be had now
        return False
    text = normalize(quote.text)
    if not text or not is_korean(text):
        return True
    try:
        judged = await core.inference.judge_and_explain(text, explain=settings.names_words)
    except BusyError:
        return False
    incoming = Incoming(
        place, message, quote.author, quote.text, "watched", revision=found.claim.revision, source=message
    )
    passage = Passage(incoming, platform, core.clock.monotonic(), settings, core.speak(settings), text, owed=True)
    passage.verdict, passage.evidence, passage.band = judged.verdict, judged.evidence, settings.band(judged.verdict)
    passage.actions = settings.actions(passage.band)
    known = None if incoming.revision else await core.store.verdict_of(place, message)
    if known is None:
        await record(core, passage)
    else:  # people may have pressed the buttons of an answer that refers to it
        passage.record = known
    await open_case(core, passage)
    return not passage.owed


def _wait(tries: int) -> timedelta:
    return LEASE * float(2 ** (tries + 1))
