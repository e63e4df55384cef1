"""Settings of the fetcher (`SIMPUL_…`). It has no log-in anywhere."""

from pathlib import Path

from pydantic import Field

from libs.runtime.settings import Served


class FetcherSettings(Served):
    public_url: str = "http://127.0.0.1:8400"
    """Stands in its User-Agent, so that whoever is asked can find out who asks."""
    fetch_contact: str = ""
    """An e-mail address beside it."""
    fetch_ports: frozenset[int] = frozenset({80, 443})
    fetch_at_once: int = Field(default=8, ge=1, le=64)
    fetch_own: dict[str, str] = Field(default_factory=dict)
    """For a stack without the net: names that this machine serves itself -> host:port, as in
    {"laman.example": "127.0.0.1:8407"}. They are not looked up; everything else stays refused. Empty in production."""
    fetch_trust: Path | None = None
    """A file with the authorities of those names, beside the system's."""
    screenshots: bool = True
    page_scripts: bool = False
    """Let pages run their scripts while their picture is taken."""
    chromium_sandbox: bool = True
    """Chromium's own; in a container it mostly cannot start, and the pod is the sandbox. Never as root."""
