"""What moderators answer: who contests a proof, or told them of something, hears that they did."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from contracts.discussion import ReportAnswered
from contracts.projects import ProjectReportAnswered
from contracts.skills import ContestAnswered
from services.notifications import rules
from services.notifications.actions import objects
from services.notifications.actions.telling import Told, tell


def tell_of_contests(session: Session, events: Sequence[ContestAnswered]) -> None:
    """Tell members whether the line that they contest stays."""
    rows = [
        objects.build_row(
            "contest",
            event.contest_id,
            revision=event.revision,
            at=event.answered_at,
            title=event.label_en,
            title_fr=event.label_fr,
            state=event.outcome,
        )
        for event in events
    ]
    objects.keep(session, rows)
    tell(session, (_told(event, event.contest_id, rules.CONTEST_ANSWERED) for event in events))


def tell_of_reports(
    session: Session, events: Sequence[ReportAnswered | ProjectReportAnswered]
) -> None:
    """Tell members that what they reported is answered."""
    rows = [
        objects.build_row(
            "report" if isinstance(event, ReportAnswered) else "project_report",
            event.report_id,
            revision=event.revision,
            at=event.answered_at,
            state=event.outcome,
        )
        for event in events
    ]
    objects.keep(session, rows)
    tell(session, (_told(event, event.report_id, rules.REPORT_ANSWERED) for event in events))


def _told(
    event: ContestAnswered | ReportAnswered | ProjectReportAnswered, object_id: UUID, kind: str
) -> Told:
    return Told(
        member_id=event.member_id,
        kind=kind,
        object_id=object_id,
        part=event.outcome,
        happened_at=event.answered_at,
    )
