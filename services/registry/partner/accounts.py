"""Social accounts as their addresses say, whatever else was sent with them."""

from libs.contracts.registry.partner import SocialAccount
from libs.contracts.words import AccountState
from libs.kit.hosts import refused_because
from libs.kit.urls import NotAnAddress, resolve
from libs.runtime.errors import Refused

KINDS = frozenset({"profile", "profile_id", "channel", "channel_id", "custom_name", "legacy_user", "group", "page"})
"""What somebody runs: a post, a video or a share link that hides its target is not an account."""
LONGEST_KEY = 400
"""Characters of ASCII: the key stands in a message header and in a document's `_id`."""


def canonical(account: SocialAccount) -> SocialAccount:
    """The same account with platform, handle and keys read from its address; nothing of it is verified yet.

    Raises:
        Refused: `validation` of `accounts`: no web address, one that poses as another, or not that of an account.
    """
    if refused_because(account.url) is not None:
        raise Refused("validation", "accounts")
    try:
        address = resolve(account.url)
    except NotAnAddress:
        raise Refused("validation", "accounts") from None
    key = address.identity
    # What a redirect page carries is held to the same.
    if refused_because(address.url) is not None:
        raise Refused("validation", "accounts")
    if address.kind not in KINDS or not key.isascii() or len(key) > LONGEST_KEY:
        raise Refused("validation", "accounts")
    return SocialAccount(
        platform=address.platform,
        handle=address.id,
        url=address.url,
        identity_key=key,
        state=AccountState.CLAIMED,
    )


def canonical_accounts(accounts: tuple[SocialAccount, ...]) -> tuple[SocialAccount, ...]:
    """Each account once, in the order given."""
    found = {one.identity_key: one for one in map(canonical, reversed(accounts))}
    return tuple(reversed(found.values()))
