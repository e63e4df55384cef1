"""A report whose questions stand on one page: sent by somebody of the office's own, who is logged in."""

from collections.abc import Callable, Mapping

from fastapi.exceptions import RequestValidationError
from starlette.datastructures import FormData

from libs.contracts.directory import TenantRecord
from libs.contracts.words import ReportKind
from libs.runtime.errors import Refused, Unavailable
from services.gateway.access.limits import TooMany
from services.gateway.context import Visited
from services.gateway.dispatch.accepting import Accepted, Origin
from services.gateway.dispatch.idempotency import read_key
from services.gateway.reporting.draft import Draft, carried_in, upload_in
from services.gateway.reporting.forms import ReportForm
from services.gateway.reporting.pages import (
    ASKED,
    NO_UPLOADS,
    PictureRefused,
    asked_in,
    contact_errors,
    mistakes_in,
    taken,
)
from services.gateway.web.pages import text_of
from services.gateway.web.views import Back, Trouble, put_off, wrong

MORE = Back(trouble=Trouble.MORE)


class NotSent(Exception):
    """The page is to be shown once more, with the draft as it stands now."""

    def __init__(self, draft: Draft, back: Back) -> None:
        super().__init__(back.status)
        self.draft = draft
        self.back = back


def typed(form: FormData) -> Draft:
    """
    Raises:
        Refused: `key_invalid`.
    """
    upload = "" if text_of(form, "drop_upload") else text_of(form, "upload")
    return carried_in(form, read_key(text_of(form, "key"))).first(form, upload if upload_in(upload) else "")


def answers_in(office: TenantRecord, kind: ReportKind, draft: Draft, form: FormData) -> Mapping[str, str]:
    """To the office's own questions.

    Raises:
        NotSent: one is wrong, or what was just told asks for more.
    """
    shown = {value for value in form.getlist(ASKED) if isinstance(value, str)}
    if mistakes := mistakes_in(office, kind, draft.answers, among=shown):
        raise NotSent(draft, wrong(*mistakes))
    asked = [q for q in asked_in(office, kind, draft.answers) if q.asked]
    if any(q.question.id not in shown for q in asked):
        raise NotSent(draft, MORE)
    return {q.question.id: q.value for q in asked if q.value}


async def send(
    visit: Visited,
    office: TenantRecord,
    form: FormData,
    origin: Origin,
    *,
    count: Callable[[], None],
    read: Callable[[Draft], ReportForm],
    fields: Mapping[str, str],
    wait: float = 0,
) -> Accepted:
    """
    Args:
        count: the sending against its limit; raises TooMany.
        read: what was typed, checked.
        fields: name in the form of the API -> name in the page.

    Raises:
        NotSent.
        Refused: nothing that another try from this page could mend.
    """
    draft = typed(form)
    try:
        count()
        kept = await taken(visit, office, form)
        if kept is not None:
            draft = draft.first(form, f"{kept.id}~{max(1, kept.size // 1000)}")
        return await visit.parts.accepting.submit_report(office, read(draft), draft.key, origin=origin, wait=wait)
    except RequestValidationError as error:
        raise NotSent(draft, wrong(*contact_errors(error, fields))) from None
    except PictureRefused as refused:
        raise NotSent(draft, refused.back) from None
    except (TooMany, Unavailable) as away:
        raise NotSent(draft, put_off(away)) from None
    except Refused as refused:
        if refused.code == "uploads_unavailable":
            raise NotSent(draft, NO_UPLOADS) from None
        if refused.code != "key_reused":
            raise
        # A report with other words went out under this key: these become one of their own.
        anew = draft.model_copy(update={"key": visit.new_key()})
        raise NotSent(anew, Back(status=409, trouble=Trouble.ANOTHER)) from None
