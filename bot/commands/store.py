"""The bots' store, for commands that look into it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bot.settings import Settings, load_settings

if TYPE_CHECKING:
    from bot.core.announcing import Announcer
    from bot.core.case_book import Cases
    from bot.core.fingerprint import Fingerprint
    from bot.core.installations import Installations
    from bot.core.service import Core
    from bot.storage.sealing import Sealer
    from bot.storage.store import SqlStore

T = TypeVar("T")


async def open_configured(settings: Settings, fingerprint: Fingerprint | None = None) -> SqlStore:
    """Open the store that the settings name.

    Raises:
        UserError: if it cannot be opened.
    """
    from bot.storage.opening import open_store

    url = settings.database_url
    return await open_store(None if url is None else url.get_secret_value(), settings.home, fingerprint)


def configured_fingerprint(settings: Settings) -> Fingerprint:
    """What makes the fingerprints, by the key that the settings name.

    Raises:
        UserError: if the key cannot be had.
    """
    from bot.storage.opening import load_key

    key = settings.hash_key
    return load_key(None if key is None else key.get_secret_value(), settings.home)


async def open_installations(settings: Settings, core: Core) -> Installations:
    """The workspaces that installed the app, in the core's own store.

    Raises:
        UserError: if their tokens were sealed with another key than the settings'.
    """
    from bot.storage.installations import SqlInstallations
    from bot.storage.sealing import load_sealer
    from bot.storage.store import SqlStore

    assert isinstance(core.store, SqlStore)  # noqa: S101 - open_configured made it
    key = settings.token_key
    sealer = load_sealer(None if key is None else key.get_secret_value(), settings.home)
    installations = SqlInstallations(core.store, sealer, core.clock)
    await installations.prepare()
    return installations


def make_announcer(core: Core, store: SqlStore) -> Announcer:
    """What says digests and alerts, with its memory in the store's database."""
    from bot.core.announcing import Announcer
    from bot.storage.bulletins import SqlBulletins

    return Announcer(core, SqlBulletins(store))


def make_cases(core: Core, store: SqlStore, settings: Settings) -> Cases:
    """Who keeps the cases, in the core's own store; it has a key for texts only if the operator lets them be kept.

    Raises:
        UserError: if the key cannot be had.
    """
    from bot.core.case_book import Cases
    from bot.storage.cases import SqlCases

    return Cases(core, SqlCases(store, case_sealer(settings)), keep_text=settings.keep_case_text)


def case_sealer(settings: Settings) -> Sealer | None:
    """What the texts of cases are sealed with; None if the operator does not let them be kept.

    Raises:
        UserError: if the key cannot be had.
    """
    from bot.storage.sealing import load_sealer

    if not settings.keep_case_text:
        return None
    key = settings.token_key
    return load_sealer(None if key is None else key.get_secret_value(), settings.home)


def where(settings: Settings) -> Path | str:
    """Where the store is: its file, or its server and name without the password."""
    from bot.storage.opening import database_url

    url = settings.database_url
    address = database_url(None if url is None else url.get_secret_value(), settings.home)
    if address.get_backend_name() == "sqlite":
        return Path(address.database or "").absolute()
    return f"postgresql://{address.host or ''}/{address.database}"


def with_store(work: Callable[[SqlStore, Settings], Awaitable[T]]) -> T:
    """Do something with the store and close it."""

    async def run() -> T:
        settings = load_settings()
        store = await open_configured(settings)
        try:
            return await work(store, settings)
        finally:
            await store.close()

    return asyncio.run(run())
