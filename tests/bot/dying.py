"""Runs ``nunchi``, and something happens to it at a given call of the system. Started by tests.

``python dying.py write:3:kill score a.csv -o b.csv``: half of the third ``os.write`` is done when it is killed.
"""

import itertools
import os
import signal
import sys

from bot.cli import main
from bot.core import partial

SIGNALS = {"kill": signal.SIGKILL, "term": signal.SIGTERM, "int": signal.SIGINT, "hup": signal.SIGHUP}


def arm(name: str, number: int, what: str) -> None:
    """Let it happen at the call of that number of ``os.<name>``."""
    real, calls = getattr(os, name), itertools.count(1)

    def call(*arguments: object, **more: object) -> object:
        if next(calls) == number:
            if name == "write":
                real(arguments[0], bytes(arguments[1])[: len(arguments[1]) // 2])
            os.kill(os.getpid(), SIGNALS[what])
        return real(*arguments, **more)

    setattr(os, name, call)


if __name__ == "__main__":
    partial.CHECKPOINT_SECONDS = 0  # after every batch
    name, number, what = sys.argv[1].split(":")
    arm(name, int(number), what)
    sys.exit(main(sys.argv[2:]))
