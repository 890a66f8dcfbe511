"""``nunchi simulate``: what a rule would do with a file of reviews."""

from __future__ import annotations

import os
import re
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands.interruption import Interrupted, ignore_more, interruptible
from bot.commands.model import load_model
from bot.commands.progress import progress
from bot.commands.store import with_store
from bot.core.errors import ExitStatus, UserError
from bot.core.events import ChannelSettings, Place
from bot.core.evidence import signed_words
from bot.core.jsontext import to_json
from bot.core.messages import Messages
from bot.core.moderation import BANDS
from bot.core.partial import check_target
from bot.core.scoring import batches
from bot.core.simulation import Tally, band_fields, picture, summary
from bot.core.tables import ReadOptions, Tick, open_table
from bot.settings import Settings
from bot.storage.store import SqlStore
from bot.terminal import say

if TYPE_CHECKING:
    from nlp import Analyzer


@dataclass(frozen=True)
class SimulateOptions:
    """What the user asked for.

    Attributes:
        input: the file to read.
        read: how to read it.
        channel: whose rule to try, ``platform/workspace/channel``; a new channel's if None.
        thresholds: instead of the rule's, in percent; both or None.
        picture: the PNG to write; none if None.
        show: how many flagged reviews to list.
        model: folder of the model; the bundled one if None.
        force: overwrite the picture.
        json: print one JSON object.
    """

    input: Path
    read: ReadOptions
    channel: str | None = None
    thresholds: tuple[float | None, float | None] = (None, None)
    picture: Path | None = None
    show: int = 10
    model: Path | None = None
    force: bool = False
    json: bool = False


@dataclass(frozen=True)
class Flag:
    """A row with which something would be done.

    Attributes:
        row: its number, from 1.
        band: its band.
        probability: that it is positive.
        evidence: words that decided it.
    """

    row: int
    band: str
    probability: float
    evidence: tuple[str, ...]


def simulate(messages: Messages, options: SimulateOptions) -> ExitStatus:
    """Print how many reviews are in each band, with which something would be done, and why.

    Raises:
        UserError: for whatever is wrong with the input, the channel, the thresholds, the model or the picture.
    """
    settings = _settings(options)
    if str(options.input) == "-":
        raise UserError(ExitStatus.USAGE, "report_stream")
    if options.picture is not None:
        _check_picture(options.picture, force=options.force)
    with interruptible(), progress(messages) as tick:
        try:
            analyzer = load_model(options.model)
            tally, flagged = _try(analyzer, settings, options, tick)
            if options.picture is not None:
                _save(picture(tally, settings, analyzer, messages).content, options.picture)
        except Interrupted:
            ignore_more()
            raise UserError(ExitStatus.INTERRUPTED, "interrupted_early") from None
    if options.json:
        counts = {band: tally.bands[band] for band in BANDS}
        rows = [asdict(flag) for flag in flagged]
        say(to_json({**counts, "unjudged": tally.unjudged, "flagged": tally.flagged, "bins": tally.bins, "rows": rows}))
        return ExitStatus.OK
    lines = [f"{name}: {value}" for name, value in band_fields(tally, settings, messages)]
    lines += summary(tally, settings, analyzer, messages)
    for flag in flagged:
        words = ", ".join(flag.evidence) or messages("simulate_whole")
        band, percent = messages(f"band_{flag.band}"), f"{100 * flag.probability:.1f}"
        lines.append(messages("simulate_row", row=f"{flag.row:,}", band=band, percent=percent, words=words))
    if tally.unjudged:
        lines.append(messages("simulate_unjudged", unjudged=f"{tally.unjudged:,}"))
    if options.picture is not None:
        lines.append(messages("simulate_drawn", path=options.picture))
    say("\n".join(lines))
    return ExitStatus.OK


def _try(
    analyzer: Analyzer, settings: ChannelSettings, options: SimulateOptions, tick: Tick
) -> tuple[Tally, list[Flag]]:
    tally, found = Tally(), list[tuple[Flag, str]]()
    with open_table(options.input, options.read, tick) as table:
        done = 0
        for batch in batches(table.rows(), table.text_column):
            texts = [text for _, text in batch]
            for number, (text, verdict) in enumerate(zip(texts, analyzer.analyze_batch(texts), strict=True), done + 1):
                if tally.add(verdict, settings):
                    found.append((Flag(number, settings.band(verdict), verdict.probability, ()), text))
            # The ones to look at first are those of which the model is most sure.
            found = sorted(found, key=lambda pair: -abs(pair[0].probability - 0.5))[: options.show]
            done += len(batch)
            tick("score", done, table.total)
    flagged = []
    for flag, text in found:
        words = signed_words(analyzer.explain(text).words)
        tally.words.update(words)
        flagged.append(replace(flag, evidence=words))
    return tally, flagged


def _settings(options: SimulateOptions) -> ChannelSettings:
    settings = ChannelSettings()
    if options.channel is not None:
        match = re.fullmatch(r"([a-z]{1,16})/([\w-]{0,64})/([\w-]{1,64})", options.channel)
        if match is None:
            raise UserError(ExitStatus.USAGE, "rule_wrong_place", field="--channel")
        place = Place(*match.groups())

        async def read(store: SqlStore, configured: Settings) -> ChannelSettings:
            return await store.settings(place)

        settings = with_store(read)
    low, high = options.thresholds
    if low is None and high is None:
        return settings
    if low is None or high is None or not 0 < low < high < 100:
        raise UserError(ExitStatus.USAGE, "simulate_thresholds")
    return replace(settings, negative_below=low / 100, positive_above=high / 100)


def _check_picture(path: Path, *, force: bool) -> None:
    if path.suffix.lower() != ".png":
        raise UserError(ExitStatus.USAGE, "simulate_picture_kind")
    try:
        check_target(path, force=force)
    except OSError as error:
        raise UserError(ExitStatus.CANNOT_CREATE, "output_unwritable", path=path, reason=error.strerror) from None


def _save(content: bytes, path: Path) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise UserError(ExitStatus.CANNOT_CREATE, "output_unwritable", path=path, reason=error.strerror) from None
