"""How far a file is, in one message that changes."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from bot.core.events import Attachment, ChannelSettings, Incoming, Reply
from bot.core.messages import Messages
from bot.core.ports import DeliveryError, FilePlatform
from bot.core.records import Claim
from bot.core.simulation import Tally


@dataclass(slots=True, eq=False)
class FileJob:
    """A file on its way.

    Attributes:
        incoming: the message that it came with.
        attachments: all files of that message.
        platform: where it came from and goes back to.
        messages: the language to answer in.
        claim: the right to answer.
        reference: of the message that shows how far it is.
        said: what that message says.
        sending: whether the result is being handed to the platform: then it is too late to give up.
        state: what is being done, how much is done, of how much; see :data:`bot.core.tables.Tick`.
        changed: set when ``state`` is new, or the job has finished.
        finished: set when the message is not to change any more.
        stop: set for the thread that works to give up.
        settings: of a simulation: what is tried on the file; None if it is to be scored.
        tally: of a simulation: what was found.
    """

    incoming: Incoming
    attachments: Sequence[Attachment]
    platform: FilePlatform
    messages: Messages
    claim: Claim
    reference: str | None = None
    said: str = ""
    sending: bool = False
    state: tuple[str, int, int | None] = ("check", 0, None)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    finished: asyncio.Event = field(default_factory=asyncio.Event)
    stop: threading.Event = field(default_factory=threading.Event)
    settings: ChannelSettings | None = None
    tally: Tally = field(default_factory=Tally)

    def finish(self) -> None:
        """Let the message be: nothing more is shown of the progress."""
        self.finished.set()
        self.changed.set()


async def show_progress(job: FileJob, interval: float) -> None:
    """Change the message whenever there is something new to say, until the job has finished.

    Args:
        job: the file.
        interval: seconds between two changes, at least.
    """
    while True:
        await job.changed.wait()
        job.changed.clear()
        if job.finished.is_set():
            return
        now = _sentence(job)
        if now != job.said and job.reference is not None:
            job.said = now
            with suppress(DeliveryError):  # the next one may get through
                job.reference = await job.platform.update(job.incoming, job.reference, Reply(now))
        with suppress(TimeoutError):
            await asyncio.wait_for(job.finished.wait(), interval)


def _sentence(job: FileJob) -> str:
    phase, done, total = job.state
    if phase == "score" and total:
        share = min(99, 100 * done // total)
        return job.messages("file_progress", percent=share, done=f"{done:,}", total=f"{total:,}")
    return job.messages("file_writing" if phase == "write" else "file_reading")
