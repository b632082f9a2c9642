"""Mails that wait to be sent."""

from uuid import UUID

from sqlalchemy.orm import Session

from chassis import clock
from chassis.identifiers import new_id
from services.identity import rules
from services.identity.models import Mail


def queue_mail(session: Session, *, kind: str, email: str, subject_id: UUID | None = None) -> None:
    session.add(
        Mail(
            id=new_id(),
            kind=kind,
            email=email,
            email_key=rules.email_key(email),
            subject_id=subject_id,
            state="waiting",
            attempts=0,
            next_try_at=clock.now(),
            created_at=clock.now(),
            error="",
        )
    )


def forget_written(session: Session, *, email: str, name: str) -> None:
    """Stub until merged."""
