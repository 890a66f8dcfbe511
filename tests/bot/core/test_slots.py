"""When a digest is due: in any time zone, over every change of the clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.slots import Often, last_slot, next_slot, slot_before, zone_of

SEOUL, YORK = ZoneInfo("Asia/Seoul"), ZoneInfo("America/New_York")
ZONES = (
    "Asia/Seoul",
    "America/New_York",
    "Europe/Dublin",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Kathmandu",
    "UTC",
)


def test_nine_in_seoul() -> None:
    assert last_slot(datetime(2026, 3, 2, 0, 0, tzinfo=UTC), "daily", 540, SEOUL) == datetime(2026, 3, 2, tzinfo=UTC)
    before = datetime(2026, 3, 1, 23, 59, 59, tzinfo=UTC)
    assert last_slot(before, "daily", 540, SEOUL) == datetime(2026, 3, 1, tzinfo=UTC)
    assert next_slot(before, "daily", 540, SEOUL) == datetime(2026, 3, 2, tzinfo=UTC)


def test_weekly_is_mondays() -> None:
    slot = last_slot(datetime(2026, 3, 4, 12, tzinfo=UTC), "weekly", 540, SEOUL)
    assert slot.astimezone(SEOUL).isoformat() == "2026-03-02T09:00:00+09:00"
    assert slot - slot_before(slot, "weekly", 540, SEOUL) == timedelta(days=7)


def test_an_hour_that_the_clocks_leave_out_and_one_they_have_twice() -> None:
    spring = last_slot(datetime(2026, 3, 8, 12, tzinfo=UTC), "daily", 150, YORK)
    assert spring.astimezone(YORK).isoformat() == "2026-03-08T03:30:00-04:00"
    autumn = last_slot(datetime(2026, 11, 1, 5, 45, tzinfo=UTC), "daily", 90, YORK)
    assert autumn == last_slot(datetime(2026, 11, 1, 7, tzinfo=UTC), "daily", 90, YORK)
    assert slot_before(next_slot(autumn, "daily", 90, YORK), "daily", 90, YORK) == autumn


@given(
    st.integers(0, 20 * 366 * 24 * 60).map(
        lambda minutes: datetime(2011, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    st.sampled_from(ZONES),
    st.integers(0, 1439),
    st.sampled_from(["daily", "weekly"]),
)
def test_slots_are_one_chain_whenever_it_is_asked(now: datetime, name: str, minute: int, often: Often) -> None:
    zone = ZoneInfo(name)
    last, coming = last_slot(now, often, minute, zone), next_slot(now, often, minute, zone)
    assert last <= now < coming
    assert slot_before(coming, often, minute, zone) == last
    assert next_slot(slot_before(last, often, minute, zone), often, minute, zone) == last
    assert coming - last <= timedelta(days={"daily": 1, "weekly": 7}[often], hours=25)


@pytest.mark.parametrize(
    ("name", "key"),
    [("asia/seoul", "Asia/Seoul"), ("KST", "Asia/Seoul"), ("america/port-au-prince", "America/Port-au-Prince")],
)
def test_zones_are_found_however_they_are_written(name: str, key: str) -> None:
    found = zone_of(name)
    assert found is not None and found.key == key


@pytest.mark.parametrize("name", ["", "../etc/passwd", "Asia", "Mars/Olympus", "asia/"])
def test_no_zone(name: str) -> None:
    assert zone_of(name) is None
