"""Small charts in SVG that are as wide as the page is: places are per cent, so letters keep their size on a phone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape

_BANDS = ("positive", "unsure", "negative")


def shares(counts: Counter[str]) -> list[float]:
    """Share of positive, unsure and negative, in per cent."""
    total = sum(counts.values())
    return [100 * counts[band] / total if total else 0.0 for band in _BANDS]


def stacked_bar(counts: Counter[str], label: str, height: int = 14) -> str:
    """One bar: positive, unsure and negative side by side.

    Args:
        counts: by band.
        label: what it shows, for those who cannot see it.
        height: in pixels.
    """
    parts, left = [], 0.0
    for band, share in zip(_BANDS, shares(counts), strict=True):
        if share:
            parts.append(f'<rect class="{band}" x="{left:.2f}%" width="{share:.2f}%" height="{height}"/>')
        left += share
    return _svg("".join(parts), label, height, "bar")


def columns(rows: Sequence[tuple[str, Counter[str]]], label: str, height: int = 170) -> str:
    """A column for each period: its height is the number of reviews, its colours their bands.

    Args:
        rows: name and counts of each period, the names shown below.
        label: what it shows, for those who cannot see it.
        height: of the columns, in pixels.
    """
    most = max((sum(counts.values()) for _, counts in rows), default=0) or 1
    slot = 100 / max(1, len(rows))
    top, parts = 16, []
    for fraction in (0.0, 0.5, 1.0):
        y = top + height * (1 - fraction)
        parts.append(f'<line class="grid" x1="0" x2="100%" y1="{y:.1f}" y2="{y:.1f}"/>')
    parts.append(f'<text x="0" y="{top - 4}">{most:,}</text>')
    for i, (name, counts) in enumerate(rows):
        bottom = top + float(height)
        inside = []
        for band in reversed(_BANDS):
            size = height * counts[band] / most
            bottom -= size
            if size:
                place = f'x="{(i + 0.14) * slot:.3f}%" y="{bottom:.2f}" width="{0.72 * slot:.3f}%" height="{size:.2f}"'
                inside.append(f'<rect class="{band}" {place}/>')
        total = sum(counts.values())
        said = escape(f"{name}: {counts['positive']} / {counts['unsure']} / {counts['negative']} ({total})")
        parts.append(f"<g><title>{said}</title>{''.join(inside)}</g>")
    parts += _names_below([name for name, _ in rows], slot, top + height + 16)
    return _svg("".join(parts), label, top + height + 24, "columns")


def _names_below(names: Sequence[str], slot: float, y: float, most: int = 5) -> list[str]:
    """At most ``most`` names, so that they do not touch on a phone."""
    step = max(1, -(-(len(names) - 1) // (most - 1))) if len(names) > 1 else 1
    out = []
    for i in range(0, len(names), step):
        anchor = "start" if i == 0 and len(names) > 1 else "end" if i == len(names) - 1 and i else "middle"
        x = {"start": 0.0, "end": 100.0}.get(anchor, (i + 0.5) * slot)
        out.append(f'<text x="{x:.2f}%" y="{y:.1f}" text-anchor="{anchor}">{escape(names[i])}</text>')
    return out


def share_line(rows: Sequence[Counter[str]], label: str, height: int = 34) -> str:
    """How the share of positive among the sure went: a line over the periods, gaps where there was nothing.

    Args:
        rows: counts of each period.
        label: what it shows, for those who cannot see it.
        height: in pixels.
    """
    slot = 100 / max(1, len(rows))
    points: list[tuple[float, float] | None] = []
    for i, counts in enumerate(rows):
        sure = counts["positive"] + counts["negative"]
        share = counts["positive"] / sure if sure else 0.0
        points.append(((i + 0.5) * slot, 3 + (height - 6) * (1 - share)) if sure else None)
    parts = [f'<line class="grid" x1="0" x2="100%" y1="{height / 2}" y2="{height / 2}"/>']
    last: tuple[float, float] | None = None
    for point in points:
        if point is None:
            continue
        if last is not None:
            ends = f'x1="{last[0]:.2f}%" y1="{last[1]:.1f}" x2="{point[0]:.2f}%" y2="{point[1]:.1f}"'
            parts.append(f'<line class="trend" {ends}/>')
        last = point
    parts += [f'<circle class="dot" cx="{p[0]:.2f}%" cy="{p[1]:.1f}" r="2"/>' for p in points if p]
    return _svg("".join(parts), label, height, "share")


def _svg(inside: str, label: str, height: int, kind: str) -> str:
    return (
        f'<svg class="{kind}" width="100%" height="{height}" role="img" aria-label="{escape(label, quote=True)}">'
        f"{inside}</svg>"
    )
