"""When a digest is due: at an hour of the day in a time zone, each day or each Monday.

A slot is a moment, the same for every process and after every restart; what was sent is known by its slot. Where the
clocks go forward over the hour, it is the hour after; where they go back, the first of the two.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

Often = Literal["daily", "weekly"]

_DAYS: dict[Often, int] = {"daily": 1, "weekly": 7}


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Names of time zones by how they are written in small letters."""
    return {name.lower(): name for name in available_timezones()} | {"kst": "Asia/Seoul", "한국": "Asia/Seoul"}


def zone_of(name: str) -> ZoneInfo | None:
    """A time zone by its name, in large or small letters, e.g. ``asia/seoul``; None if there is none."""
    found = _names().get(name.lower().replace(" ", "_"))
    return None if found is None else ZoneInfo(found)


def last_slot(now: datetime, often: Often, minute: int, zone: ZoneInfo) -> datetime:
    """The newest slot that is not in the future.

    Args:
        now: with a time zone.
        often: each day, or each Monday.
        minute: of the day, 0..1439.
        zone: where that day is.
    """
    today = now.astimezone(zone).date()
    days = (today + timedelta(days=1 - back) for back in range(_DAYS[often] + 3))
    return next(slot for day in days if _is_day(day, often) and (slot := _moment(day, minute, zone)) <= now)


def slot_before(slot: datetime, often: Often, minute: int, zone: ZoneInfo) -> datetime:
    """The slot before another."""
    return last_slot(slot - timedelta(milliseconds=1), often, minute, zone)


def next_slot(now: datetime, often: Often, minute: int, zone: ZoneInfo) -> datetime:
    """The first slot in the future."""
    today = now.astimezone(zone).date()
    days = (today + timedelta(days=ahead - 1) for ahead in range(_DAYS[often] + 3))
    return next(slot for day in days if _is_day(day, often) and (slot := _moment(day, minute, zone)) > now)


def _is_day(day: date, often: Often) -> bool:
    return often == "daily" or day.weekday() == 0


def _moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(minute // 60, minute % 60), zone).astimezone(UTC)
