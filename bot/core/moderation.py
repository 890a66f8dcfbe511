"""The rule of a watched channel: what is done with a review of each band, and when it is left alone.

A rule is data: it can be shown, exported, imported and compared. Thresholds, language and ``mode`` are the channel's
(:class:`bot.core.events.ChannelSettings`). The one relation between ``mode`` and rule: a band without actions of its
own does what the mode says.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from bot.core.events import Band, ChannelSettings, Incoming, Mode
    from bot.core.ports import Clock
    from nlp import Verdict

Action = Literal["log", "react", "reply", "card", "approve"]
"""``log``: the figures are kept, which is so of every watched message. ``react``, ``reply``: said in the channel, one
of the two at most. ``card``: a case in the moderators' channel. ``approve``: a case that asks whether to hide it."""

Public = Literal["react", "reply"]

BANDS: tuple[Band, ...] = ("negative", "unsure", "positive")
ACTIONS: tuple[Action, ...] = ("log", "react", "reply", "card", "approve")
CASE_ACTIONS = frozenset({"card", "approve"})
OF_MODE: dict[Mode, tuple[Action, ...]] = {
    "reply": ("log", "reply"),
    "reaction": ("log", "react"),
    "silent": ("log",),
}

MOST_EXEMPT = 25
"""Roles, and people, that a rule can leave alone."""

LONGEST_COOLDOWN = 24 * 60 * 60
LONGEST_KEPT_DAYS = 365

_REMEMBERED = 10_000


def ordered(actions: Iterable[str]) -> tuple[Action, ...]:
    """Actions in their usual order, each once, with ``log``, which is always among them."""
    wanted = {"log", *actions}
    return tuple(action for action in ACTIONS if action in wanted)


def public(actions: Iterable[Action]) -> Public | None:
    """What of these actions is seen in the channel itself."""
    found = set(actions)
    return "reply" if "reply" in found else "react" if "react" in found else None


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Hours of the day in which nothing is said in the channel. Cases are opened all the same.

    Wall-clock time: on the night when the clocks change the hours are an hour longer or shorter.

    Attributes:
        start, end: from, and until before; over midnight where ``end`` is the earlier one. Never equal.
        zone: name of the time zone, e.g. ``Asia/Seoul``.
    """

    start: time
    end: time
    zone: str = "Asia/Seoul"

    def __contains__(self, at: datetime) -> bool:
        now = at.astimezone(ZoneInfo(self.zone)).time()
        if self.start < self.end:
            return self.start <= now < self.end
        return now >= self.start or now < self.end


@dataclass(frozen=True, slots=True)
class Rule:
    """What is done with a watched channel's reviews. The default does nothing that the mode does not say.

    Attributes:
        negative, unsure, positive: actions of the band; None: those of the channel's mode.
        moderators: the platform's id of the moderators' channel, in the same workspace; None if there is none.
        exempt_roles: the platform's ids of roles whose messages are judged and counted, but never acted on.
        exempt_users: the same of people, by fingerprint: nobody can read from the database who they are.
        quiet: when nothing is said in the channel; None for never.
        author_cooldown: seconds for which no other message of the same author is answered in the channel.
        channel_cooldown: the same for anybody's. Cases are opened all the same.
        notify_author: whether the author of a case is told in private.
        keep_text_days: for how many days the text of a case is kept; 0: it is not.
    """

    negative: tuple[Action, ...] | None = None
    unsure: tuple[Action, ...] | None = None
    positive: tuple[Action, ...] | None = None
    moderators: str | None = None
    exempt_roles: tuple[str, ...] = ()
    exempt_users: tuple[str, ...] = ()
    quiet: QuietHours | None = None
    author_cooldown: int = 0
    channel_cooldown: int = 0
    notify_author: bool = False
    keep_text_days: int = 0

    def own(self, band: Band) -> tuple[Action, ...] | None:
        """The band's own actions; None if the mode decides."""
        return {"negative": self.negative, "unsure": self.unsure, "positive": self.positive}[band]

    def exempts(self, roles: Iterable[str], person: str) -> bool:
        """Whether somebody with these roles, and this fingerprint, is left alone."""
        return person in self.exempt_users or not set(self.exempt_roles).isdisjoint(roles)

    def is_quiet(self, at: datetime) -> bool:
        """Whether nothing is to be said in the channel at that time."""
        return self.quiet is not None and at in self.quiet

    def leaves_alone(self, roles: Iterable[str], person: str, at: datetime) -> bool:
        """Whether nothing may be said of a message at all, whatever its band."""
        return self.is_quiet(at) or self.exempts(roles, person)


@dataclass(frozen=True, slots=True)
class Flagged:
    """A watched message whose band asks for a case: all that a case needs.

    An edited message is handed in with ``incoming.revision`` whatever its band is now: if there is a case of it this is
    the same one, if there is none ``asks`` says whether there should be.

    Attributes:
        incoming: the message, its author and roles.
        text: it, normalised. Not shown in ``repr``.
        verdict: the figures.
        band: under the channel's thresholds.
        evidence: words that decided it, fit to be shown; none under load or if the model does not say.
        record: id of the recorded verdict, which feedback refers to.
        settings: of the channel: thresholds, language, rule.
        actions: what the rule says of this band.
        taken: what of it was done before this was handed over. A public answer is given right after; whether it came
            through is what :meth:`bot.core.records.Store.answer_to` says later.
        at: when it was judged.
    """

    incoming: Incoming
    text: str = field(repr=False)
    verdict: Verdict
    band: Band
    evidence: tuple[str, ...] = field(repr=False)
    record: str
    settings: ChannelSettings
    actions: tuple[Action, ...]
    taken: tuple[Action, ...]
    at: datetime

    @property
    def asks(self) -> bool:
        """Whether the band asks for a case; of an edited message it may not."""
        return not CASE_ACTIONS.isdisjoint(self.actions)

    @property
    def rule(self) -> Rule:
        """The channel's."""
        return self.settings.rule


class Cooldown:
    """When somebody, or some channel, was last answered without having asked.

    Kept in memory: a restart answers once more than it might, and each of several processes counts for itself.

    Args:
        clock: the time.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last: OrderedDict[object, float] = OrderedDict()

    def allows(self, rule: Rule, channel: object, author: object) -> bool:
        """Whether the channel may be answered now; if so, that counts as an answer."""
        now = self._clock.monotonic()
        keys = [(channel, author, rule.author_cooldown), (channel, None, rule.channel_cooldown)]
        waits = [((where, who), seconds) for where, who, seconds in keys if seconds]
        if any(now - self._last.get(key, float("-inf")) < seconds for key, seconds in waits):
            return False
        for key, _ in waits:
            self._last[key] = now
            self._last.move_to_end(key)
        while len(self._last) > _REMEMBERED:
            self._last.popitem(last=False)
        return True
