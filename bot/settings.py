"""What the operator chooses, from the environment and ``.env``.

Each name can also be given as a file, as containers do with secrets: ``SLACK_BOT_TOKEN_FILE=/run/secrets/slack``.
The environment wins over ``.env``, a value over a file.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    AliasChoices,
    Field,
    HttpUrl,
    SecretStr,
    ValidationError,
    ValidationInfo,
    WebsocketUrl,
    field_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.core.errors import ExitStatus, UserError
from bot.core.messages import Language
from bot.home import expanded

ENV_FILE = ".env"
SLACK_API = "https://slack.com/api/"
DISCORD_API = "https://discord.com/api/v10"


_NUMBERS = r"^\d{1,5}(-\d{1,5})?( *, *\d{1,5}(-\d{1,5})?)*$"


def _named(name: str, default: Any = None, **constraints: Any) -> Any:
    return Field(default, validation_alias=AliasChoices(name), **constraints)


class Settings(BaseSettings):
    """Every setting there is, with its default. The table of ``bot/README.md`` and ``.env.example`` say the same."""

    model_config = SettingsConfigDict(extra="ignore", hide_input_in_errors=True, env_file_encoding="utf-8")

    home: Path = _named("NUNCHI_HOME", Path("~/.nunchi"))
    database_url: SecretStr | None = _named("NUNCHI_DATABASE_URL")
    model: Path | None = _named("NUNCHI_MODEL")
    lang: Language = _named("NUNCHI_LANG", "ko")
    hash_key: SecretStr | None = _named("NUNCHI_HASH_KEY")
    retention_days: Annotated[int, Field(ge=1, le=3650)] = _named("NUNCHI_RETENTION_DAYS", 90)
    queue: Annotated[int, Field(ge=1, le=100_000)] = _named("NUNCHI_QUEUE", 512)
    backlog: Annotated[int, Field(ge=1, le=1_000_000)] = _named("NUNCHI_BACKLOG", 2_000)
    file_megabytes: Annotated[int, Field(ge=1, le=200)] = _named("NUNCHI_FILE_MEGABYTES", 20)
    file_rows: Annotated[int, Field(ge=1, le=1_000_000)] = _named("NUNCHI_FILE_ROWS", 50_000)
    person_per_minute: Annotated[int, Field(ge=1)] = _named("NUNCHI_PERSON_PER_MINUTE", 30)
    channel_per_minute: Annotated[int, Field(ge=1)] = _named("NUNCHI_CHANNEL_PER_MINUTE", 600)
    log_level: str = _named("NUNCHI_LOG_LEVEL", "INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
    http_host: str = _named("NUNCHI_HTTP_HOST", "127.0.0.1")
    http_port: Annotated[int, Field(ge=0, le=65535)] = _named("NUNCHI_HTTP_PORT", 3000)

    metrics_port: Annotated[int | None, Field(ge=0, le=65535)] = _named("NUNCHI_METRICS_PORT")
    keep_case_text: bool = _named("NUNCHI_KEEP_CASE_TEXT", False)
    token_key: SecretStr | None = _named("NUNCHI_TOKEN_KEY")

    slack_bot_token: SecretStr | None = _named("SLACK_BOT_TOKEN")
    slack_app_token: SecretStr | None = _named("SLACK_APP_TOKEN")
    slack_signing_secret: SecretStr | None = _named("SLACK_SIGNING_SECRET")
    slack_client_id: str | None = _named("SLACK_CLIENT_ID")
    slack_client_secret: SecretStr | None = _named("SLACK_CLIENT_SECRET")
    slack_redirect_uri: HttpUrl | None = _named("SLACK_REDIRECT_URI")
    slack_admin_user_token: SecretStr | None = _named("SLACK_ADMIN_USER_TOKEN")
    slack_api_url: HttpUrl = _named("SLACK_API_URL", HttpUrl(SLACK_API))

    discord_token: SecretStr | None = _named("DISCORD_TOKEN")
    discord_api_url: HttpUrl = _named("DISCORD_API_URL", HttpUrl(DISCORD_API))
    discord_gateway_url: WebsocketUrl | None = _named("DISCORD_GATEWAY_URL")
    discord_shard_ids: str | None = _named("DISCORD_SHARD_IDS", pattern=_NUMBERS)
    discord_shard_count: Annotated[int | None, Field(ge=1, le=16_000)] = _named("DISCORD_SHARD_COUNT")

    @field_validator("home", "model", mode="after")
    @classmethod
    def _expand(cls, path: Path | None, info: ValidationInfo) -> Path | None:
        return None if path is None else expanded(path, names()[str(info.field_name)])

    @field_validator("lang", mode="before")
    @classmethod
    def _language(cls, wish: str) -> str:
        return wish[:2].lower() if wish[:2].lower() in ("ko", "en") else "ko"  # as the command line has it

    @property
    def slack_base(self) -> str:
        """Base address of Slack's Web API, with a slash at its end."""
        return str(self.slack_api_url).rstrip("/") + "/"

    @property
    def discord_base(self) -> str:
        """Base address of Discord's REST API, without a slash at its end."""
        return str(self.discord_api_url).rstrip("/")

    @property
    def discord_gateway(self) -> str | None:
        """Address of Discord's gateway; None for the one that Discord names."""
        return None if self.discord_gateway_url is None else str(self.discord_gateway_url)

    @property
    def discord_shards(self) -> tuple[int, ...] | None:
        """The numbers of this process's shards: ``0,1`` or ``0-3``; None for all of them."""
        if self.discord_shard_ids is None:
            return None
        ends = [part.partition("-") for part in self.discord_shard_ids.replace(" ", "").split(",")]
        return tuple(n for first, _, last in ends for n in range(int(first), int(last or first) + 1))

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)  # :func:`load_settings` reads the rest, with the files of the secrets


def names() -> dict[str, str]:
    """The name in the environment of each setting, by the name of its field."""
    out = {}
    for field, info in Settings.model_fields.items():
        alias = info.validation_alias
        assert isinstance(alias, AliasChoices)  # noqa: S101 - all are made by _named
        out[field] = str(alias.choices[0])
    return out


def load_settings(environment: Mapping[str, str] | None = None, env_file: Path | None = None) -> Settings:
    """Read the settings.

    Args:
        environment: that of this process if None.
        env_file: ``.env`` of the current folder if None; it need not exist.

    Raises:
        UserError: if a value does not fit, a file cannot be read, or others can read a ``.env`` with secrets.
    """
    environment = os.environ if environment is None else environment
    path = Path(ENV_FILE) if env_file is None else env_file
    given = {**_read_env_file(path), **{name: value for name, value in environment.items() if value}}
    values = {}
    for name in names().values():
        if given.get(name):
            values[name] = given[name].strip()
        elif given.get(f"{name}_FILE"):
            values[name] = _read_secret(name, Path(given[f"{name}_FILE"]))
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        location = error.errors(include_input=False)[0]["loc"]
        raise UserError(ExitStatus.CONFIG, "setting_wrong", name=location[0] if location else "?") from None


def _read_env_file(path: Path) -> dict[str, str]:
    from dotenv import dotenv_values

    try:
        mode = path.stat().st_mode
    except OSError:
        return {}
    try:
        values = {name: value for name, value in dotenv_values(path, interpolate=False).items() if value}
    except (OSError, ValueError):
        raise UserError(ExitStatus.CONFIG, "setting_env_unreadable", path=path) from None
    if os.name == "posix" and mode & 0o004 and any(_secret(name) for name in values):
        raise UserError(ExitStatus.CONFIG, "setting_env_readable", path=path)
    return values


def _secret(name: str) -> bool:
    return name.endswith(("_TOKEN", "_SECRET", "_KEY"))


def _read_secret(name: str, path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except (OSError, ValueError):
        raise UserError(ExitStatus.CONFIG, "setting_file", name=f"{name}_FILE", path=path) from None
