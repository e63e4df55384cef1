"""Settings of the gateway, beside those that every service has."""

from urllib.parse import urlsplit

from pydantic import Field

from libs.runtime.settings import Settings

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})


class GatewaySettings(Settings):
    http_port: int = 8400
    health_port: int = 8413
    allowed_hosts: tuple[str, ...] = ()
    """Names that people may use besides the one in `public_url`; anything else in `Host` is refused."""
    trusted_proxies: int = Field(default=0, ge=0, le=5)
    """How many proxies of ours stand in front; only what they add to X-Forwarded-For is believed."""
    client_per_minute: int = Field(default=120, ge=1)
    """Writes of the public from one address. Many phones share one address of their provider: a guess."""
    client_burst: int = Field(default=40, ge=1)
    codes_per_minute: int = Field(default=20, ge=1)
    """Tries of a ticket's code or of a log-in from one address."""
    security_contact: str = Field(default="", pattern=r"^((mailto:|https://|tel:)\S+)?$")
    """Where finders of flaws write: `mailto:…`, `https://…` or `tel:…`. Stands in /.well-known/security.txt; without it
    there is no such file."""
    capacity_per_second: int = Field(default=1500, ge=1)
    """Accepts of this process; beyond it every office gets its fair share. Measured: 2,300 to 2,500 a core at most."""

    @property
    def is_secure(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def hosts(self) -> frozenset[str]:
        own = (urlsplit(self.public_url).hostname or "").lower()
        return frozenset({own, *(h.lower() for h in self.allowed_hosts), *(_LOOPBACK if own in _LOOPBACK else ())})
