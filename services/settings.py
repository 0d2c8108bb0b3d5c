"""Everything an installation can set, read once from the environment."""

import ipaddress
import os
import re
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

SECRETS = ("database_url", "smtp_password")
LOOPBACK = ("127.0.0.1", "::1", "localhost")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def _duration(value: Any) -> Any:
    match = re.fullmatch(r"\s*(\d+)\s*([smhd])\s*", value) if isinstance(value, str) else None
    return timedelta(**{UNITS[match[2]]: int(match[1])}) if match else value


def _words(value: Any) -> Any:
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


Duration = Annotated[timedelta, BeforeValidator(_duration)]
Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)]


class Settings(BaseSettings):
    """Durations are written 90s, 30m, 12h or 7d; lists are separated by commas or spaces."""

    model_config = SettingsConfigDict(env_prefix="TALLYSTICK_", frozen=True, extra="ignore")

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=1, le=65535)
    data_dir: Path = Path("data")
    public_url: str = ""
    allowed_hosts: Words = ()
    trusted_proxies: Words = ()
    database_url: str = ""
    key_file: Path | None = None
    backup_dir: Path | None = None
    backups_kept: int = Field(default=7, ge=0, le=1000)
    support_contact: str = ""
    demo: bool = False
    log_format: Literal["text", "json"] = "text"

    bulk_from: int = Field(default=150, ge=2)
    batch_max: int = Field(default=2000, ge=1)

    session_idle: Duration = timedelta(hours=12)
    session_absolute: Duration = timedelta(days=7)
    confirmation_lasts: Duration = timedelta(minutes=15)
    sign_in_tries_per_account: int = Field(default=10, ge=1)
    sign_in_tries_per_address: int = Field(default=20, ge=1)
    sign_in_tries_per_installation: int = Field(default=100, ge=1)
    wait_after_failures: int = Field(default=3, ge=1)
    wait_first: Duration = timedelta(seconds=30)
    wait_longest: Duration = timedelta(hours=1)
    reset_tries_per_account: int = Field(default=10, ge=1)
    reset_tries_per_address: int = Field(default=20, ge=1)
    redeem_tries_per_address: int = Field(default=20, ge=1)
    redeem_tries_per_account: int = Field(default=20, ge=1)
    redeem_tries_per_workspace: int = Field(default=300, ge=1)
    redeem_tries_per_installation: int = Field(default=1000, ge=1)
    exports_per_account: int = Field(default=30, ge=1)
    invitations_per_account: int = Field(default=20, ge=1)
    invitations_per_workspace: int = Field(default=100, ge=1)

    smtp_host: str = ""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_tls: Literal["starttls", "tls", "none"] = "starttls"
    mail_from: str = ""
    mail_retry_after: Duration = timedelta(minutes=1)
    mail_give_up_after: Duration = timedelta(days=4)

    keep_ended_sessions: Duration = timedelta(days=30)
    keep_read_notifications: Duration = timedelta(days=180)
    keep_mail_parameters: Duration = timedelta(days=90)
    keep_refusals: Duration = timedelta(days=400)

    @field_validator("public_url")
    @classmethod
    def _absolute(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://([\w.-]+|\[[0-9a-fA-F:]+\])(:\d{1,5})?/?", value):
            raise ValueError("TALLYSTICK_PUBLIC_URL must look like https://codes.example.org")
        return value.rstrip("/")

    @field_validator("allowed_hosts")
    @classmethod
    def _names(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(re.fullmatch(r"[\w.-]+|\[?[0-9a-fA-F:]+\]?", name) for name in value):
            raise ValueError("name hosts without a port, such as codes.example.org")
        return value

    @field_validator(
        "session_idle",
        "session_absolute",
        "confirmation_lasts",
        "mail_give_up_after",
        "keep_ended_sessions",
        "keep_read_notifications",
        "keep_mail_parameters",
        "keep_refusals",
    )
    @classmethod
    def _sensible(cls, value: timedelta) -> timedelta:
        if not timedelta(minutes=1) <= value <= timedelta(days=3650):
            raise ValueError("choose from 1 minute to 3650 days")
        return value

    @field_validator("wait_first", "wait_longest")
    @classmethod
    def _bearable(cls, value: timedelta) -> timedelta:
        if not timedelta(seconds=1) <= value <= timedelta(hours=24):
            raise ValueError("choose from 1 second to 24 hours")
        return value

    @field_validator("mail_retry_after")
    @classmethod
    def _patient(cls, value: timedelta) -> timedelta:
        if not timedelta(seconds=1) <= value <= timedelta(hours=4):
            raise ValueError("choose from 1 second to 4 hours")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for entry in value:
            ipaddress.ip_network(entry, strict=False)
        return value

    @field_validator("database_url")
    @classmethod
    def _postgres(cls, value: str) -> str:
        if value and not value.startswith(("postgres://", "postgresql://")):
            raise ValueError(
                "TALLYSTICK_DATABASE_URL must start with postgres://; leave it out for SQLite"
            )
        return value

    @model_validator(mode="after")
    def _bulk_below_maximum(self) -> "Settings":
        if self.bulk_from > self.batch_max + 1:
            raise ValueError(
                "TALLYSTICK_BULK_FROM must not exceed TALLYSTICK_BATCH_MAX by more than 1"
            )
        return self

    @model_validator(mode="after")
    def _demo_stays_here(self) -> "Settings":
        if self.demo and self.host not in LOOPBACK:
            raise ValueError("the demo's passwords are public: set TALLYSTICK_HOST to 127.0.0.1")
        return self

    @model_validator(mode="after")
    def _sender_is_an_address(self) -> "Settings":
        if self.smtp_host and not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", self.mail_from):
            raise ValueError("set TALLYSTICK_MAIL_FROM to the address that mails are sent from")
        return self

    @property
    def mail_held_because(self) -> str:
        """Why no mail with a link may leave: a sentence, or nothing."""
        if not self.smtp_host:
            return "No mail server is set up yet. The owner can do that; the page Health says how."
        if self.smtp_host in LOOPBACK:
            return ""
        if self.demo:
            return "The demo sends mail only to a mail server on this machine."
        if urlsplit(self.base_url).hostname in LOOPBACK:
            return (
                "The links in it would lead to this machine only, until the owner sets the public "
                "address (TALLYSTICK_PUBLIC_URL)."
            )
        return ""

    @property
    def base_url(self) -> str:
        return self.public_url or f"http://127.0.0.1:{self.port}"

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def hosts(self) -> tuple[str, ...]:
        """Host names a request may come for, without ports."""
        own = urlsplit(self.base_url).hostname or "127.0.0.1"
        return self.allowed_hosts or tuple(dict.fromkeys((own, "localhost", "127.0.0.1")))

    @property
    def key_path(self) -> Path:
        return self.key_file or self.data_dir / "tallystick.key"

    @property
    def sqlite_path(self) -> Path:
        return self.data_dir / "tallystick.sqlite3"

    @property
    def uses_postgres(self) -> bool:
        return bool(self.database_url)


@lru_cache
def get_settings() -> Settings:
    """Settings from the environment; a secret may stand in a file that *_FILE names."""
    files = {name: os.environ.get(f"TALLYSTICK_{name.upper()}_FILE") for name in SECRETS}
    secrets: dict[str, Any] = {
        name: Path(path).read_text().strip() for name, path in files.items() if path
    }
    return Settings(**secrets)
