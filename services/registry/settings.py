"""Settings of the registry; it has none of its own beside those that every service has."""

from libs.runtime.settings import Settings


class RegistrySettings(Settings):
    http_port: int = 8401
    health_port: int = 8414
