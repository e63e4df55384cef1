"""Settings of the registry."""

from libs.runtime.settings import Settings


class RegistrySettings(Settings):
    http_port: int = 8401
    health_port: int = 8414
    gateway_url: str = "http://127.0.0.1:8400"
    """Where an uploaded file lies."""
