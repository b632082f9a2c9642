"""Mails that wait or are dead, for the operator."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.identity.models import Mail


def list_mails(session: Session, *, limit: int = 100) -> Sequence[Mail]:
    """The dead first, then by when they are tried next."""
    statement = select(Mail).order_by(Mail.state, Mail.next_try_at, Mail.id).limit(limit)
    return session.scalars(statement).all()
