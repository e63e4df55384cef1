"""Ids of what notify makes: from their cause, so that planning twice makes the same ones."""

import hmac
from uuid import UUID

from libs.contracts.ids import NAMESPACE, uuid5


def bulletin_id(clarification_id: str, version: int) -> str:
    return str(uuid5(NAMESPACE, f"bulletin|{clarification_id}|{version}"))


def assignment_id(bulletin: str, partner: str) -> str:
    return str(uuid5(NAMESPACE, f"assignment|{bulletin}|{partner}"))


def delivery_id(message: str, recipient: str, channel: str) -> str:
    """One message to one recipient on one channel.

    Args:
        message: a bulletin's id, `interim`, or the id of an answer to one report.
    """
    return str(uuid5(NAMESPACE, f"delivery|{message}|{recipient}|{channel}"))


def command_id(target: str, *cause: str | int) -> UUID:
    """Of a command that a worker gives: the same cause again is the same command."""
    return uuid5(NAMESPACE, "|".join(("worker", target, *map(str, cause))))


def conversation_id(key: bytes, tenant: str, account: str, address: str) -> str:
    """Of somebody who writes mail. A chat's is made by the gateway, which hears it first.

    Args:
        key: a new one begins new conversations; what was not sent on by then is said once more.
    """
    digest = hmac.digest(key, "|".join((tenant, "email", account.lower(), address.lower())).encode(), "sha256")
    return str(UUID(bytes=digest[:16], version=4))
