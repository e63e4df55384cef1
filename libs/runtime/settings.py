"""Settings that every service has, from the environment (`SIMPUL_…`)."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Served(BaseSettings):
    """Of whatever answers HTTP; keys lie in `secrets_dir`."""

    model_config = SettingsConfigDict(env_prefix="SIMPUL_", extra="ignore", frozen=True)

    http_host: str = "127.0.0.1"
    http_port: int = 0
    health_port: int = 0
    """Probes and metrics, for the cluster alone. 0: any that is free."""
    secrets_dir: Path = Path(".local/secrets")
    log_level: str = "INFO"
    trace_ratio: float = Field(default=0.0, ge=0, le=1)


class Settings(Served):
    """Passwords come in the environment or in the URL."""

    kafka_bootstrap: str = "127.0.0.1:8410"
    kafka_username: str | None = None
    kafka_password: str | None = Field(default=None, repr=False)
    mongo_url: str = Field(default="mongodb://127.0.0.1:8412/?directConnection=true", repr=False)
    batch_records: int = Field(default=500, ge=1, le=5000)
    registry_url: str = "http://127.0.0.1:8401"
    reports_url: str = "http://127.0.0.1:8402"
    matcher_url: str = "http://127.0.0.1:8403"
    notify_url: str = "http://127.0.0.1:8404"
    public_url: str = "http://127.0.0.1:8400"
    """Where people reach the gateway; links in messages begin with it."""
