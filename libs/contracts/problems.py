"""Problem types: what a client is told, as RFC 9457 problem details.

`urn:simpul:problem:<code>` is the type. A code is stable; its title may be reworded.
"""

from pydantic import BaseModel, ConfigDict

URN = "urn:simpul:problem:"


class FieldProblem(BaseModel):
    """One field's error: where it stands and which rule it broke."""

    model_config = ConfigDict(frozen=True)

    field: str
    code: str
    limit: int | None = None


class Problem(BaseModel):
    """Body of an error answer; media type `application/problem+json`."""

    model_config = ConfigDict(frozen=True, extra="allow")

    type: str
    title: str
    status: int
    detail: str | None = None
    instance: str | None = None
    errors: tuple[FieldProblem, ...] = ()


TITLES: dict[str, tuple[int, str]] = {
    "validation": (422, "The request does not fit the form"),
    "key_reused": (422, "This Idempotency-Key was used with another body"),
    "key_invalid": (400, "Idempotency-Key must be a random UUID"),
    "not_found": (404, "There is no such thing here"),
    "forbidden": (403, "Your role may not do this"),
    "unauthenticated": (401, "Log in first"),
    "code_wrong": (401, "The one-time code does not match"),
    "code_used": (401, "The one-time code was used already; wait for the next one"),
    "unavailable": (503, "Not certainly kept; send it again with the same key"),
    "rows_refused": (409, "Some rows of the file are refused; mend them, or go on without them"),
    "uploads_unavailable": (503, "Files cannot be kept right now"),
    "too_many_requests": (429, "Too many requests"),
    "too_large": (413, "The body is too large"),
    "unsupported_media": (415, "This kind of file is not accepted"),
    "image_broken": (422, "The picture cannot be read"),
    "image_bomb": (422, "The picture cannot be read"),
    "image_too_large": (413, "The picture is larger than 10 MB"),
    "image_too_many_pixels": (422, "The picture has more than 40 megapixels"),
    "image_type_not_allowed": (
        415,
        "Only JPEG, PNG and WebP pictures, Ogg Opus, M4A, MP4 and PDF",
    ),
    "pdf_not_allowed": (415, "The PDF does not begin as one; send a picture of the page"),
    "media_too_large": (413, "A voice note, a video or a PDF is larger than 16 MB"),
    "media_broken": (422, "The file cannot be played or read"),
    "media_bomb": (422, "The file cannot be played or read"),
    "media_codec_not_allowed": (415, "Sound must be AAC or Opus, a video H.264 or HEVC"),
    "media_too_long": (422, "It lasts longer than 10 minutes"),
    "pdf_active": (422, "The PDF carries scripts or other files"),
    "pdf_locked": (422, "The PDF wants a password"),
    "pdf_too_many_pages": (422, "The PDF has more than 50 pages"),
    "state_conflict": (409, "It is no longer in a state that allows this"),
    "merged_here": (409, "The other case has already been merged into this one"),
    "merged_for_good": (409, "It was merged more than thirty days ago"),
    "version_conflict": (409, "Somebody changed it meanwhile"),
    "self_approval": (403, "The author cannot approve their own text"),
    "already_approved": (409, "You have approved this version already"),
    "reference_missing": (422, "At least one reference is needed"),
    "draft_incomplete": (422, "Claim, verdict, fact and explanation are needed"),
    "role_missing": (403, "Your role may not do this"),
    "wrong_code": (404, "Number or code does not match"),
    "account_held": (409, "This account is registered elsewhere"),
    "slug_taken": (409, "This address is taken"),
    "email_taken": (409, "This e-mail address is in use already"),
    "number_taken": (409, "This number is taken"),
    "last_admin": (409, "An office always keeps one active administrator"),
    "already_answered": (409, "It was answered already"),
    "internal": (500, "Our fault; it has been logged"),
}


def problem(code: str, *, detail: str | None = None, errors: tuple[FieldProblem, ...] = ()) -> Problem:
    status, title = TITLES[code]
    return Problem(type=URN + code, title=title, status=status, detail=detail, errors=errors)


def code_of(found: Problem) -> str:
    return found.type.removeprefix(URN)
