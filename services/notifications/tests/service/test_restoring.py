"""After a restore: what waited for long is neither mailed nor pushed; forgetting goes on."""

from datetime import timedelta

from sqlalchemy import insert, select

from chassis import clock
from chassis.identifiers import new_id
from chassis.retries import first_try
from services.notifications.actions import mails, restoring
from services.notifications.models import Mail, MailTry, PushTry
from services.notifications.tests.factories import NOON

HOUR = timedelta(hours=1)


def test_what_waited_is_dropped_and_what_is_new_is_not(notifications):
    old, new = (_mail(notifications, at) for at in (NOON - 2 * HOUR, NOON - HOUR / 2))
    with clock.at(NOON - 2 * HOUR), notifications.session() as session:
        mails.forget_mails(session, [new_id()])
        now = clock.now()
        its = {"push_id": new_id(), "subscription_id": new_id(), "member_id": new_id()}
        session.execute(insert(PushTry).values(**first_try(), **its, created_at=now))

    with clock.at(NOON), notifications.session() as session:
        restoring.after_restore(session)

    with notifications.session() as session:
        states = dict(session.execute(select(Mail.id, Mail.state)).all())
        kinds = session.scalars(select(MailTry.kind).order_by(MailTry.kind)).all()
        assert states == {old: "void", new: "waiting"}
        assert kinds == ["digest", mails.FORGET]
        assert session.scalars(select(PushTry)).all() == []


def _mail(notifications, at):
    mail_id, member_id = new_id(), new_id()
    with clock.at(at), notifications.session() as session:
        mail = {"member_id": member_id, "notice_ids": [], "planned_at": at, "state": "waiting"}
        session.execute(insert(Mail).values(id=mail_id, kind="digest", **mail))
        row = {**first_try(), "id": mail_id, "kind": "digest", "member_id": member_id}
        session.execute(insert(MailTry).values(**row, created_at=at))
    return mail_id
