"""What notifications does after its database was restored from a backup: it is of the past."""

from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from chassis import clock
from services.notifications.actions.mails import FORGET
from services.notifications.models import Mail, MailTry, PushTry

STALE = timedelta(hours=1)


def after_restore(session: Session) -> None:
    """Send nothing that waited for an hour or more: it was sent long ago, or is no news.

    What is to be forgotten stays.
    """
    before = clock.now() - STALE
    session.execute(delete(PushTry).where(PushTry.created_at < before))
    dropped = (
        delete(MailTry)
        .where(MailTry.state == "waiting", MailTry.created_at < before, MailTry.kind != FORGET)
        .returning(MailTry.id)
    )
    ids = session.scalars(select(dropped.cte("dropped").c.id)).all()
    void = update(Mail).where(Mail.id.in_(ids), Mail.state.in_(("waiting", "sending")))
    session.execute(void.values(state="void"))
