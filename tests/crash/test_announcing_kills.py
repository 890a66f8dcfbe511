"""What announces is killed again and again: no digest comes twice, and only one that was on its way may be missing.

``python -m pytest -n 0 -m crash tests/crash/test_announcing_kills.py -s`` prints what happened; ``NUNCHI_CYCLES`` and
``NUNCHI_SEED`` choose how often and when.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from bot.core.bulletins import BulletinSettings
from bot.core.events import Place
from bot.core.fingerprint import Fingerprint
from bot.storage.bulletins import SqlBulletins
from bot.storage.opening import open_store
from tests.bot.core.fakes import KEY
from tests.bot.running import child_environment

CYCLES = int(os.environ.get("NUNCHI_CYCLES", "25"))
SEED = int(os.environ.get("NUNCHI_SEED", "20261122"))
CHANNELS = 6


@pytest.mark.crash
@pytest.mark.timeout(600)
async def test_killed_at_any_moment(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    store = await open_store(None, tmp_path, Fingerprint(KEY))
    for number in range(CHANNELS):
        place = Place("pigeon", "loft", f"C{number}")
        await SqlBulletins(store).choose(place, BulletinSettings(digest="daily"))
    await store.close()
    for cycle in range(CYCLES):
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.announcing_child", str(tmp_path), str(SEED + cycle)],
            env=child_environment(PYTHONWARNINGS="ignore"),
            stdout=subprocess.PIPE,
        )
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        time.sleep(chance.random())  # the moment of the kill is what chance decides
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
    said = Counter((tmp_path / "posts").read_text("utf-8").splitlines())
    with closing(sqlite3.connect(tmp_path / "nunchi.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        rows = database.execute("SELECT channel, name, state FROM notices").fetchall()
    states = Counter(state for _, _, state in rows)
    print(f"{CYCLES} kills, {sum(said.values())} digests, {dict(states)}")
    assert max(said.values()) == 1, "said twice"
    assert sum(said.values()) > CYCLES
    for number in range(CHANNELS):
        days = sorted(int(name.partition(":")[2]) // 86_400 for channel, name, _ in rows if channel == f"C{number}")
        assert days == list(range(days[0], days[0] + len(days))), "a day was left out"
    assert states["sent"] <= sum(said.values()) <= states["sent"] + states["sending"]
    assert states["sending"] <= 4 * CYCLES, "those that were on their way at the kill: four at once"
