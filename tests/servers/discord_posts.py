"""What the bot posts in the local Discord: its words, its buttons, and how Discord shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Any


@dataclass
class Posted:
    """A message of the bot.

    Attributes:
        only_for: token of the interaction whose user alone sees it.
        to: id of the message, or the interaction, that it answers.
        raw: all that was sent for it, as text.
    """

    id: str
    channel: str
    payload: dict[str, Any]
    to: str = ""
    only_for: str | None = None
    raw: str = ""
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """All its words."""
        return "\n".join([self.payload.get("content") or "", *words(self.payload.get("components", []))]).strip()


def words(components: list[Any]) -> list[str]:
    """The words of text displays and buttons, in order."""
    out = []
    for component in components:
        if component["type"] == 10:
            out.append(component["content"])
        elif component["type"] == 2 and component.get("label"):
            out.append(component["label"])
        out += words(component.get("components", []))
    return out


def buttons(components: list[Any]) -> dict[str, str]:
    """The buttons' ids, by their words."""
    out = {}
    for component in components:
        if component["type"] == 2 and "custom_id" in component:
            out[component["label"]] = component["custom_id"]
        out.update(buttons(component.get("components", [])))
    return out


def with_ids(components: list[Any]) -> list[Any]:
    """Components as they come back: each has a number."""
    numbers = count(1)

    def number(component: dict[str, Any]) -> dict[str, Any]:
        out = {"id": next(numbers), **component}
        if "components" in component:
            out["components"] = [number(each) for each in component["components"]]
        return out

    return [number(each) for each in components]
