"""Offering help for a call, and what its project answers."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.claims import Claims
from chassis.identifiers import new_id
from chassis.messaging.outbox import record
from services.projects import access, rules
from services.projects.actions import invitations
from services.projects.actions.awake import keep_awake
from services.projects.actions.belonging import join_project
from services.projects.actions.calls import get_open_call
from services.projects.errors import OfferedAlready, OfferNotFound, OfferOver, OwnCall
from services.projects.events import offer_changed
from services.projects.models import Offer

PENDING, ACCEPTED, DECLINED, WITHDRAWN = "pending", "accepted", "declined", "withdrawn"


def offer_help(
    session: Session, *, actor: Claims, project_id: UUID, call_id: UUID, word: str
) -> UUID:
    """Offer help for an open call; records `project.help_offered`.

    Raises ProjectNotFound, ProjectOver, OwnCall, CallNotFound, CallOver or OfferedAlready.
    """
    _, role = access.lock_project(session, actor=actor, project_id=project_id)
    if role is not None:
        raise OwnCall
    get_open_call(session, project_id=project_id, call_id=call_id)
    now = clock.now()
    new = insert(Offer).values(
        id=new_id(),
        project_id=project_id,
        call_id=call_id,
        member_id=actor.id,
        word=word,
        state=PENDING,
        revision=1,
        offered_at=now,
        changed_at=now,
    )
    made = session.scalars(
        new.on_conflict_do_nothing(index_elements=["call_id", "member_id"]).returning(Offer)
    ).first()
    if made is None:
        raise OfferedAlready
    record(session, offer_changed(made))
    return made.id


def answer_offer(
    session: Session, *, actor: Claims, project_id: UUID, offer_id: UUID, answer: str, word: str
) -> None:
    """Accept or decline an offer for one's project, or withdraw one's own.

    Who is accepted builds it from then on. Records `project.help_offered`, and what follows.
    Answering the same again changes nothing. Raises ProjectNotFound, ContributorsOnly,
    OfferNotFound, OfferOver, ProjectOver or ProjectFull.
    """
    # Whose offer it is never changes; they are held before the project, as are all members.
    offered_by = session.scalar(select(Offer.member_id).where(Offer.id == offer_id))
    project, role = access.lock_project(
        session, actor=actor, project_id=project_id, beside=offered_by
    )
    offer = session.get(Offer, offer_id)
    if offer is None or offer.project_id != project_id:
        raise OfferNotFound
    if session.scalar(select(access.is_unhidden(offer.call_id))) is False:
        raise OfferNotFound
    is_mine = offer.member_id == actor.id
    # To others than those concerned there is none; who offers cannot accept it.
    if (answer == WITHDRAWN) != is_mine or not (is_mine or role):
        raise OfferNotFound
    if offer.state == answer:
        return
    if offer.state != PENDING:
        raise OfferOver
    if answer == ACCEPTED:
        join_project(session, project=project, member_id=offer.member_id, role=rules.CONTRIBUTOR)
        invitations.withdraw_all(session, project_id=project_id, member_id=offer.member_id)
    if role:
        keep_awake(session, project=project, actor_id=actor.id)
        offer.answer = word
    _turn(session, offer, answer)


def withdraw_all(
    session: Session, *, project_id: UUID | None = None, member_id: UUID | None = None
) -> None:
    """Withdraw what waits in a locked project, or of a member who left; records it."""
    which = [Offer.state == PENDING]
    which += [Offer.project_id == project_id] if project_id is not None else []
    which += [Offer.member_id == member_id] if member_id is not None else []
    for offer in session.scalars(select(Offer).where(*which).order_by(Offer.id)).all():
        _turn(session, offer, WITHDRAWN)


def _turn(session: Session, offer: Offer, state: str) -> None:
    offer.state = state
    offer.revision += 1
    offer.changed_at = clock.now()
    session.flush()
    record(session, offer_changed(offer))
