"""How the tables became what they are, a numbered function for each step. A step that was released never changes.

All steps that a database lacks are done in one transaction, under a lock: of several processes that start at
once one migrates and the others find it done; a process that dies on the way leaves the database as it was.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.errors import ExitStatus, UserError

Migration = Callable[[AsyncConnection], Awaitable[None]]

_LOCK = 0x6E756E63  # any number that no other program uses


async def _run(connection: AsyncConnection, *statements: str) -> None:
    binary = "BYTEA" if connection.dialect.name == "postgresql" else "BLOB"
    for statement in statements:
        await connection.execute(text(statement.replace("BINARY_TYPE", binary)))


async def channels_and_claims(connection: AsyncConnection) -> None:
    """1: settings, and at most one answer to a message."""
    await _run(
        connection,
        """CREATE TABLE channels (
            platform VARCHAR(16) NOT NULL, workspace VARCHAR(64) NOT NULL, channel VARCHAR(64) NOT NULL,
            watch BOOLEAN NOT NULL, mode VARCHAR(16) NOT NULL,
            PRIMARY KEY (platform, workspace, channel))""",
        """CREATE TABLE claims (
            platform VARCHAR(16) NOT NULL, workspace VARCHAR(64) NOT NULL, channel VARCHAR(64) NOT NULL,
            message VARCHAR(128) NOT NULL, revision VARCHAR(64) NOT NULL,
            state VARCHAR(16) NOT NULL, reference VARCHAR(256), at BIGINT NOT NULL,
            PRIMARY KEY (platform, workspace, channel, message, revision))""",
        "CREATE INDEX claims_at ON claims (at)",
    )


async def verdicts_and_feedback(connection: AsyncConnection) -> None:
    """2: what was judged, and what people say of it."""
    await _run(
        connection,
        """CREATE TABLE verdicts (
            id VARCHAR(32) NOT NULL PRIMARY KEY,
            platform VARCHAR(16) NOT NULL, workspace VARCHAR(64) NOT NULL, channel VARCHAR(64) NOT NULL,
            message VARCHAR(128) NOT NULL, person VARCHAR(64) NOT NULL, text VARCHAR(64) NOT NULL,
            at BIGINT NOT NULL, label VARCHAR(16) NOT NULL, band VARCHAR(16) NOT NULL,
            probability DOUBLE PRECISION NOT NULL, model_id VARCHAR(128) NOT NULL,
            latency DOUBLE PRECISION NOT NULL, way VARCHAR(16) NOT NULL,
            CONSTRAINT verdicts_message UNIQUE (platform, workspace, channel, message))""",
        "CREATE INDEX verdicts_at ON verdicts (at)",
        "CREATE INDEX verdicts_person ON verdicts (person)",
        """CREATE TABLE feedback (
            verdict VARCHAR(32) NOT NULL, person VARCHAR(64) NOT NULL, agrees BOOLEAN NOT NULL, at BIGINT NOT NULL,
            PRIMARY KEY (verdict, person),
            FOREIGN KEY (verdict) REFERENCES verdicts (id) ON DELETE CASCADE)""",
        "CREATE INDEX feedback_person ON feedback (person)",
    )


async def thresholds_and_opt_outs(connection: AsyncConnection) -> None:
    """3: thresholds and language of a channel, who is not to be read, the fingerprint of the key."""
    await _run(
        connection,
        "ALTER TABLE channels ADD COLUMN positive_above DOUBLE PRECISION",
        "ALTER TABLE channels ADD COLUMN negative_below DOUBLE PRECISION",
        "ALTER TABLE channels ADD COLUMN language VARCHAR(8)",
        "CREATE TABLE opt_outs (person VARCHAR(64) NOT NULL PRIMARY KEY)",
        "CREATE TABLE meta (name VARCHAR(32) NOT NULL PRIMARY KEY, value VARCHAR(256))",
    )


async def installed_workspaces(connection: AsyncConnection) -> None:
    """4: tokens of workspaces that installed the app, encrypted."""
    await _run(
        connection,
        """CREATE TABLE installations (
            platform VARCHAR(16) NOT NULL, workspace VARCHAR(64) NOT NULL,
            sealed BINARY_TYPE NOT NULL, at BIGINT NOT NULL,
            PRIMARY KEY (platform, workspace))""",
    )


async def installing_and_leaving(connection: AsyncConnection) -> None:
    """5: who has begun to install the app, and which workspaces have just left."""
    await _run(
        connection,
        "CREATE TABLE oauth_states (state VARCHAR(64) NOT NULL PRIMARY KEY, at BIGINT NOT NULL)",
        "CREATE INDEX oauth_states_at ON oauth_states (at)",
        """CREATE TABLE departures (
            platform VARCHAR(16) NOT NULL, workspace VARCHAR(64) NOT NULL, at BIGINT NOT NULL,
            PRIMARY KEY (platform, workspace))""",
    )


async def rules_and_audit(connection: AsyncConnection) -> None:
    """6: what is done with the reviews of a watched channel, and who changed it. All that was chosen before stays."""
    await _run(
        connection,
        """CREATE TABLE rules (
            platform VARCHAR(16) NOT NULL, workspace VARCHAR(64) NOT NULL, channel VARCHAR(64) NOT NULL,
            name VARCHAR(32) NOT NULL, value VARCHAR(64) NOT NULL,
            PRIMARY KEY (platform, workspace, channel, name, value))""",
        """CREATE TABLE audit (
            id VARCHAR(32) NOT NULL PRIMARY KEY,
            platform VARCHAR(16) NOT NULL, workspace VARCHAR(64) NOT NULL, channel VARCHAR(64) NOT NULL,
            at BIGINT NOT NULL, who VARCHAR(64) NOT NULL, person VARCHAR(64) NOT NULL,
            what VARCHAR(32) NOT NULL, value VARCHAR(256) NOT NULL)""",
        "CREATE INDEX audit_at ON audit (at)",
        "CREATE INDEX audit_person ON audit (person)",
    )


async def cases_and_their_numbers(connection: AsyncConnection) -> None:
    """7: flagged reviews with a number, and what happened to them."""
    await _run(
        connection,
        """CREATE TABLE case_numbers (
            platform VARCHAR(16) NOT NULL, workspace VARCHAR(64) NOT NULL, last INTEGER NOT NULL,
            PRIMARY KEY (platform, workspace))""",
        """CREATE TABLE cases (
            platform VARCHAR(16) NOT NULL, workspace VARCHAR(64) NOT NULL, number INTEGER NOT NULL,
            channel VARCHAR(64) NOT NULL, message VARCHAR(128) NOT NULL, person VARCHAR(64) NOT NULL,
            record VARCHAR(32) NOT NULL, at BIGINT NOT NULL, band VARCHAR(16) NOT NULL,
            probability DOUBLE PRECISION NOT NULL, model_id VARCHAR(128) NOT NULL, rule VARCHAR(64) NOT NULL,
            aspects VARCHAR(256) NOT NULL, state VARCHAR(8) NOT NULL, decision VARCHAR(8) NOT NULL,
            assignee VARCHAR(64) NOT NULL, assignee_person VARCHAR(64) NOT NULL, owed BOOLEAN NOT NULL,
            hidden BOOLEAN NOT NULL, gone BOOLEAN NOT NULL, edited BOOLEAN NOT NULL, contested BOOLEAN NOT NULL,
            version INTEGER NOT NULL, card VARCHAR(256) NOT NULL, card_channel VARCHAR(64) NOT NULL,
            card_state VARCHAR(16) NOT NULL, card_at BIGINT NOT NULL, sealed BINARY_TYPE, sealed_until BIGINT,
            PRIMARY KEY (platform, workspace, number),
            CONSTRAINT cases_message UNIQUE (platform, workspace, channel, message))""",
        "CREATE INDEX cases_at ON cases (at)",
        "CREATE INDEX cases_person ON cases (person)",
        "CREATE INDEX cases_card ON cases (card_state, card_at)",
        "CREATE INDEX cases_sealed ON cases (sealed_until)",
        """CREATE TABLE case_notes (
            platform VARCHAR(16) NOT NULL, workspace VARCHAR(64) NOT NULL, number INTEGER NOT NULL,
            place INTEGER NOT NULL, at BIGINT NOT NULL, act VARCHAR(16) NOT NULL,
            who VARCHAR(64) NOT NULL, person VARCHAR(64) NOT NULL,
            PRIMARY KEY (platform, workspace, number, place))""",
        "CREATE INDEX case_notes_person ON case_notes (person)",
    )


async def digests_and_alerts(connection: AsyncConnection) -> None:
    """8: what admins want to be told, what they were told, rises of the negative share, what reviews are about."""
    await _run(
        connection,
        """CREATE TABLE bulletins (
            platform VARCHAR(16) NOT NULL, workspace VARCHAR(64) NOT NULL, channel VARCHAR(64) NOT NULL,
            digest VARCHAR(16) NOT NULL, minute INTEGER NOT NULL, zone VARCHAR(64) NOT NULL,
            empty VARCHAR(16) NOT NULL, alerts BOOLEAN NOT NULL, destination VARCHAR(64) NOT NULL,
            since BIGINT, trouble VARCHAR(64) NOT NULL,
            PRIMARY KEY (platform, workspace, channel))""",
        """CREATE TABLE notices (
            platform VARCHAR(16) NOT NULL, workspace VARCHAR(64) NOT NULL, channel VARCHAR(64) NOT NULL,
            name VARCHAR(64) NOT NULL, state VARCHAR(16) NOT NULL, reference VARCHAR(256), at BIGINT NOT NULL,
            PRIMARY KEY (platform, workspace, channel, name))""",
        "CREATE INDEX notices_at ON notices (at)",
        """CREATE TABLE incidents (
            id VARCHAR(32) NOT NULL PRIMARY KEY,
            platform VARCHAR(16) NOT NULL, workspace VARCHAR(64) NOT NULL, channel VARCHAR(64) NOT NULL,
            began BIGINT NOT NULL, opened BIGINT NOT NULL, usual DOUBLE PRECISION NOT NULL,
            closed BIGINT, ending VARCHAR(16), is_open INTEGER,
            CONSTRAINT incidents_open UNIQUE (platform, workspace, channel, is_open))""",
        """CREATE TABLE verdict_aspects (
            verdict VARCHAR(32) NOT NULL, aspect VARCHAR(32) NOT NULL, label VARCHAR(16) NOT NULL,
            PRIMARY KEY (verdict, aspect, label),
            FOREIGN KEY (verdict) REFERENCES verdicts (id) ON DELETE CASCADE)""",
        "CREATE INDEX verdicts_place ON verdicts (platform, workspace, channel, at)",
    )


async def claims_of_who_died(connection: AsyncConnection) -> None:
    """9: which claimed messages are still to be looked at for a case. Those of before are not."""
    await _run(
        connection,
        "ALTER TABLE claims ADD COLUMN due BIGINT",
        "ALTER TABLE claims ADD COLUMN tries INTEGER",
        "ALTER TABLE claims ADD COLUMN person VARCHAR(64)",
        "CREATE INDEX claims_due ON claims (due) WHERE due IS NOT NULL",
    )


async def cards_of_deleted_cases(connection: AsyncConnection) -> None:
    """10: cards of deleted cases, to be emptied. Those of cases that were deleted before are not known any more."""
    await _run(
        connection,
        """CREATE TABLE blanks (
            platform VARCHAR(16) NOT NULL, workspace VARCHAR(64) NOT NULL, card VARCHAR(256) NOT NULL,
            card_channel VARCHAR(64) NOT NULL, channel VARCHAR(64) NOT NULL, number INTEGER NOT NULL,
            due BIGINT NOT NULL, tries INTEGER NOT NULL,
            PRIMARY KEY (platform, workspace, number))""",
        "CREATE INDEX blanks_due ON blanks (due)",
    )


MIGRATIONS: tuple[Migration, ...] = (
    channels_and_claims,
    verdicts_and_feedback,
    thresholds_and_opt_outs,
    installed_workspaces,
    installing_and_leaving,
    rules_and_audit,
    cases_and_their_numbers,
    digests_and_alerts,
    claims_of_who_died,
    cards_of_deleted_cases,
)


async def migrate(connection: AsyncConnection, target: int = len(MIGRATIONS)) -> int:
    """Bring a database to the schema of today. The caller's transaction decides whether it stays.

    Args:
        connection: in a transaction.
        target: number of the last migration to do.

    Returns:
        The version that was found.

    Raises:
        UserError: if a newer program has been here.
    """
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    await _run(connection, "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL PRIMARY KEY)")
    found: int = (await connection.execute(text("SELECT max(version) FROM schema_version"))).scalar() or 0
    if found > len(MIGRATIONS):
        raise UserError(ExitStatus.CONFIG, "database_newer")
    for number, step in enumerate(MIGRATIONS[found:target], found + 1):
        await step(connection)
        await connection.execute(text("DELETE FROM schema_version"))
        await connection.execute(text("INSERT INTO schema_version VALUES (:number)"), {"number": number})
    return found
