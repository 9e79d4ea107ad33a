"""Settings: environment variables LOTSE_*, typed; LOTSE_<NAME>_FILE reads a secret from a file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.errors import ConfigurationError, Fault

PREFIX = "LOTSE_"


def _http_address(value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise ValueError("must start with https:// (or http:// on this machine)")
    return value.rstrip("/")


def _time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as exc:
        raise ValueError("must be a name such as Europe/Berlin") from exc
    return value


HttpAddress = Annotated[str, AfterValidator(_http_address)]


class Settings(BaseSettings):
    """All settings with their defaults. `lotse check --settings` prints this table."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    database_url: str = Field(
        "sqlite:///var/lotse.db", description="sqlite:///path or postgresql://user:password@host/name"
    )
    key_file: Path = Field(Path("var/lotse.key"), description="encryption keys, made at the first start")
    content_dir: Path = Field(Path("content"), description="pages, places and offices")
    intents_dir: Path = Field(Path("intents"), description="domain.yml, rules.yml and the training data")
    locales_dir: Path = Field(Path("locales"), description="what the assistant itself says, a .po file a language")
    model_file: Path = Field(Path("intents/model.npz"), description="the trained classifier, made by `lotse train`")
    cache_dir: Path = Field(Path("var"), description="sentence vectors and the joined encoder, made anew when missing")
    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8080, ge=1, le=65_535, description="port to listen on")
    public_url: HttpAddress | None = Field(
        None, description="https address of this Lotse; when set, Telegram delivers by webhook instead of polling"
    )
    telegram_token: SecretStr | None = Field(None, description="token of the Telegram bot, from @BotFather")
    telegram_api_url: HttpAddress = Field("https://api.telegram.org", description="any Bot API server")
    webhook_secret: SecretStr | None = Field(
        None, description="secret Telegram sends along to the webhook; derived from the key file if not set"
    )
    embed_origins: str = Field(
        "", description="addresses of web sites that may embed the chat, separated by spaces: https://www.example.org"
    )
    trusted_proxies: str = Field(
        "", description="addresses of web servers before Lotse whose X-Forwarded-For counts, separated by spaces"
    )
    time_zone: Annotated[str, AfterValidator(_time_zone)] = Field(
        "Europe/Berlin", description="time zone of places that name none"
    )
    default_place: str = Field("", description="id of the place new conversations start with; empty: ask")
    responsible: str = Field("Stadt Musterstadt (fiktiv)", description="who answers for the data")
    responsible_contact: str = Field("datenschutz@musterstadt.example", description="address for privacy questions")
    retention_days: int = Field(30, ge=1, le=365, description="days until messages are deleted")
    inactive_days: int = Field(365, ge=30, le=1_095, description="days of silence until a person is forgotten")
    turn_seconds: float = Field(30.0, gt=0, le=600, description="longest time for answering one message")
    turn_attempts: int = Field(3, ge=1, le=1_000, description="tries before a message is set aside")
    workers: int = Field(16, ge=1, le=64, description="messages answered at the same time by one process")
    action_token: SecretStr | None = Field(None, description="bearer token of `lotse actions`; if not set, one a run")
    action_port: int = Field(5055, ge=1, le=65_535, description="port of `lotse actions`, on 127.0.0.1")
    encoder_threads: int = Field(2, ge=1, le=8, description="threads of the sentence encoder")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="least level logged")
    log_format: Literal["json", "text"] = Field("text", description="json for log collectors, text for people")
    demo: bool = Field(False, description="fill an empty database with the fictional Musterstadt")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take values from `load` alone, so that every fault is found in one place."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)


def load(environment: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings; raise ConfigurationError with every fault, each under its variable's name."""
    values, faults = _gather(environment)
    try:
        settings = Settings(**values)
    except ValidationError as exc:
        faults += [Fault(PREFIX + str(error["loc"][0]).upper(), 0, _said(error)) for error in exc.errors()]
    else:
        if not faults:
            return settings
    raise ConfigurationError(faults)


def _gather(environment: Mapping[str, str]) -> tuple[dict[str, Any], list[Fault]]:
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    names = {PREFIX + name.upper(): name for name in Settings.model_fields}
    for variable, text in environment.items():
        if not variable.startswith(PREFIX) or not text:
            continue
        if variable in names:
            values[names[variable]] = text
        elif variable.endswith("_FILE") and variable.removesuffix("_FILE") in names:
            try:
                values[names[variable.removesuffix("_FILE")]] = Path(text).read_text("utf-8").strip()
            except (OSError, UnicodeDecodeError) as exc:
                faults.append(Fault(variable, 0, f"the file {text} cannot be read ({type(exc).__name__})"))
        else:
            faults.append(Fault(variable, 0, "no such setting; `lotse check --settings` lists all"))
    return values, faults


def _said(error: Any) -> str:  # noqa: ANN401 - pydantic's ErrorDetails
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{message[:1].lower()}{message[1:]}"
