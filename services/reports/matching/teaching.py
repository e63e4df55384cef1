"""Which reports the matcher learns from: those of which a person has said that they belong where they lie."""

from libs.contracts.words import MatchOutcome, ReportState
from services.reports.report.rules import Report

GONE = frozenset({ReportState.WITHDRAWN, ReportState.SCREENED_OUT})


def groups(report: Report) -> bool:
    """Whether the text may lead others to its case as long as that is open: one event is told in sixty wordings.

    Only texts that retell the case may be asked about here. Nobody is answered by it, an officer sees what lies
    together, and no text that names another target than the one that opened the case is led by it. Once the case is
    published only what `teaches` leads to its answer.
    """
    joined = report.outcome == MatchOutcome.MATCH and report.case_id not in (None, report.own_case())
    return joined and report.state not in GONE and report.helpful is not False


def teaches(report: Report, *, is_published: bool) -> bool:
    """Whether the text of a report may lead others to its case.

    What the matcher linked by itself teaches nothing, or one wrong link would feed the next. A person has confirmed it
    where the reporter was helped by the answer, where officers merged the case that it had opened into this one, and
    where its own case was published: two officers have read it and written the claim for it.

    Args:
        is_published: the case that it lies in has a published answer.
    """
    if report.state in GONE or report.helpful is False or report.case_id is None:
        return False
    if report.case_id == report.own_case():
        return is_published
    return report.outcome != MatchOutcome.MATCH or report.helpful is True
