"""WhatsApp by an officer's own hand: the prepared text, and the link that opens it.

Never `delivered`: nobody tells us.
"""

from datetime import datetime
from urllib.parse import quote

from libs.contracts.directory import TenantRecord
from libs.runtime.keyring import VersionedKey
from services.notify import letters
from services.notify.bulletin.rules import Bulletin
from services.notify.channels.email import Addresses, letter_name, letter_values, recipients_values
from services.notify.delivery.rules import Delivery
from services.notify.letters import Office


def text(
    delivery: Delivery,
    bulletin: Bulletin | None,
    record: TenantRecord,
    *,
    public_url: str,
    keys: VersionedKey,
    now: datetime,
) -> str:
    addresses = Addresses.of(record, public_url=public_url, keys=keys)
    values = letter_values(delivery, bulletin, addresses, recipients_values(delivery, record, addresses, now=now))
    return letters.write_chat(letter_name(delivery), delivery.language, office=Office.of(record), values=values)


def link(phone: str, prepared: str) -> str:
    """Opens WhatsApp with the text typed in. `phone` in E.164."""
    return f"https://wa.me/{''.join(c for c in phone if c.isdecimal())}?text={quote(prepared)}"
