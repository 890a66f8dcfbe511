"""The path of a message: small steps in order, each of which may end it.

A step returns None to go on, or the outcome that ends the path. What costs nothing comes first; nothing is
stored before a message turns out to be meant for the bot; nothing is said without a claim, so that a message has
at most one answer however often, and to however many processes, it is delivered.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.core.cards import card_reply, make_card
from bot.core.events import Answer, Band, ChannelSettings, Incoming, Outcome, Reaction, Reply
from bot.core.inference import BusyError
from bot.core.messages import Messages
from bot.core.moderation import BANDS, CASE_ACTIONS, Action, Flagged, Public, public
from bot.core.ports import DeliveryError, Platform
from bot.core.records import Claim, ClaimState, Due, Record
from nlp.text import is_korean, normalize

if TYPE_CHECKING:
    from bot.core.service import Core
    from nlp import Verdict

_QUIET = 8
"""Messages on their way beyond which the cards that nobody asked for name no words: looking for those takes the model
several times as long as the verdict, and others wait."""

LEASE = timedelta(minutes=2)
"""After which who claimed a message, and has not looked at it for a case, has died."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Passage:
    """A message on its way.

    Attributes:
        incoming: the message.
        platform: where it came from and the answer goes.
        arrived: when, on the monotonic clock.
        settings: of its channel.
        messages: the language to answer in.
        text: its normalised text.
        verdict: what the model says.
        evidence: the words behind it, fit to be shown.
        band: of the verdict, under the channel's thresholds.
        record: id of the recorded verdict.
        actions: of a watched message: what the channel's rule says of its band.
        public: of a watched message: which of them is to be seen in the channel now.
        claim: the right to answer, once it was got.
        reference: of the answer that an edited message already has.
        said: whether an answer was handed to the platform, even if nobody knows what became of it.
        owed: whether the message is still to be looked at for a case: should the process die, another one does that.
    """

    incoming: Incoming
    platform: Platform
    arrived: float
    settings: ChannelSettings = field(default_factory=ChannelSettings)
    messages: Messages = field(default_factory=Messages)
    text: str = field(default="", repr=False)
    verdict: Verdict | None = None
    evidence: tuple[str, ...] = field(default=(), repr=False)
    band: Band = "unsure"
    record: str = ""
    actions: tuple[Action, ...] = ()
    public: Public | None = None
    claim: Claim | None = None
    reference: str | None = None
    said: bool = False
    owed: bool = False

    @property
    def watched(self) -> bool:
        """Whether nobody asked for this answer."""
        return self.incoming.way == "watched"

    @property
    def evident(self) -> bool:
        """Whether the card may name words of the text.

        Only where the text itself stands and goes with it, or where the asker alone sees the card: not where the
        text is somebody else's message, which may be deleted without a word to us.
        """
        if self.watched and not self.settings.names_words:
            return False  # there is no card
        incoming = self.incoming
        return incoming.way in ("command", "menu") or incoming.source in (None, incoming.message)


Step = Callable[["Core", Passage], Awaitable[Outcome | None]]


async def own_or_bot(core: Core, passage: Passage) -> Outcome | None:
    """Programs are not answered, this one included: two that answer each other never end."""
    return Outcome.BY_BOT if passage.incoming.by_bot else None


async def addressed_or_watched(core: Core, passage: Passage) -> Outcome | None:
    """Leave alone what was not said to the bot, unless its channel is watched."""
    passage.settings = await core.settings(passage.incoming.place)
    passage.messages = core.speak(passage.settings, passage.incoming.language)
    if passage.watched and not passage.settings.watch:
        return Outcome.UNADDRESSED
    return None


async def opted_out(core: Core, passage: Passage) -> Outcome | None:
    """Who does not want to be read in watched channels is not; who asks is answered all the same."""
    if passage.watched and await core.store.opted_out(core.person(passage.incoming)):
        return Outcome.OPTED_OUT
    return None


async def seen_before(core: Core, passage: Passage) -> Outcome | None:
    """Get the claim to answer. Of an edited message: the one of this edit, to change the answer it has."""
    incoming = passage.incoming
    due = _due(core, passage)
    passage.owed = due is not None
    first = Claim(incoming.place, incoming.message)
    if await core.store.claim(first, due=due):
        passage.claim = first
        return None
    if incoming.revision:
        edit = Claim(incoming.place, incoming.message, incoming.revision)
        passage.reference = await core.store.answer_to(incoming.place, incoming.message)
        if await core.store.claim(edit, due=due):
            passage.claim = edit
            return None
    core.counters.add("duplicates", platform=passage.platform.name)
    return Outcome.DUPLICATE


async def rate_limit(core: Core, passage: Passage) -> Outcome | None:
    """Nobody gets more than a share, and no channel so much that two programs could keep each other going."""
    incoming = passage.incoming
    channel = core.channel_limit.ask(incoming.place)
    person = core.person_limit.ask((incoming.place.platform, incoming.author))
    if channel == "yes" and person == "yes":
        return None
    core.counters.add("rate_limited", scope="person" if channel == "yes" else "channel")
    if passage.watched or "no" in (channel, person):
        await _settle(core, passage, "silent")
        return Outcome.RATE_LIMITED
    return await _notice(core, passage, "rate_limited", Outcome.RATE_LIMITED)


async def normalise(core: Core, passage: Passage) -> Outcome | None:
    """One spelling for all the ways to write the same; mark-up goes."""
    passage.text = normalize(passage.incoming.text)
    if passage.text or passage.incoming.any_language:
        return None
    if passage.watched:
        return await _nothing_to_say(core, passage, Outcome.EMPTY)
    return await _notice(core, passage, "text_needed", Outcome.EMPTY)


async def korean_enough(core: Core, passage: Passage) -> Outcome | None:
    """The model was measured on Korean only."""
    if passage.incoming.any_language or is_korean(passage.text):
        return None
    if passage.watched:
        return await _nothing_to_say(core, passage, Outcome.NOT_KOREAN)
    return await _notice(core, passage, "answer_not_korean", Outcome.NOT_KOREAN)


async def classify(core: Core, passage: Passage) -> Outcome | None:
    """Ask the model, if there is room."""
    try:
        explain = passage.evident and not (passage.watched and core.in_flight > _QUIET)
        judged = await core.inference.judge_and_explain(passage.text, explain=explain)
    except BusyError:
        mode = passage.settings.mode if passage.watched else "reply"
        rule, author = passage.settings.rule, (passage.incoming.roles, core.person(passage.incoming))
        if mode == "silent" or (passage.watched and rule.leaves_alone(*author, core.clock.now())):
            return await _nothing_to_say(core, passage, Outcome.BUSY)
        if mode == "reaction":
            return await _deliver(core, passage, Reaction("busy"), Outcome.BUSY)
        return await _notice(core, passage, "busy", Outcome.BUSY)
    passage.verdict, passage.evidence = judged.verdict, judged.evidence
    passage.band = passage.settings.band(passage.verdict)
    return None


async def record(core: Core, passage: Passage) -> Outcome | None:
    """Keep the figures, without the text."""
    incoming, verdict = passage.incoming, passage.verdict
    assert verdict is not None  # noqa: S101 - classify came before
    passage.record = secrets.token_hex(8)
    await core.store.record(
        Record(
            id=passage.record,
            place=incoming.place,
            message=incoming.message,
            person=core.person(incoming),
            text=core.fingerprint.text(passage.text),
            at=core.clock.now(),
            label=verdict.label,
            band=passage.band,
            probability=verdict.probability,
            model_id=verdict.model_id,
            latency=core.clock.monotonic() - passage.arrived,
            way=incoming.way,
        )
    )
    if passage.watched and core.announcer is not None:
        core.announcer.heard(incoming.place, passage.record, passage.text)
    return None


async def apply_rule(core: Core, passage: Passage) -> Outcome | None:
    """What the channel's rule makes of a watched message: a case, and what is to be seen in the channel.

    Quiet hours and cooldown keep the bot from speaking in the channel, not from opening cases: nothing bad gets lost
    over night. An answer that stands already is changed with its message at any time, which disturbs nobody.
    """
    if not passage.watched:
        return None
    incoming, settings = passage.incoming, passage.settings
    if settings.rule.exempts(incoming.roles, core.person(incoming)):
        passage.actions = ("log",)
        return None
    passage.actions = settings.actions(passage.band)
    await open_case(core, passage)
    said = public(passage.actions)
    if said is not None and passage.reference is None:
        if settings.rule.is_quiet(core.clock.now()):
            said = None
        elif not core.cooldown.allows(settings.rule, incoming.place, incoming.author):
            core.counters.add("cooled_down")
            said = None
    passage.public = said
    return None


async def reply(core: Core, passage: Passage) -> Outcome | None:
    """Say it, in the way that the channel wants."""
    verdict = passage.verdict
    assert verdict is not None  # noqa: S101 - classify came before
    if passage.watched and passage.public is None:
        await _settle(core, passage, "silent")
        return Outcome.RECORDED
    if passage.watched and passage.public == "react":
        return await _deliver(core, passage, Reaction(passage.band), Outcome.REPLIED)
    source = passage.incoming.source if core.inference.explains else None
    card = make_card(
        verdict,
        passage.settings,
        passage.messages,
        passage.record,
        evidence=passage.evidence,
        source=source or "",
    )
    return await _deliver(core, passage, card_reply(card, passage.messages), Outcome.REPLIED)


STEPS: Sequence[Step] = (
    own_or_bot,
    addressed_or_watched,
    opted_out,
    seen_before,
    rate_limit,
    normalise,
    korean_enough,
    classify,
    record,
    apply_rule,
    reply,
)
"""The path. Whether a message is addressed comes before what costs: chatter next to the bot is not stored."""


async def admit_failure(core: Core, passage: Passage) -> None:
    """Say that a message could not be judged."""
    await _notice(core, passage, "failed", Outcome.FAILED)


def _due(core: Core, passage: Passage) -> Due | None:
    """What is due of a message that may become a case, from its claim on; None if it cannot become one."""
    incoming, settings = passage.incoming, passage.settings
    possible = bool(incoming.revision) or any(not CASE_ACTIONS.isdisjoint(settings.actions(band)) for band in BANDS)
    if core.cases is None or not passage.watched or not possible:
        return None
    person = core.person(incoming)
    return None if settings.rule.exempts(incoming.roles, person) else Due(person, core.clock.now() + LEASE)


async def open_case(core: Core, passage: Passage) -> None:
    """Hand over what asks for a case; whatever goes wrong with it, the message goes its way."""
    edited = bool(passage.incoming.revision)  # it may have had a case before
    if core.cases is None or (CASE_ACTIONS.isdisjoint(passage.actions) and not edited):
        passage.owed = False
        return
    assert passage.verdict is not None  # noqa: S101 - classify came before
    flagged = Flagged(
        passage.incoming,
        passage.text,
        passage.verdict,
        passage.band,
        passage.evidence,
        passage.record,
        passage.settings,
        passage.actions,
        ("log",),
        core.clock.now(),
    )
    try:
        await core.cases.flagged(flagged, passage.platform)
        passage.owed = False
    except Exception as error:
        core.counters.add("cases_failed", platform=passage.platform.name)
        # Not its message: it could hold a part of a review.
        log.error("case failed", extra={"event": "case_failed", "kind": type(error).__name__})


async def _notice(core: Core, passage: Passage, sentence: str, outcome: Outcome) -> Outcome:
    """Answer with a sentence; in a channel only the asker sees it, where the platform can do that."""
    private = passage.incoming.way != "direct"
    return await _deliver(core, passage, Reply(passage.messages(sentence), private=private), outcome)


async def _nothing_to_say(core: Core, passage: Passage, outcome: Outcome) -> Outcome:
    """Nothing said, nothing kept: an edit may still make a review of it."""
    assert passage.claim is not None  # noqa: S101 - seen_before came before
    if passage.reference is not None:  # it was a review before this edit
        reference = await core.store.forget(passage.incoming.place, passage.incoming.message)
        await _take_back(passage, reference)
    await core.store.release(passage.claim)
    return outcome


async def _deliver(core: Core, passage: Passage, answer: Answer, outcome: Outcome) -> Outcome:
    incoming = passage.incoming
    passage.said = True
    try:
        if passage.claim is not None and passage.claim.revision:
            if passage.reference is None:  # the first answer is still on its way, or was never to be seen
                await _settle(core, passage, "silent")
                return Outcome.RECORDED if passage.record else outcome
            reference = await passage.platform.update(incoming, passage.reference, answer)
            outcome = Outcome.UPDATED if outcome is Outcome.REPLIED else outcome
        else:
            reference = await passage.platform.send(incoming, answer)
    except DeliveryError:
        core.counters.add("undelivered", platform=passage.platform.name)
        await _settle(core, passage, "abandoned")
        return Outcome.UNDELIVERED
    if not await _settle(core, passage, "answered", reference):  # it was deleted while we answered
        await _take_back(passage, reference)
    return outcome


async def _take_back(passage: Passage, reference: str | None) -> None:
    if reference is not None:
        with suppress(DeliveryError):
            await passage.platform.retract(passage.incoming.place, reference)


async def _settle(core: Core, passage: Passage, state: ClaimState, reference: str | None = None) -> bool:
    assert passage.claim is not None  # noqa: S101 - seen_before came before
    owed = passage.owed and bool(passage.record)  # what was not judged, e.g. for want of room, is not judged later
    return await core.store.settle(passage.claim, state, reference, owed=owed)
