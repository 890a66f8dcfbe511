"""A channel's rule, and its thresholds, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.clock import KOREA
from bot.core.events import ChannelSettings
from bot.core.messages import Messages
from bot.core.moderation import BANDS, CASE_ACTIONS, Action
from bot.core.ports import Measured
from bot.core.records import Change

if TYPE_CHECKING:
    from nlp.curve import Curve


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where the bands of a channel begin.

    Attributes:
        negative: greatest probability of the band ``negative``; None if not even the model says.
        positive: least probability of the band ``positive``.
        curve: what a threshold is worth; None if the model does not say.
    """

    negative: float | None = None
    positive: float | None = None
    curve: Curve | None = None


def thresholds_of(settings: ChannelSettings, model: object) -> Thresholds:
    """The channel's own thresholds, else the model's."""
    curve = model.curve if isinstance(model, Measured) else None
    if settings.negative_below is not None and settings.positive_above is not None:
        return Thresholds(settings.negative_below, settings.positive_above, curve)
    return Thresholds(*model.bands, curve) if isinstance(model, Measured) else Thresholds()


def say_thresholds(settings: ChannelSettings, model: object, messages: Messages) -> str:
    """What the thresholds are, and what they are worth by the model's own measure: two lines at most."""
    found = thresholds_of(settings, model)
    if found.negative is None or found.positive is None:
        return messages("thresholds_model")
    low, high = (f"{100 * share:.3g}" for share in (found.negative, found.positive))
    line = messages("thresholds_own", low=low, high=high)
    if found.curve is None:
        return f"{line}\n{messages('rule_no_curve')}"
    parts = []
    for band, point in (
        ("negative", found.curve.at_negative(found.negative)),
        ("positive", found.curve.at_positive(found.positive)),
    ):
        if point is not None:
            values = {"precision": f"{point.precision:.2f}", "recall": f"{point.recall:.2f}"}
            parts.append(messages("rule_worth", band=messages(f"band_{band}"), **values))
    if not parts:
        return f"{line}\n{messages('rule_no_curve')}"
    return f"{line}\n{messages('rule_curve', worth=' · '.join(parts), rows=f'{found.curve.rows:,}')}"


def say_actions(actions: tuple[Action, ...], messages: Messages) -> str:
    """Actions in words."""
    seen = [action for action in actions if action != "log"]
    return " + ".join(messages(f"action_{action}") for action in seen) or messages("action_log")


def mention(kind: str, id_: str) -> str:
    """A channel (``#``), a person (``@``) or a role (``@&``), as Discord and Slack both write it."""
    return f"<{kind}{id_}>"


def say_rule(settings: ChannelSettings, model: object, messages: Messages) -> str:
    """The whole rule, a line for each thing."""
    rule = settings.rule
    lines = []
    for band in BANDS:
        line = messages(
            "rule_band", band=messages(f"band_{band}"), actions=say_actions(settings.actions(band), messages)
        )
        lines.append(line + (messages("rule_by_mode") if rule.own(band) is None else ""))
    lines.append(messages("rule_thresholds", thresholds=say_thresholds(settings, model, messages)))
    moderators = mention("#", rule.moderators) if rule.moderators else messages("rule_none")
    lines.append(messages("rule_moderators", channel=moderators))
    if rule.moderators is None and any(not CASE_ACTIONS.isdisjoint(settings.actions(band)) for band in BANDS):
        lines.append(messages("rule_moderators_missing"))
    if rule.exempt_roles or rule.exempt_users:
        roles = " ".join(mention("@&", role) for role in rule.exempt_roles) or messages("rule_none")
        lines.append(messages("rule_exempt", roles=roles, people=len(rule.exempt_users)))
    if rule.quiet is not None:
        start, end = f"{rule.quiet.start:%H:%M}", f"{rule.quiet.end:%H:%M}"
        lines.append(messages("rule_quiet", start=start, end=end, zone=rule.quiet.zone))
    if rule.author_cooldown or rule.channel_cooldown:
        lines.append(messages("rule_cooldown", author=rule.author_cooldown, channel=rule.channel_cooldown))
    if rule.notify_author:
        lines.append(messages("rule_notify"))
    if rule.keep_text_days:
        lines.append(messages("rule_keep", days=rule.keep_text_days))
    watched = messages("on" if settings.watch else "off")
    return "\n".join([messages("rule_title", watch=watched, mode=messages(f"mode_{settings.mode}")), *lines])


def say_names(settings: ChannelSettings, messages: Messages) -> list[str]:
    """What a rule names by the platform's ids, by the names that the platform shows for them: a line for each thing."""
    rule, lines = settings.rule, []
    if rule.moderators:
        lines.append(messages("rule_moderators", channel=mention("#", rule.moderators)))
    if rule.exempt_roles:
        roles = " ".join(mention("@&", role) for role in rule.exempt_roles)
        lines.append(messages("rule_exempt", roles=roles, people=len(rule.exempt_users)))
    return lines


_IDS = {("rule", "moderators"): "#", ("rule", "role"): "@&", ("digest", "to"): "#"}
"""Before which word of which change an id stands, and what it is of."""

_WORDS = frozenset({"here", "off", "moderators"})
"""What can stand there instead."""


def _say_value(change: Change) -> str:
    """A kept value, its ids as mentions."""
    words = change.value.split(" ")
    for number, word in enumerate(words[1:], 1):
        kind = _IDS.get((change.what, words[number - 1]))
        if kind is not None and word not in _WORDS and word.isalnum():
            words[number] = mention(kind, word)
    return " ".join(words)


def say_changes(changes: list[Change], messages: Messages, *, zone_time: str = "%Y-%m-%d %H:%M") -> str:
    """The audit log, a line for each change, in Korean time."""
    if not changes:
        return messages("audit_none")
    lines = []
    for change in changes:
        who = mention("@", change.who.rpartition("/")[2]) if change.who else messages("audit_nobody")
        at = change.at.astimezone(KOREA).strftime(zone_time)
        what = " ".join(filter(None, (change.what, _say_value(change))))
        lines.append(messages("audit_line", at=at, channel=mention("#", change.place.channel), who=who, what=what))
    return "\n".join([messages("audit_title"), *lines])
