"""The tables of today. How they became so is in :mod:`bot.storage.migrations`; a test compares the two.

There is no column for text or names, and none may be added: people and texts are keyed fingerprints.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
    text,
)

metadata = MetaData()

channels = Table(
    "channels",
    metadata,
    Column("platform", String(16), nullable=False),
    Column("workspace", String(64), nullable=False),
    Column("channel", String(64), nullable=False),
    Column("watch", Boolean, nullable=False),
    Column("mode", String(16), nullable=False),
    Column("positive_above", Float),
    Column("negative_below", Float),
    Column("language", String(8)),
    PrimaryKeyConstraint("platform", "workspace", "channel"),
)
"""What admins chose."""

rules = Table(
    "rules",
    metadata,
    Column("platform", String(16), nullable=False),
    Column("workspace", String(64), nullable=False),
    Column("channel", String(64), nullable=False),
    Column("name", String(32), nullable=False),
    Column("value", String(64), nullable=False),
    PrimaryKeyConstraint("platform", "workspace", "channel", "name", "value"),
)
"""What of a channel's rule is not the default, see :mod:`bot.storage.rules`. Who is exempt is a row each; people are
fingerprints there too."""

audit = Table(
    "audit",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("platform", String(16), nullable=False),
    Column("workspace", String(64), nullable=False),
    Column("channel", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("who", String(64), nullable=False),
    Column("person", String(64), nullable=False),
    Column("what", String(32), nullable=False),
    Column("value", String(256), nullable=False),
    Index("audit_at", "at"),
    Index("audit_person", "person"),
)
"""Who changed what about a channel, and when.

``who`` is the one place where a platform's id of a person is kept as it is: an admin must be able to see who it was,
and from a fingerprint nobody can. It is only of people who changed a channel's settings, by their own will and in their
office; it is a number, which the platform shows as a name to those who may see it and to nobody else. ``person``, the
fingerprint, is how the entry is found when they want to be forgotten: then both are emptied and the change stays."""

claims = Table(
    "claims",
    metadata,
    Column("platform", String(16), nullable=False),
    Column("workspace", String(64), nullable=False),
    Column("channel", String(64), nullable=False),
    Column("message", String(128), nullable=False),
    Column("revision", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("reference", String(256)),
    Column("at", BigInteger, nullable=False),
    Column("due", BigInteger),
    Column("tries", Integer),
    Column("person", String(64)),
    PrimaryKeyConstraint("platform", "workspace", "channel", "message", "revision"),
    Index("claims_at", "at"),
    Index("claims_due", "due", sqlite_where=text("due IS NOT NULL"), postgresql_where=text("due IS NOT NULL")),
)
"""Who answers what: the row is the right to answer, and there can be only one. ``at`` in milliseconds since 1970.

``due`` and ``person``, a fingerprint, are there until the message was looked at for a case: by then, another process
takes that up. ``tries``: how often one did."""

verdicts = Table(
    "verdicts",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("platform", String(16), nullable=False),
    Column("workspace", String(64), nullable=False),
    Column("channel", String(64), nullable=False),
    Column("message", String(128), nullable=False),
    Column("person", String(64), nullable=False),
    Column("text", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("label", String(16), nullable=False),
    Column("band", String(16), nullable=False),
    Column("probability", Float, nullable=False),
    Column("model_id", String(128), nullable=False),
    Column("latency", Float, nullable=False),
    Column("way", String(16), nullable=False),
    UniqueConstraint("platform", "workspace", "channel", "message", name="verdicts_message"),
    Index("verdicts_at", "at"),
    Index("verdicts_person", "person"),
    Index("verdicts_place", "platform", "workspace", "channel", "at"),
)
"""The newest verdict of each message. ``person`` and ``text`` are fingerprints, ``latency`` is in seconds."""

feedback = Table(
    "feedback",
    metadata,
    Column("verdict", String(32), ForeignKey("verdicts.id", ondelete="CASCADE"), nullable=False),
    Column("person", String(64), nullable=False),
    Column("agrees", Boolean, nullable=False),
    Column("at", BigInteger, nullable=False),
    PrimaryKeyConstraint("verdict", "person"),
    Index("feedback_person", "person"),
)
"""What people say of verdicts."""

opt_outs = Table("opt_outs", metadata, Column("person", String(64), primary_key=True))
"""Who does not want to be read in watched channels."""

installations = Table(
    "installations",
    metadata,
    Column("platform", String(16), nullable=False),
    Column("workspace", String(64), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
    PrimaryKeyConstraint("platform", "workspace"),
)
"""Tokens of the workspaces that installed the app, encrypted."""

oauth_states = Table(
    "oauth_states",
    metadata,
    Column("state", String(64), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Index("oauth_states_at", "at"),
)
"""Who has begun to install the app; the hash of a secret that only their browser knows."""

departures = Table(
    "departures",
    metadata,
    Column("platform", String(16), nullable=False),
    Column("workspace", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    PrimaryKeyConstraint("platform", "workspace"),
)
"""Workspaces that uninstalled the app in the last hour, for what others still write of them to be deleted too."""

bulletins = Table(
    "bulletins",
    metadata,
    Column("platform", String(16), nullable=False),
    Column("workspace", String(64), nullable=False),
    Column("channel", String(64), nullable=False),
    Column("digest", String(16), nullable=False),
    Column("minute", Integer, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("empty", String(16), nullable=False),
    Column("alerts", Boolean, nullable=False),
    Column("destination", String(64), nullable=False),
    Column("since", BigInteger),
    Column("trouble", String(64), nullable=False),
    PrimaryKeyConstraint("platform", "workspace", "channel"),
)
"""What admins want to be told of a channel, and why it could not be."""

notices = Table(
    "notices",
    metadata,
    Column("platform", String(16), nullable=False),
    Column("workspace", String(64), nullable=False),
    Column("channel", String(64), nullable=False),
    Column("name", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("reference", String(256)),
    Column("at", BigInteger, nullable=False),
    PrimaryKeyConstraint("platform", "workspace", "channel", "name"),
    Index("notices_at", "at"),
)
"""What was said without being asked: the row is the right to say it, and there can be only one."""

incidents = Table(
    "incidents",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("platform", String(16), nullable=False),
    Column("workspace", String(64), nullable=False),
    Column("channel", String(64), nullable=False),
    Column("began", BigInteger, nullable=False),
    Column("opened", BigInteger, nullable=False),
    Column("usual", Float, nullable=False),
    Column("closed", BigInteger),
    Column("ending", String(16)),
    Column("is_open", Integer),
    UniqueConstraint("platform", "workspace", "channel", "is_open", name="incidents_open"),
)
"""When the negative share of a channel rose. ``is_open`` is 1 or NULL: at most one of a channel is open."""

verdict_aspects = Table(
    "verdict_aspects",
    metadata,
    Column("verdict", String(32), ForeignKey("verdicts.id", ondelete="CASCADE"), nullable=False),
    Column("aspect", String(32), nullable=False),
    Column("label", String(16), nullable=False),
    PrimaryKeyConstraint("verdict", "aspect", "label"),
)
"""What reviews spoke about: names of the model's lexicon, no words of a text. Gone with their verdict."""

meta = Table("meta", metadata, Column("name", String(32), primary_key=True), Column("value", String(256)))
"""What there is one of: the fingerprints of the keys, and what adapters noted for after a restart."""

schema_version = Table("schema_version", metadata, Column("version", Integer, primary_key=True, autoincrement=False))
"""Number of the last migration."""

case_numbers = Table(
    "case_numbers",
    metadata,
    Column("platform", String(16), nullable=False),
    Column("workspace", String(64), nullable=False),
    Column("last", Integer, nullable=False),
    PrimaryKeyConstraint("platform", "workspace"),
)
"""The number of the newest case of each workspace. A number is given once, whatever becomes of its case."""

cases = Table(
    "cases",
    metadata,
    Column("platform", String(16), nullable=False),
    Column("workspace", String(64), nullable=False),
    Column("number", Integer, nullable=False),
    Column("channel", String(64), nullable=False),
    Column("message", String(128), nullable=False),
    Column("person", String(64), nullable=False),
    Column("record", String(32), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("band", String(16), nullable=False),
    Column("probability", Float, nullable=False),
    Column("model_id", String(128), nullable=False),
    Column("rule", String(64), nullable=False),
    Column("aspects", String(256), nullable=False),
    Column("state", String(8), nullable=False),
    Column("decision", String(8), nullable=False),
    Column("assignee", String(64), nullable=False),
    Column("assignee_person", String(64), nullable=False),
    Column("owed", Boolean, nullable=False),
    Column("hidden", Boolean, nullable=False),
    Column("gone", Boolean, nullable=False),
    Column("edited", Boolean, nullable=False),
    Column("contested", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("card", String(256), nullable=False),
    Column("card_channel", String(64), nullable=False),
    Column("card_state", String(16), nullable=False),
    Column("card_at", BigInteger, nullable=False),
    Column("sealed", LargeBinary),
    Column("sealed_until", BigInteger),
    PrimaryKeyConstraint("platform", "workspace", "number"),
    UniqueConstraint("platform", "workspace", "channel", "message", name="cases_message"),
    Index("cases_at", "at"),
    Index("cases_person", "person"),
    Index("cases_card", "card_state", "card_at"),
    Index("cases_sealed", "sealed_until"),
)
"""Flagged reviews. ``person`` is a fingerprint; ``aspects`` are names of the lexicon.

``sealed`` is the text, encrypted, where the operator and the channel's rule both want it kept, until ``sealed_until``.
``assignee`` is the platform's id of a moderator, kept as it is for the same reason as ``audit.who``, and
``assignee_person`` is how it is found when they want to be forgotten. ``card_at``: when the card was claimed, or when
it is to be tried again."""

blanks = Table(
    "blanks",
    metadata,
    Column("platform", String(16), nullable=False),
    Column("workspace", String(64), nullable=False),
    Column("card", String(256), nullable=False),
    Column("card_channel", String(64), nullable=False),
    Column("channel", String(64), nullable=False),
    Column("number", Integer, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    PrimaryKeyConstraint("platform", "workspace", "number"),
    Index("blanks_due", "due"),
)
"""Cards of cases that were deleted: nothing may be left on them. Gone when that was done. ``channel`` is the watched
one, whose language they speak; ``due``: when to try next."""

case_notes = Table(
    "case_notes",
    metadata,
    Column("platform", String(16), nullable=False),
    Column("workspace", String(64), nullable=False),
    Column("number", Integer, nullable=False),
    Column("place", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("act", String(16), nullable=False),
    Column("who", String(64), nullable=False),
    Column("person", String(64), nullable=False),
    PrimaryKeyConstraint("platform", "workspace", "number", "place"),
    Index("case_notes_person", "person"),
)
"""What happened to cases, in order; ``place`` is the version that it made. ``who`` as in ``cases.assignee``."""
