"""Runs ``nunchi``, and is killed where a function of ours is called. Started by tests.

``python dying_at.py bot.storage.cases:SqlCases.open run slack``.
"""

import os
import signal
import sys
from importlib import import_module

from bot.cli import main


def arm(where: str) -> None:
    """Let it be killed at the call."""
    module, _, path = where.partition(":")
    owner, name = getattr(import_module(module), path.split(".")[0]), path.split(".")[1]

    def die(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(owner, name, die)


if __name__ == "__main__":
    arm(sys.argv[1])
    sys.exit(main(sys.argv[2:]))
