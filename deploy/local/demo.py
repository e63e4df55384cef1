"""Demo data on a local stack: loaded once, and who can log in."""

import os
import subprocess
import sys
from datetime import UTC, datetime

from deploy.demo import content
from deploy.demo.logins import PASSWORD, SHOWN, TOTP_SECRET
from deploy.local.errors import StackError
from deploy.local.layout import CHECKOUT
from deploy.local.stack import Stack
from libs.contracts.topics import Service
from services.registry.totp import code_at, step_at

MINUTES = 5
KNOWN = CHECKOUT / "deploy" / "demo" / "known" / "arsip-contoh.csv"
"""Answers of other publishers, for all offices."""


def load_once(stack: Stack) -> None:
    """Loading again would change nothing, but takes a while.

    Raises:
        StackError: the services did not carry out what was sent.
    """
    marker = stack.layout.home / "demo-loaded"
    if marker.exists():
        return
    _run(stack, Service.GATEWAY, "deploy.demo.load")
    _run(stack, Service.REPORTS, "services.reports.known_import", str(KNOWN))
    marker.touch()


def _run(stack: Stack, service: Service, module: str, *arguments: str) -> None:
    """
    Args:
        service: whose settings it runs with.
    """
    environment = {**os.environ, **stack.environment(service)}
    command = [sys.executable, "-m", module, *arguments]
    try:
        done = subprocess.run(command, cwd=CHECKOUT, env=environment, timeout=MINUTES * 60, check=False)
    except subprocess.TimeoutExpired:
        raise StackError(f"The demo was not loaded within {MINUTES} minutes.", "make logs SERVICE=reports") from None
    if done.returncode:
        raise StackError("The demo was not loaded.", "make run goes on where it stopped.")


def log_ins(address: str) -> str:
    """What a newcomer needs to look around, a line each."""
    demo = content.load(datetime.now(UTC).date())
    lines = [f"Public    {address}/{demo.tenants[0].office.slug}"]
    for words, slug, role in SHOWN:
        officers = demo.tenant(slug).office.officers
        email = next(o.email for o in officers if role in o.roles)
        lines.append(f"{words:<22} {address}/{slug}/login   {email}")
    lines.append(f"Password of all: {PASSWORD}   one-time code: make code   (authenticator secret {TOTP_SECRET})")
    return "\n".join(lines)


def code_now() -> str:
    return code_at(TOTP_SECRET, step_at(datetime.now(UTC)))
