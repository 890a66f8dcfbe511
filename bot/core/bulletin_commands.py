"""What admins can say about digests and alerts: ``digest daily 09:00 Asia/Seoul``, ``alerts on``."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, cast

from bot.core.announcing import moderators
from bot.core.bulletins import BulletinSettings, Digest, Empty
from bot.core.events import ChannelSettings, Place
from bot.core.messages import Messages
from bot.core.slots import next_slot, zone_of

if TYPE_CHECKING:
    from bot.core.service import Core

BulletinVerb = Literal["digest", "alerts"]

_ZONE = r"[a-z]+(?:[/_+-][a-z0-9_+-]+)+|utc|kst|한국"
_DIGEST = (
    r"off|끄기",
    rf"(?:daily|weekly|매일|매주)(?: +\d{{1,2}}:\d{{2}})?(?: +(?:{_ZONE}))?",
    r"(?:empty|빈 *날) +(?:line|silent|한 *줄|조용히)",
    r"(?:to|보낼 *곳) +(?:here|moderators|여기|운영진|<#[a-z0-9]+>|[a-z0-9]{9,20})",
)
BULLETIN_GRAMMAR: tuple[tuple[BulletinVerb, str], ...] = (
    ("digest", rf"(?:digest|요약) +({'|'.join(_DIGEST)})"),
    ("alerts", r"(?:alerts?|알림) +(on|off|켜기|끄기)"),
)
"""As :data:`bot.core.commands._GRAMMAR`. Whatever else begins with these words is a review."""

_SAME = {
    "끄기": "off",
    "켜기": "on",
    "매일": "daily",
    "매주": "weekly",
    "한줄": "line",
    "조용히": "silent",
    "빈날": "empty",
    "보낼곳": "to",
    "여기": "here",
    "운영진": "moderators",
}


_ONE_WORD = re.compile(r"한 +줄|빈 +날|보낼 +곳")


async def obey_bulletin(core: Core, place: Place, author: str, verb: str, value: str, messages: Messages) -> str:
    """Change what is told of a channel.

    Args:
        core: the bot.
        place: the channel.
        author: the platform's id of who changes it, for the audit log.
        verb: ``digest`` or ``alerts``.
        value: what of it, as the grammar lets it through.
        messages: the language to answer in.

    Returns:
        The sentence to answer with. It repeats nothing of what was typed.
    """
    announcer = core.announcer
    if announcer is None:
        return messages("bulletins_none")
    old = await announcer.store.bulletins(place)
    new = _changed(core, place, old, verb, value)
    if new is None:
        return messages("digest_wrong")
    await announcer.store.choose(place, replace(new, trouble=""))
    await core.store.keep_change(core.change(place, author, verb, value))
    announcer.wants(place, new)
    channel = await core.settings(place)
    sentences = [_describe(core, new, channel, messages)]
    if not channel.watch and (new.alerts or new.digest != "off"):
        sentences.append(messages("bulletins_not_watched"))
    if verb == "alerts" and new.alerts:
        sentences.append(messages("alerts_promise"))
    return "\n".join(sentences)


async def bulletin_status(core: Core, place: Place, messages: Messages) -> str:
    """What is told of a channel, and what stands in its way; empty where nothing can be."""
    if core.announcer is None:
        return ""
    settings = await core.announcer.store.bulletins(place)
    line = _describe(core, settings, await core.settings(place), messages)
    if settings.trouble:
        line += "\n" + messages("bulletins_trouble", reason=settings.trouble)
    return line


def _changed(core: Core, place: Place, old: BulletinSettings, verb: str, value: str) -> BulletinSettings | None:
    """What is wanted from now on, which of several words is the newest; None if there is no such time."""
    words = iter(
        [_SAME.get(word, word) for word in _ONE_WORD.sub(lambda found: found[0].replace(" ", ""), value).split()]
    )
    new = old
    for word in words:
        if verb == "alerts":
            new = replace(new, alerts=word == "on")
        elif word in ("off", "daily", "weekly"):
            new = replace(new, digest=cast(Digest, word), since=core.clock.now())
        elif word in ("line", "silent"):
            new = replace(new, empty=cast(Empty, word))
        elif word == "to":
            to = next(words, "here").strip("<#>")
            new = replace(new, to={"here": place.channel, "moderators": ""}.get(to, to.upper()))
        elif ":" in word:
            hour, _, minute = word.partition(":")
            if not (hour.isdecimal() and minute.isdecimal() and int(hour) < 24 and int(minute) < 60):
                return None
            new = replace(new, minute=60 * int(hour) + int(minute))
        elif word != "empty":
            zone = zone_of(word)
            if zone is None:
                return None
            new = replace(new, zone=zone.key)
    return new


def _describe(core: Core, settings: BulletinSettings, channel: ChannelSettings, messages: Messages) -> str:
    zone = zone_of(settings.zone)
    if settings.digest == "off" or zone is None:
        digest = messages("off")
    else:
        at = next_slot(core.clock.now(), settings.digest, settings.minute, zone).astimezone(zone)
        day = messages("bulletin_day", month=at.month, day=at.day)
        digest = messages(f"digest_{settings.digest}", time=f"{at:%H:%M}", zone=settings.zone, day=day)
    where = settings.to or moderators(channel)
    return messages(
        "bulletins_status",
        digest=digest,
        empty=messages(f"digest_empty_{settings.empty}"),
        alerts=messages("on" if settings.alerts else "off"),
        where=messages("bulletins_elsewhere" if where else "bulletins_here"),
    )
