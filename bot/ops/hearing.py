"""Whether a platform is still heard: a connection may be up, and nothing come through it any more."""

from __future__ import annotations

from typing import Protocol, runtime_checkable


@runtime_checkable
class Hears(Protocol):
    """A platform's bot that keeps a connection, and can tell how long nothing has come through it."""

    @property
    def silence(self) -> float | None:
        """Seconds since the last frame of any kind; None while there is no connection that should be heard."""
        ...

    @property
    def most_silence(self) -> float:
        """Seconds of it after which something is wrong that the bot could not mend by itself."""
        ...


def is_well(service: Hears) -> bool:
    """Whether the platform is heard, or need not be."""
    silence = service.silence
    return silence is None or silence <= service.most_silence
