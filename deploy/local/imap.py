"""A real IMAP server with one mailbox: Debian's dovecot, without any rights, on a port and in a folder of its own.

It stands beside the stack for whoever needs it, for the program may be absent: `is_installed` says so.
"""

import grp
import imaplib
import itertools
import os
import pwd
import secrets
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from deploy.local.children import Children
from deploy.local.errors import ProgramMissing
from deploy.local.layout import Layout
from deploy.local.ports import HOST, is_open

NAME = "imap"
NOBODY = "nobody"
START_SECONDS = 20
"""A guess, far above the half second measured on two idle cores."""

_ELSEWHERE = "/usr/sbin:/usr/local/sbin"
"""Where Debian puts it, and where no path of an ordinary user leads."""
_delivered = itertools.count()


def program() -> str | None:
    return shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:{_ELSEWHERE}")


def is_installed() -> bool:
    return program() is not None


@dataclass(frozen=True)
class Mailbox:
    """What a client logs in with."""

    host: str
    port: int
    username: str
    password: str

    def login(self) -> imaplib.IMAP4:
        client = imaplib.IMAP4(self.host, self.port, timeout=10)
        client.login(self.username, self.password)
        return client


class Dovecot:
    """Every call blocks."""

    def __init__(self, home: Path, port: int, *, username: str = "lapor@contoh.example") -> None:
        """
        Args:
            home: must be passable for everybody when this process is root, for then the server runs as nobody.
        """
        self.home = home
        self._children = Children(Layout(home=home))
        self._owner = pwd.getpwnam(NOBODY) if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        self.mailbox = Mailbox(HOST, port, username, self._password())

    def start(self) -> None:
        """Returns when it takes log-ins. Letters of an earlier start are there.

        Raises:
            ProgramMissing
            ChildDied: with the last line that it wrote.
        """
        dovecot = program()
        if dovecot is None:
            raise ProgramMissing("dovecot", "sudo apt-get install -y dovecot-imapd")
        if self._children.find(NAME):
            return
        self._lay_out()
        command = [dovecot, "-F", "-c", str(self.home / "dovecot.conf")]
        if os.geteuid() == 0:
            rights = ["--reuid", str(self._owner.pw_uid), "--regid", str(self._owner.pw_gid), "--clear-groups"]
            command = ["setpriv", *rights, *command]
        self._children.launch(NAME, command, environment=os.environ)
        self._children.wait_until(NAME, lambda: is_open(self.mailbox.port), seconds=START_SECONDS)

    def stop(self) -> None:
        self._children.stop([NAME], grace=10)

    def deliver(self, letter: bytes) -> None:
        """Into the inbox, as an MTA would: it is there as a whole or not at all."""
        name = f"{time.time_ns()}.{os.getpid()}_{next(_delivered)}.simpul"
        fresh = self._maildir / "tmp" / name
        fresh.write_bytes(letter)
        self._hand_over(fresh)
        fresh.replace(self._maildir / "new" / name)

    @property
    def _maildir(self) -> Path:
        return self.home / "maildir"

    def _password(self) -> str:
        kept = self.home / "users"
        return kept.read_text().split(":")[1].removeprefix("{PLAIN}") if kept.exists() else secrets.token_hex(16)

    def _lay_out(self) -> None:
        for folder in ("run", "state", "maildir", "maildir/tmp", "maildir/new", "maildir/cur"):
            (self.home / folder).mkdir(parents=True, exist_ok=True)
            self._hand_over(self.home / folder)
        users = self.home / "users"
        users.touch(mode=0o600)
        users.write_text(f"{self.mailbox.username}:{{PLAIN}}{self.mailbox.password}::::::\n")
        self._hand_over(users)
        (self.home / "dovecot.conf").write_text(self._configuration())

    def _configuration(self) -> str:
        user, group = self._owner.pw_name, grp.getgrgid(self._owner.pw_gid).gr_name
        return f"""
base_dir = {self.home}/run
state_dir = {self.home}/state
log_path = /dev/stderr
protocols = imap
listen = {HOST}
ssl = no
disable_plaintext_auth = no
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = {self._owner.pw_uid}
first_valid_gid = {self._owner.pw_gid}
mail_location = maildir:{self._maildir}
mailbox_list_index = no
passdb {{
  driver = passwd-file
  args = {self.home}/users
}}
userdb {{
  driver = static
  args = uid={self._owner.pw_uid} gid={self._owner.pw_gid} home={self.home}/state
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {self.mailbox.port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
"""

    def _hand_over(self, path: Path) -> None:
        if os.geteuid() == 0:
            os.chown(path, self._owner.pw_uid, self._owner.pw_gid)
