"""Workspaces that installed the app; :class:`bot.core.installations.Installations` says what each method is for.

The token is encrypted together with whose it is: a row that somebody moves to another workspace cannot be read.
"""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update

from bot.core.clock import SystemClock
from bot.core.errors import ExitStatus, UserError
from bot.core.installations import Installation, UnreadableError
from bot.core.ports import Clock
from bot.storage.lanes import Connection
from bot.storage.leaving import delete_workspace
from bot.storage.schema import departures, installations, meta, oauth_states
from bot.storage.sealing import Sealer
from bot.storage.store import SqlStore, from_milliseconds, to_milliseconds

STATE_SECONDS = 600
_SWEEP = timedelta(hours=1)
"""Longer than any process needs for a message that it has begun."""

log = logging.getLogger(__name__)


class SqlInstallations:
    """Installations in a store's database.

    Args:
        store: the store; it is the one to be closed.
        sealer: what encrypts the tokens.
        clock: the time.
    """

    def __init__(self, store: SqlStore, sealer: Sealer, clock: Clock | None = None) -> None:
        self._store, self._sealer = store, sealer
        self._clock: Clock = clock or SystemClock()

    async def prepare(self) -> int:
        """See that the keys are the right ones, and seal with the newest what an older one has sealed.

        Returns:
            How many were sealed anew.

        Raises:
            UserError: if the tokens were sealed with another key.
        """
        return await self._store.write(self._prepare)

    async def save(self, installation: Installation) -> None:
        place = {"platform": installation.platform, "workspace": installation.workspace}
        values = {"sealed": self._seal(installation), "at": to_milliseconds(installation.at)}
        keep = self._store.upsert(installations).values(**place, **values)
        keep = keep.on_conflict_do_update(index_elements=["platform", "workspace"], set_=values)
        back = delete(departures).where(*(departures.c[name] == value for name, value in place.items()))

        async def work(connection: Connection) -> None:
            await connection.execute(keep)
            await connection.execute(back)

        await self._store.write(work)

    async def find(self, platform: str, workspace: str) -> Installation | None:
        table = installations.c
        query = select(installations).where(table.platform == platform, table.workspace == workspace)
        async with self._store.read() as connection:
            row = (await connection.execute(query)).first()
        if row is None:
            return None
        content = json.loads(self._sealer.open(row.sealed))
        if (content.pop("platform"), content.pop("workspace")) != (platform, workspace):
            raise UnreadableError
        return Installation(platform, workspace, at=from_milliseconds(row.at), **content)

    async def workspaces(self, platform: str) -> list[str]:
        return [workspace for installed_on, workspace, _ in await self._store.installed() if installed_on == platform]

    async def remove(self, installation: Installation) -> bool:
        platform, workspace = installation.platform, installation.workspace
        gone = delete(installations).where(
            installations.c.platform == platform,
            installations.c.workspace == workspace,
            installations.c.at == to_milliseconds(installation.at),
        )
        values = {"at": to_milliseconds(self._clock.now())}
        left = self._store.upsert(departures).values(platform=platform, workspace=workspace, **values)
        left = left.on_conflict_do_update(index_elements=["platform", "workspace"], set_=values)

        async def work(connection: Connection) -> bool:
            if (await connection.execute(gone)).rowcount == 0:
                return False
            await connection.execute(left)
            await delete_workspace(connection, platform, workspace)
            return True

        return await self._store.write(work)

    async def issue_state(self) -> str:
        state = secrets.token_urlsafe(32)
        statement = insert(oauth_states).values(state=_digest(state), at=to_milliseconds(self._clock.now()))
        await self._store.write(lambda connection: connection.execute(statement))
        return state

    async def consume_state(self, state: str) -> bool:
        oldest = to_milliseconds(self._clock.now() - timedelta(seconds=STATE_SECONDS))
        used = delete(oauth_states).where(oauth_states.c.state == _digest(state), oauth_states.c.at > oldest)

        async def work(connection: Connection) -> bool:
            return (await connection.execute(used)).rowcount == 1

        return await self._store.write(work)

    async def sweep(self) -> int:
        now = self._clock.now()
        oldest = to_milliseconds(now - timedelta(seconds=STATE_SECONDS))
        long_gone = delete(departures).where(departures.c.at < to_milliseconds(now - _SWEEP))

        async def work(connection: Connection) -> int:
            await connection.execute(delete(oauth_states).where(oauth_states.c.at <= oldest))
            left = (await connection.execute(long_gone.returning(departures.c.platform, departures.c.workspace))).all()
            for row in left:
                await delete_workspace(connection, row.platform, row.workspace)
            return len(left)

        return await self._store.write(work)

    def _seal(self, installation: Installation) -> bytes:
        names = ("platform", "workspace", "token", "bot_user", "bot")
        return self._sealer.seal(json.dumps({name: getattr(installation, name) for name in names}).encode())

    async def _prepare(self, connection: Connection) -> int:
        newest = self._sealer.fingerprints[0]
        wanted = meta.c.name == "token_key"
        # First the insert: of processes that start at once with different keys, one wins and the others see it.
        keep: Any = self._store.upsert(meta).values(name="token_key", value=newest).on_conflict_do_nothing()
        await connection.execute(keep)
        found = (await connection.execute(select(meta.c.value).where(wanted))).scalar()
        if found not in self._sealer.fingerprints:
            raise UserError(ExitStatus.CONFIG, "database_other_seal")
        if found != newest:
            await connection.execute(update(meta).where(wanted).values(value=newest))
        return await self._seal_again(connection)

    async def _seal_again(self, connection: Connection) -> int:
        table, count = installations.c, 0
        for row in (await connection.execute(select(installations).with_for_update())).all():
            try:
                sealed = self._sealer.seal_again(row.sealed)
            except UnreadableError:  # one damaged row is no reason to leave all others without their bot
                log.error("installation unreadable", extra={"event": "installation_unreadable"})
                continue
            if sealed is not None:
                where = (table.platform == row.platform, table.workspace == row.workspace)
                await connection.execute(update(installations).where(*where).values(sealed=sealed))
                count += 1
        return count


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode("utf-8", "surrogatepass")).hexdigest()
