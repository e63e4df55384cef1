"""The closed vocabularies of the domain. Messages carry them as plain strings: across a boundary every enum is open."""

from enum import StrEnum


class ReportKind(StrEnum):
    HOAX = "hoax"
    ASPIRATION = "aspiration"
    COMPLAINT = "complaint"
    INFORMATION_REQUEST = "information_request"


class Intake(StrEnum):
    """By which way a report came."""

    FORM = "form"
    WALK_IN = "walk_in"
    PHONE = "phone"
    LETTER = "letter"
    POST_SEEN = "post_seen"
    """Nobody reported it: an officer saw the post."""
    PARTNER = "partner"
    CHAT = "chat"
    EMAIL = "email"
    EMAIL_UNPROVEN = "email_unproven"
    """By a mail of which the office's server could not say that it is of its sender."""
    SHARE = "share"
    EMBED = "embed"


class ReportState(StrEnum):
    RECEIVED = "received"
    MATCHING = "matching"
    LINKED = "linked"
    SCREENED_OUT = "screened_out"
    ANSWERED = "answered"
    CLOSED = "closed"
    REOPENED = "reopened"
    WITHDRAWN = "withdrawn"


class MatchOutcome(StrEnum):
    MATCH = "match"
    SUGGEST = "suggest"
    NONE = "none"
    UNMATCHED = "unmatched"
    """The matcher did not answer; it is asked again later."""


class CaseState(StrEnum):
    OPEN = "open"
    TRIAGED = "triaged"
    INVESTIGATING = "investigating"
    AWAITING_CONFIRMATION = "awaiting_confirmation"
    DRAFTING = "drafting"
    IN_REVIEW = "in_review"
    DECIDED = "decided"
    PUBLISHED = "published"
    MONITORING = "monitoring"
    CLOSED = "closed"
    MERGED = "merged"
    OUT_OF_SCOPE = "out_of_scope"


class Verdict(StrEnum):
    FALSE = "false"
    SCAM = "scam"
    MISLEADING = "misleading"
    UNPROVEN = "unproven"
    NEEDS_CONTEXT = "needs_context"
    SATIRE = "satire"
    TRUE = "true"
    NOT_CHECKABLE = "not_checkable"


class ClarificationState(StrEnum):
    PUBLISHED = "published"
    PAUSED = "paused"
    RETRACTED = "retracted"


class PartnerKind(StrEnum):
    ACTIVIST = "activist"
    INFLUENCER = "influencer"
    CREATOR = "creator"
    GOVERNMENT_ACCOUNT = "government_account"
    COMMUNITY_GROUP = "community_group"
    MEDIA_OUTLET = "media_outlet"


class PartnerState(StrEnum):
    DRAFT = "draft"
    """Written down by somebody else: it hears nothing but the invitation to agree."""
    SUBMITTED = "submitted"
    ADMINISTRATIVE_REVIEW = "administrative_review"
    NEEDS_REVISION = "needs_revision"
    FACTUAL_REVIEW = "factual_review"
    ACTIVE = "active"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    REJECTED = "rejected"
    APPEALED = "appealed"
    TERMINATED = "terminated"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    """Another record of the same partner goes on."""


class AccountState(StrEnum):
    CLAIMED = "claimed"
    VERIFYING = "verifying"
    VERIFIED = "verified"
    DISPUTED = "disputed"


class Role(StrEnum):
    VERIFIER = "verifier"
    EDITOR = "editor"
    APPROVER = "approver"
    LIAISON = "liaison"
    TENANT_ADMIN = "tenant_admin"
    CUSTODIAN = "custodian"
    LEADER = "leader"
    PARTNER = "partner"
    OPERATOR = "operator"


CHECKERS = frozenset({Role.VERIFIER, Role.EDITOR, Role.APPROVER, Role.TENANT_ADMIN})
"""Who works on cases and carries answers out."""


class Channel(StrEnum):
    EMAIL = "email"
    INBOX = "inbox"
    WHATSAPP_MANUAL = "whatsapp_manual"
    WHATSAPP = "whatsapp"
    """By the office's own number; TELEGRAM by its bot. Both within a conversation that the person began."""
    TELEGRAM = "telegram"


class DeliveryState(StrEnum):
    QUEUED = "queued"
    ATTEMPTING = "attempting"
    SENT = "sent"
    FAILED_TRANSIENT = "failed_transient"
    FAILED_PERMANENT = "failed_permanent"
    UNKNOWN = "unknown"
    """The provider may or may not have taken it; a person decides, nothing is sent again by itself."""
    SUPPRESSED = "suppressed"
    CANCELLED = "cancelled"


class Template(StrEnum):
    INTERIM = "interim"
    RECEIPT = "receipt"
    """The first word on what is answered one by one; on a hoax that is `interim`."""
    MESSAGE = "message"
    """The office wrote to the reporter; what it wrote is read on the ticket."""
    NOT_CONTINUED = "not_continued"
    """Screened out, or its case was closed without an answer."""
    ANSWER = "answer"
    CORRECTION = "correction"
    PARTNER_REQUEST = "partner_request"
    LOGIN_LINK = "login_link"
    TICKET_LINK = "ticket_link"
    """Opens a ticket once, for a reporter who has lost its code."""
    INVITATION = "invitation"
    """Opens once, for an officer who was invited; FACTOR for one who sets up another authenticator app."""
    FACTOR = "factor"
    TURN = "turn"
    """What the office says in a chat; its words go with it."""


class AssignmentState(StrEnum):
    OFFERED = "offered"
    ACKNOWLEDGED = "acknowledged"
    DECLINED = "declined"
    LAPSED = "lapsed"
