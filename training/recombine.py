"""Reviews put together from parts of others: more texts of the domain for the teachers to judge.

A network that learns from teachers can learn as much as there is to ask them about, and a few ten thousand unrated
reviews are soon asked about. So more are made of them, as augmented texts are for distillation (Tang et al. 2019,
arXiv:1903.12136; Jiao et al. 2020, "TinyBERT", arXiv:1909.10351). Nobody says what is right about such a text except
the teachers.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_CONTEXT = 3  # characters that two reviews share where one goes on as the other
_SHORTEST = 4
_DROPPED = 0.3  # most words that are left out
_TRIES = 20  # for each text that is asked for


def recombine(texts: Sequence[str], count: int, seed: int) -> list[str]:
    """Make texts of parts of others, none of them twice and none that is there already.

    Three in five begin as one review and go on as another where both have the same three characters, so that they
    read like one; the others are a part of a review, or a review without some of its words.

    Args:
        texts: normalised reviews.
        count: how many to make; fewer if the texts are too few for so many.
        seed: of which.
    """
    random = np.random.default_rng(seed)
    places = _places(texts)
    there, made, longest = set(texts), list[str](), max(map(len, texts), default=0)
    for _ in range(_TRIES * count):
        if len(made) == count or not texts:
            break
        text = texts[int(random.integers(len(texts)))]
        kind = random.random()
        if kind < 0.6:
            new = _go_on(text, texts, places, random)
            if new is not None and kind < 0.2:
                new = _go_on(new, texts, places, random)
        else:
            new = _part(text, random) if kind < 0.8 else _without(text, random)
        if new is not None and _SHORTEST <= len(new) <= longest and new not in there:
            there.add(new)
            made.append(new)
    return made


def _places(texts: Sequence[str]) -> dict[str, list[tuple[int, int]]]:
    """Where each run of characters ends: number of the text, and the place after it."""
    places: dict[str, list[tuple[int, int]]] = {}
    for number, text in enumerate(texts):
        for end in range(_CONTEXT, len(text)):
            places.setdefault(text[end - _CONTEXT : end], []).append((number, end))
    return places


def _go_on(
    text: str, texts: Sequence[str], places: dict[str, list[tuple[int, int]]], random: np.random.Generator
) -> str | None:
    """The text's beginning, and the rest of another that has the same characters before."""
    if len(text) <= _CONTEXT:
        return None
    cut = int(random.integers(_CONTEXT, len(text)))
    others = places.get(text[cut - _CONTEXT : cut])
    if not others:
        return None
    number, end = others[int(random.integers(len(others)))]
    return text[:cut] + texts[number][end:]


def _part(text: str, random: np.random.Generator) -> str | None:
    """Half of the text's words at least, one after another."""
    words = text.split()
    if len(words) < 2:
        return None
    size = int(random.integers((len(words) + 1) // 2, len(words)))
    start = int(random.integers(len(words) - size + 1))
    return " ".join(words[start : start + size])


def _without(text: str, random: np.random.Generator) -> str | None:
    """The text without some of its words."""
    words = text.split()
    if len(words) < 3:
        return None
    share = _DROPPED * random.random()
    kept = [word for word in words if random.random() >= share]
    return " ".join(kept) if len(kept) < len(words) else None
