"""Errors of the runtime and of the services, and what each means for a client and for the queue.

SimpulError
├── Refused       the rules say no           problem for a client, CommandRefused for a message
│   ├── NotFound  there is no such thing     404 for a client
│   └── TooSoon   tried too often            429 for a client, with the time
├── Unavailable   a dependency is away       503 for a client, tried again for a message
│   ├── Busy      it said so, and until when
│   └── Broken    it answered, and stumbled
└── Unacceptable  the message itself is bad  dead letter, never tried again
"""

from math import ceil


class SimpulError(Exception):
    code = "internal"


class Refused(SimpulError):
    """`code` is one of `libs.contracts.problems`; `fields` names what was wrong with which fields."""

    def __init__(self, code: str, *fields: str) -> None:
        super().__init__(code, *fields)
        self.code = code
        self.fields = fields


class NotFound(Refused):
    def __init__(self, *what: str) -> None:
        super().__init__("not_found", *what)


class TooSoon(Refused):
    """`retry_after`: whole seconds until another try counts, at least one."""

    def __init__(self, retry_after: float) -> None:
        super().__init__("too_many_requests")
        self.retry_after = max(1, ceil(retry_after))


class Unavailable(SimpulError):
    code = "unavailable"

    def __init__(self, dependency: str) -> None:
        super().__init__(dependency)
        self.dependency = dependency


class Busy(Unavailable):
    """Alive, and with more to do than it can. `retry_after`: seconds; 0: it did not say."""

    def __init__(self, dependency: str, *, retry_after: float = 0) -> None:
        super().__init__(dependency)
        self.retry_after = retry_after


class Broken(Unavailable):
    """Alive, and with a fault of its own: the same question may meet it again."""


class Unacceptable(SimpulError):
    """A record that can never be handled.

    Attributes:
        reason: envelope, signature, type, schema, seal, tenant, size or fault (a raise in our own rules).
        diagnosis: which field or which exception; never the value.
    """

    def __init__(self, reason: str, diagnosis: str) -> None:
        super().__init__(reason, diagnosis)
        self.reason = reason
        self.diagnosis = diagnosis
