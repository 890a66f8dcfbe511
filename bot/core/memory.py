"""A store that forgets everything at its end: for the terminal, and the measure of the real ones in tests."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.events import ChannelSettings, Place
from bot.core.records import Change, Claim, ClaimState, Due, Figures, Record, Unfinished


@dataclass(slots=True)
class _Claimed:
    state: ClaimState
    reference: str | None
    due: Due | None = None
    tries: int = 0


class MemoryStore:
    """Everything in dictionaries.

    Args:
        keep: claims and verdicts that are kept; the oldest go first.
    """

    def __init__(self, keep: int = 10_000) -> None:
        self._keep = keep
        self._settings: dict[Place, ChannelSettings] = {}
        self._claims: dict[Claim, _Claimed] = {}
        self._records: dict[str, Record] = {}
        self._newest: dict[tuple[Place, str], str] = {}
        self._feedback: dict[tuple[str, str], tuple[bool, datetime]] = {}
        self._out: set[str] = set()
        self._notes: dict[str, str] = {}
        self._changes: list[Change] = []

    async def settings(self, place: Place) -> ChannelSettings:
        return self._settings.get(place, ChannelSettings())

    async def configure(self, place: Place, settings: ChannelSettings, change: Change | None = None) -> None:
        self._settings[place] = settings
        if change is not None:
            await self.keep_change(change)

    async def keep_change(self, change: Change) -> None:
        self._changes.append(change)

    async def changes(
        self, platform: str, workspace: str, channel: str | None = None, newest: int = 20
    ) -> list[Change]:
        found = [
            change
            for change in self._changes
            if (change.place.platform, change.place.workspace) == (platform, workspace)
            and channel in (None, change.place.channel)
        ]
        found.reverse()  # of the same moment the last one first
        return sorted(found, key=lambda change: change.at, reverse=True)[:newest]

    async def channels(self, platform: str | None = None, workspace: str | None = None) -> dict[Place, ChannelSettings]:
        return {
            place: settings
            for place, settings in self._settings.items()
            if platform in (None, place.platform) and workspace in (None, place.workspace)
        }

    async def claim(self, claim: Claim, *, ahead: bool = False, due: Due | None = None) -> bool:
        if claim in self._claims:
            return False
        if len(self._claims) >= self._keep:
            del self._claims[next(iter(self._claims))]
        self._claims[claim] = _Claimed("claimed", None, due)
        return True

    async def release(self, claim: Claim) -> None:
        self._claims.pop(claim, None)

    async def settle(
        self,
        claim: Claim,
        state: ClaimState,
        reference: str | None = None,
        *,
        ahead: bool = False,
        owed: bool = False,
    ) -> bool:
        claimed = self._claims.get(claim)
        if claimed is None or claimed.state == "forgotten":
            return False
        claimed.state, claimed.reference, claimed.due = state, reference, claimed.due if owed else None
        return True

    async def unfinished(self, platforms: Collection[str], now: datetime, most: int = 100) -> list[Unfinished]:
        found = [
            Unfinished(claim, claimed.due, claimed.tries)
            for claim, claimed in self._claims.items()
            if claim.place.platform in platforms and claimed.due is not None and claimed.due.at <= now
        ]
        return sorted(found, key=lambda one: one.due.at)[:most]

    async def take_up(self, found: Unfinished, again: datetime) -> bool:
        claimed = self._claims.get(found.claim)
        if claimed is None or claimed.due != found.due:
            return False
        claimed.due, claimed.tries = replace(found.due, at=again), found.tries + 1
        return True

    async def finish(self, claim: Claim) -> None:
        claimed = self._claims.get(claim)
        if claimed is not None:
            claimed.due, claimed.state = None, "abandoned" if claimed.state == "claimed" else claimed.state

    async def answer_to(self, place: Place, message: str) -> str | None:
        found = None
        for claim, claimed in self._claims.items():
            if (claim.place, claim.message) == (place, message) and claimed.reference is not None:
                found = claimed.reference
        return found

    async def record(self, record: Record) -> None:
        older = self._newest.get((record.place, record.message))
        if older is not None:
            self._delete(older)
        if len(self._records) >= self._keep:
            self._delete(next(iter(self._records)))
        self._records[record.id] = record
        self._newest[record.place, record.message] = record.id

    async def verdict_of(self, place: Place, message: str) -> str | None:
        return self._newest.get((place, message))

    async def feedback(self, verdict: str, person: str, right: bool, at: datetime) -> bool:
        if verdict not in self._records:
            return False
        self._feedback[verdict, person] = right, at
        return True

    async def forget(self, place: Place, message: str) -> str | None:
        reference = await self.answer_to(place, message)
        if (place, message) in self._newest:
            self._delete(self._newest[place, message])
        for claim, claimed in self._claims.items():
            if (claim.place, claim.message) == (place, message):
                claimed.state, claimed.reference, claimed.due = "forgotten", None, None
        return reference

    async def opted_out(self, person: str) -> bool:
        return person in self._out

    async def opt_out(self, person: str, out: bool) -> None:
        (self._out.add if out else self._out.discard)(person)

    async def delete_user(self, person: str) -> Mapping[str, int]:
        said = [key for key in self._feedback if key[1] == person]
        for key in said:
            del self._feedback[key]
        asked = [record.id for record in self._records.values() if record.person == person]
        said_of = sum(self._delete(id_) for id_ in asked)
        out = len(self._out & {person})
        self._out.discard(person)
        changed = [number for number, change in enumerate(self._changes) if change.person == person]
        for number in changed:
            self._changes[number] = replace(self._changes[number], who="", person="")
        exempt = [place for place, settings in self._settings.items() if person in settings.rule.exempt_users]
        for place in exempt:
            rule = self._settings[place].rule
            others = tuple(user for user in rule.exempt_users if user != person)
            self._settings[place] = replace(self._settings[place], rule=replace(rule, exempt_users=others))
        for claimed in self._claims.values():
            if claimed.due is not None and claimed.due.person == person:
                claimed.due = None
        counts = {"verdicts": len(asked), "feedback": len(said) + said_of, "opt_outs": out}
        return {**counts, "audit": len(changed), "rules": len(exempt), **_no_cases("cases", "case_notes")}

    async def delete_workspace(self, platform: str, workspace: str) -> Mapping[str, int]:
        def within(place: Place) -> bool:
            return (place.platform, place.workspace) == (platform, workspace)

        places = [place for place in self._settings if within(place)]
        claims = [claim for claim in self._claims if within(claim.place)]
        judged = [record.id for record in self._records.values() if within(record.place)]
        changes = [change for change in self._changes if not within(change.place)]
        audit, self._changes = len(self._changes) - len(changes), changes
        for place in places:
            del self._settings[place]
        for claim in claims:
            del self._claims[claim]
        said = sum(self._delete(id_) for id_ in judged)
        counts = {"channels": len(places), "claims": len(claims), "verdicts": len(judged), "feedback": said}
        return {**counts, "audit": audit, **_no_cases("cases", "case_notes", "case_numbers")}

    async def note(self, name: str) -> str | None:
        return self._notes.get(name)

    async def keep_note(self, name: str, value: str | None) -> None:
        if value is None:
            self._notes.pop(name, None)
        else:
            self._notes[name] = value

    async def figures(self, platform: str, workspace: str, since: datetime, channel: str | None = None) -> Figures:
        found = {
            record.id: record.band
            for record in self._records.values()
            if (record.place.platform, record.place.workspace) == (platform, workspace)
            and channel in (None, record.place.channel)
            and record.at >= since
        }
        bands = list(found.values())
        said = [right for (id_, _), (right, _) in self._feedback.items() if id_ in found]
        return Figures(
            bands.count("positive"), bands.count("unsure"), bands.count("negative"), said.count(True), said.count(False)
        )

    async def purge(self, before: datetime) -> Mapping[str, int]:
        old = [record.id for record in self._records.values() if record.at < before]
        said = sum(self._delete(id_) for id_ in old)
        changes = [change for change in self._changes if change.at >= before]
        audit, self._changes = len(self._changes) - len(changes), changes
        return {"claims": 0, "verdicts": len(old), "feedback": said, "audit": audit, **_no_cases("cases")}

    async def close(self) -> None:
        """Nothing to finish."""

    def _delete(self, id_: str) -> int:
        record = self._records.pop(id_)
        if self._newest.get((record.place, record.message)) == id_:
            del self._newest[record.place, record.message]
        said = [key for key in self._feedback if key[0] == id_]
        for key in said:
            del self._feedback[key]
        return len(said)


def _no_cases(*tables: str) -> dict[str, int]:
    """Cases are kept in databases only, see :class:`bot.core.cases.CaseStore`."""
    return dict.fromkeys(tables, 0)
