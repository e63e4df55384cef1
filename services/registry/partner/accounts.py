"""Social accounts as their addresses say, whatever else was sent with them."""

from libs.contracts.registry.partner import SocialAccount
from libs.contracts.words import AccountState
from libs.kit import handles
from libs.runtime.errors import Refused

LONGEST_KEY = 400
"""Characters of ASCII: the key stands in a message header and in a document's `_id`."""


def canonical(account: SocialAccount) -> SocialAccount:
    """The same account with platform, handle and keys read from its address, or from what stands in its place ("IG:
    @kabar"); nothing of it is verified yet.

    Raises:
        Refused: `validation` of `accounts`: no account, or one that poses as another.
    """
    try:
        address = handles.account(account.url, account.platform)
    except handles.NotAnAccount:
        raise Refused("validation", "accounts") from None
    key = address.identity
    if not key.isascii() or len(key) > LONGEST_KEY:
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
