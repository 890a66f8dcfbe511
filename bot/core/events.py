"""What comes in from a platform and what goes out to it, in words that know no platform."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from bot.core.messages import Language
from bot.core.moderation import BANDS, CASE_ACTIONS, OF_MODE, Action, Rule

if TYPE_CHECKING:
    from nlp import Verdict

Way = Literal["direct", "mention", "command", "menu", "watched"]
"""How a text reached the bot: a direct message, a mention, a slash command, the menu of a message, or because
its channel is watched."""

Band = Literal["positive", "unsure", "negative"]
Mode = Literal["reply", "reaction", "silent"]
"""What a watched channel sees of a verdict: a card, a reaction to the message, nothing. For single bands the rule can
say otherwise, see :mod:`bot.core.moderation`."""


@dataclass(frozen=True, slots=True)
class Place:
    """A channel.

    Attributes:
        platform: e.g. ``slack``.
        workspace: the platform's id of the workspace or server; empty where there is none.
        channel: the platform's id of the channel.
    """

    platform: str
    workspace: str
    channel: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """A text that may be judged.

    Attributes:
        place: where it was said.
        message: the platform's id of the message that asks for a verdict; unique in its channel. For a command
            that is no message: the id of the interaction.
        author: the platform's id of who asks, unique on the platform.
        text: what is to be judged. Not shown in ``repr``, so that no log can show it.
        way: how it came in.
        thread: id of the thread to answer in; None where there is none.
        revision: of an edited message, which edit this is; empty for what was never edited.
        by_bot: whether a program wrote it, this one or another.
        any_language: whether the figures are wanted even of a text that is not Korean.
        language: what the asker's platform speaks; None if unknown.
        handle: what the adapter needs to answer this very event (e.g. an interaction); the core only hands it back.
        source: the platform's id of the message in this channel that holds the text, by which it can be read again;
            None where there is none (e.g. a slash command).
        roles: the platform's ids of the author's roles, where it tells them with the message; none where it does not.
    """

    place: Place
    message: str
    author: str
    text: str = field(repr=False)
    way: Way
    thread: str | None = None
    revision: str = ""
    by_bot: bool = False
    any_language: bool = False
    language: Language | None = None
    handle: object = field(default=None, repr=False, compare=False)
    source: str | None = None
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message.

    Attributes:
        name: what its sender calls it; only its extension is looked at. Not shown in ``repr``.
        size: in bytes, as the platform says; None if it does not.
        handle: what the adapter needs to fetch it; the core only hands it back.
        missing: whether the platform does not let the bot see it; then nothing else is known.
    """

    name: str = field(repr=False)
    size: int | None = None
    handle: object = field(default=None, repr=False, compare=False)
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """A message as the platform has it now.

    Attributes:
        author: the platform's id of who wrote it, as in :attr:`Incoming.author`; empty if unknown.
        text: what it says. Not shown in ``repr``.
    """

    author: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Card:
    """A verdict as it is shown. Holds nothing that a user wrote, except evidence words of plain Hangul.

    Attributes:
        verdict: the figures.
        band: what the channel's thresholds make of them.
        title: the verdict in a word or few.
        certainty: how sure, in words.
        percent: how sure, as a figure.
        bar: how sure, in tenths, 0..10.
        evidence: words that decided it, made safe by :mod:`bot.core.evidence`; empty if the model does not say.
        language: of the words.
        id: of the recorded verdict, for feedback; empty where none is wanted.
        source: id of the message to read again for the button "why"; empty where it cannot be read again.
    """

    verdict: Verdict
    band: Band
    title: str
    certainty: str
    percent: str
    bar: int
    evidence: tuple[str, ...] = field(repr=False)
    language: Language
    id: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """Something to say.

    Attributes:
        text: the whole answer in plain words: all there is of a notice; of a card, what notifications and screen
            readers get.
        card: the verdict to show; None for a notice.
        private: only the asker should see it.
    """

    text: str
    card: Card | None = None
    private: bool = False


@dataclass(frozen=True, slots=True)
class Reaction:
    """A mark put on the message itself: its band, or ``busy`` where there was no room to judge it."""

    mark: Literal["positive", "unsure", "negative", "busy"]


Answer = Reply | Reaction


@dataclass(frozen=True, slots=True)
class Button:
    """A button of a :class:`Post`.

    Attributes:
        id: what comes back when it is pressed, by which it works after a restart, in any process: at most 80
            characters of ``A-Z``, ``a-z``, ``0-9``, ``:``, ``.``, ``_`` and ``-``, beginning with whose it is, e.g.
            ``case:hide:12``.
        label: its words, at most 40 characters.
        style: ``good`` and ``bad`` are shown in green and red.
    """

    id: str
    label: str
    style: Literal["plain", "good", "bad"] = "plain"


@dataclass(frozen=True, slots=True)
class Link:
    """A button that leads somewhere.

    Attributes:
        label: its words, at most 40 characters.
        url: where; given by a platform, never by a user.
    """

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that goes with a :class:`Post`.

    Attributes:
        content: a PNG file.
        alt: what it shows, in words, for those who cannot see it.
        name: of the file.
    """

    content: bytes = field(repr=False)
    alt: str
    name: str = "nunchi.png"


@dataclass(frozen=True, slots=True)
class Post:
    """Something said in a channel that answers no message.

    It may name words of a review, which ``repr`` does not show. All texts are plain: an adapter lets nothing in them be
    mark-up, a link or a ping, and cuts what is too long.

    Attributes:
        headline: what it is, in a line.
        body: paragraphs.
        fields: names and values, to be shown as a short table; at most 10.
        notes: small print, a line each.
        buttons: at most 10.
        links: likewise.
        about: a channel that it is about, shown by the name that the platform knows it by.
        people: what somebody is, e.g. ``담당``, and the platform's id of the person, shown likewise; nobody is pinged.
        tone: colour, where there are colours.
        picture: a picture.
    """

    headline: str
    body: tuple[str, ...] = field(default=(), repr=False)
    fields: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    notes: tuple[str, ...] = ()
    buttons: tuple[Button, ...] = ()
    links: tuple[Link, ...] = ()
    about: Place | None = None
    people: tuple[tuple[str, str], ...] = ()
    tone: Literal["plain", "positive", "unsure", "negative"] = "plain"
    picture: Picture | None = None

    @property
    def text(self) -> str:
        """All of it in plain words, for notifications and screen readers."""
        lines = [self.headline, *self.body, *(f"{name}: {value}" for name, value in self.fields), *self.notes]
        return "\n".join([*lines, *([self.picture.alt] if self.picture is not None else [])])


@dataclass(frozen=True, slots=True)
class Pressed:
    """Somebody pressed a button of a :class:`Post`.

    Attributes:
        incoming: who, and where; its ``handle`` lets the platform answer. There is no text.
        button: the button's id.
        moderator: whether the platform lets this person moderate the channel that the post is in.
    """

    incoming: Incoming
    button: str
    moderator: bool = False


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """What the admins of a channel chose. A new channel is not watched, and only logged when it first is.

    Attributes:
        watch: whether every message is judged, not only those that ask for it.
        mode: what is shown of a watched message's verdict, where the rule does not say it of its band.
        positive_above: least probability of the band ``positive``; the model's own if None.
        negative_below: greatest probability of the band ``negative``; the model's own if None.
        language: of the answers; that of the asker if None.
        rule: what else is done with a watched message, by its band.
    """

    watch: bool = False
    mode: Mode = "silent"
    positive_above: float | None = None
    negative_below: float | None = None
    language: Language | None = None
    rule: Rule = field(default_factory=Rule)

    def actions(self, band: Band) -> tuple[Action, ...]:
        """What is done with a watched message of a band: its own actions, else those of the mode."""
        own = self.rule.own(band)
        return OF_MODE[self.mode] if own is None else own

    @property
    def names_words(self) -> bool:
        """Whether a card of some band, in the channel or in the moderators', names words of a watched message."""
        wanted = {"reply"} | CASE_ACTIONS
        return any(not wanted.isdisjoint(self.actions(band)) for band in BANDS)

    def band(self, verdict: Verdict) -> Band:
        """The band of a verdict under these thresholds."""
        if self.positive_above is None or self.negative_below is None or not verdict.korean:
            return verdict.band
        if verdict.probability >= self.positive_above:
            return "positive"
        return "negative" if verdict.probability <= self.negative_below else "unsure"


class Outcome(StrEnum):
    """How the path of a message ended; the label of a counter."""

    BY_BOT = "by_bot"
    UNADDRESSED = "unaddressed"
    OPTED_OUT = "opted_out"
    DUPLICATE = "duplicate"
    RATE_LIMITED = "rate_limited"
    EMPTY = "empty"
    NOT_KOREAN = "not_korean"
    BUSY = "busy"
    RECORDED = "recorded"
    REPLIED = "replied"
    UPDATED = "updated"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    REFUSED = "refused"
    STOPPED = "stopped"
