"""A mailbox over IMAP: what lies in its folder is to be taken; what was taken is moved to another."""

import contextlib
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from libs.runtime.accounts import MailAccount
from libs.runtime.errors import Unavailable

WITHIN = 20.0
"""Seconds for one step of the protocol."""
AT_ONCE = 20
LARGEST = 25_000_000
"""Bytes of a mail; what most servers pass on at all."""


class Folder(StrEnum):
    """Beside the one that is read."""

    TAKEN = "Simpul"
    PASSED_OVER = "Simpul-dilewati"
    """Answering machines, lists, and what could not be read: nobody was answered."""


@dataclass(frozen=True, slots=True)
class Letter:
    """`raw` is None for a mail larger than we take."""

    uid: int
    raw: bytes | None


class Postbox:
    """Blocks; call from a thread. One connection for a round, so that an idle one is nobody's worry."""

    def __init__(self, account: MailAccount) -> None:
        self._account = account

    @contextlib.contextmanager
    def open(self) -> Iterator["Opened"]:
        """
        Raises:
            Unavailable: not reached, refused, or cut off.
        """
        account = self._account
        try:
            context = ssl.create_default_context() if account.security == "tls" else None
            client = IMAPClient(
                account.host, account.port, ssl=account.security == "tls", ssl_context=context, timeout=WITHIN
            )
            with client:
                client.login(account.username, account.password)
                client.select_folder(account.folder)
                yield Opened(client)
        except (IMAPClientError, OSError) as error:
            raise Unavailable("imap") from error


class Opened:
    def __init__(self, client: IMAPClient) -> None:
        self._client = client

    def letters(self) -> list[Letter]:
        """The oldest that lie there."""
        uids = sorted(self._client.search("UNDELETED"))[:AT_ONCE]
        sizes = self._client.fetch(uids, ["RFC822.SIZE"]) if uids else {}
        fit = [uid for uid in uids if int(sizes.get(uid, {}).get(b"RFC822.SIZE", 0)) <= LARGEST]
        # PEEK: it counts as read by nobody.
        found = self._client.fetch(fit, ["BODY.PEEK[]"]) if fit else {}
        return [Letter(uid, found.get(uid, {}).get(b"BODY[]")) for uid in uids if uid not in fit or uid in found]

    def file_away(self, uids: Sequence[int], folder: Folder) -> None:
        """Into a folder of ours, which is made when it is first needed."""
        if not uids:
            return
        if not self._client.folder_exists(folder.value):
            self._client.create_folder(folder.value)
        if self._client.has_capability("MOVE"):
            self._client.move(uids, folder.value)
        else:
            self._client.copy(uids, folder.value)
            self._client.delete_messages(uids)
            self._client.expunge(uids)
