"""Calls for help, who is asked, who offers, and who was thanked."""

from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import String, Uuid, bindparam, select
from sqlalchemy.orm import aliased

from chassis import clock
from chassis.pages import AnySelect, Page
from chassis.statements import Cut, ListRead, Read, ReadSession, viewer
from services.projects import access, rules
from services.projects.errors import CallNotFound, HelpInvitationNotFound, OfferNotFound
from services.projects.models import Call, HelpInvitation, MemberRef, Offer, Project, Thanks
from services.projects.queries.views import (
    PERSON,
    CallView,
    InvitationView,
    OfferView,
    PersonView,
    ProjectRefView,
    ThanksView,
    person_of,
)


def get_call(session: ReadSession, *, viewer_id: UUID, project_id: UUID, call_id: UUID) -> CallView:
    """One call; raises ProjectNotFound or CallNotFound."""
    access.require_visible(session, viewer_id=viewer_id, project_id=project_id)
    found = _CALL.find(session, project_id=project_id, call_id=call_id)
    if found is None:
        raise CallNotFound
    return found


def list_calls(
    session: ReadSession,
    *,
    viewer_id: UUID,
    project_id: UUID,
    state: str | None,
    limit: int,
    cursor: str | None,
) -> Page[CallView]:
    """The calls of a project, the latest first; raises ProjectNotFound."""
    access.require_visible(session, viewer_id=viewer_id, project_id=project_id)
    wanted = {} if state is None else {"state": state}
    return _calls(state is not None).page(
        session, project_id=project_id, limit=limit, cursor=cursor, **wanted
    )


def get_invitation(session: ReadSession, *, viewer_id: UUID, invitation_id: UUID) -> InvitationView:
    """One invitation that the viewer may see; raises HelpInvitationNotFound."""
    found = _INVITATION.find(session, viewer_id=viewer_id, invitation_id=invitation_id)
    if found is None:
        raise HelpInvitationNotFound
    return found


def list_invitations(
    session: ReadSession, *, viewer_id: UUID, project_id: UUID, limit: int, cursor: str | None
) -> Page[InvitationView]:
    """Whom a project asked, the latest first, for its people; raises ContributorsOnly."""
    access.require_contributor(session, viewer_id=viewer_id, project_id=project_id)
    return _OF_PROJECT.page(
        session, viewer_id=viewer_id, project_id=project_id, limit=limit, cursor=cursor
    )


def list_my_invitations(
    session: ReadSession, *, viewer_id: UUID, limit: int, cursor: str | None
) -> Page[InvitationView]:
    """What the viewer is asked and has not answered, the latest first."""
    return _MINE.page(session, viewer_id=viewer_id, now=clock.now(), limit=limit, cursor=cursor)


def get_offer(session: ReadSession, *, viewer_id: UUID, offer_id: UUID) -> OfferView:
    """One offer that the viewer may see; raises OfferNotFound."""
    found = _OFFER.find(session, viewer_id=viewer_id, offer_id=offer_id)
    if found is None:
        raise OfferNotFound
    return found


def list_offers(
    session: ReadSession,
    *,
    viewer_id: UUID,
    project_id: UUID,
    call_id: UUID | None,
    limit: int,
    cursor: str | None,
) -> Page[OfferView]:
    """The offers to a project for its people, to others their own; raises ProjectNotFound."""
    access.require_visible(session, viewer_id=viewer_id, project_id=project_id)
    named = {"viewer_id": viewer_id, "project_id": project_id}
    if call_id is None:
        return _OFFERS.page(session, limit=limit, cursor=cursor, **named)
    return _OFFERS_TO_CALL.page(session, limit=limit, cursor=cursor, call_id=call_id, **named)


def list_thanks(
    session: ReadSession, *, viewer_id: UUID, project_id: UUID, limit: int, cursor: str | None
) -> Page[ThanksView]:
    """Whom a project thanked, the latest first; raises ProjectNotFound."""
    access.require_visible(session, viewer_id=viewer_id, project_id=project_id)
    return _THANKS.page(
        session, viewer_id=viewer_id, project_id=project_id, limit=limit, cursor=cursor
    )


def _call_of(row: Any) -> CallView:
    return CallView(
        row.id,
        row.project_id,
        person_of(row),
        *(row.title, row.details, row.details_html, row.lang),
        *(row.skills, row.hours, row.until, row.state, row.opened_at, row.changed_at),
    )


def _invitation_of(row: Any) -> InvitationView:
    return InvitationView(
        row.id,
        ProjectRefView(row.project_id, row.project_title, row.project_pitch, row.project_stage),
        row.call_id,
        PersonView(
            row.inviter_id, row.inviter_name, row.inviter_headline, row.inviter_portrait_url
        ),
        person_of(row),
        *(row.role, row.word, row.state, row.answer, row.asked_at, row.expires_at),
    )


def _offer_of(row: Any) -> OfferView:
    return OfferView(
        row.id, row.call_id, person_of(row), row.word, row.state, row.answer, row.offered_at
    )


def _shown_calls() -> AnySelect:
    return (
        select(*(getattr(Call, name) for name in _CALL_COLUMNS), *PERSON)
        .join(MemberRef, MemberRef.id == Call.author_id)
        .where(access.is_unhidden(Call.id))
    )


@cache
def _calls(has_state: bool) -> ListRead[CallView]:
    def build(cut: Cut) -> AnySelect:
        statement = _shown_calls().where(Call.project_id == _PROJECT_ID)
        if has_state:
            statement = statement.where(Call.state == bindparam("state", type_=String))
        return cut(statement, Call.opened_at, Call.id)

    return ListRead(build, _call_of, key=_OPENED)


def _shown_invitations() -> AnySelect:
    inviter = aliased(MemberRef)
    return (
        select(
            *(getattr(HelpInvitation, name) for name in _INVITATION_COLUMNS),
            *PERSON,
            inviter.name.label("inviter_name"),
            inviter.headline.label("inviter_headline"),
            inviter.portrait_url.label("inviter_portrait_url"),
            Project.title.label("project_title"),
            Project.pitch.label("project_pitch"),
            Project.stage.label("project_stage"),
        )
        .join(MemberRef, MemberRef.id == HelpInvitation.member_id)
        .join(inviter, inviter.id == HelpInvitation.inviter_id)
        .join(Project, Project.id == HelpInvitation.project_id)
    )


def _of_project(cut: Cut) -> AnySelect:
    statement = _shown_invitations().where(HelpInvitation.project_id == _PROJECT_ID)
    statement = statement.where(access.is_unblocked(HelpInvitation.member_id))
    return cut(statement, HelpInvitation.asked_at, HelpInvitation.id)


def _mine(cut: Cut) -> AnySelect:
    statement = _shown_invitations().where(
        HelpInvitation.member_id == viewer(),
        access.is_waiting(),
        access.is_unblocked(HelpInvitation.inviter_id),
        Project.stage != rules.CLOSED,
    )
    return cut(statement, HelpInvitation.asked_at, HelpInvitation.id)


def _shown_offers() -> AnySelect:
    columns = (getattr(Offer, name) for name in _OFFER_COLUMNS)
    is_mine_or_ours = (Offer.member_id == viewer()) | access.belongs(Offer.project_id, viewer())
    return (
        select(*columns, *PERSON)
        .join(MemberRef, MemberRef.id == Offer.member_id)
        .where(
            is_mine_or_ours,
            access.is_unblocked(Offer.member_id),
            access.is_unhidden(Offer.call_id),
        )
    )


def _offers(cut: Cut) -> AnySelect:
    statement = _shown_offers().where(Offer.project_id == _PROJECT_ID)
    return cut(statement, Offer.offered_at, Offer.id)


def _offers_to_call(cut: Cut) -> AnySelect:
    statement = _shown_offers().where(
        Offer.project_id == _PROJECT_ID, Offer.call_id == bindparam("call_id", type_=Uuid)
    )
    return cut(statement, Offer.offered_at, Offer.id)


def _thanks(cut: Cut) -> AnySelect:
    statement = (
        select(Thanks.call_id, Thanks.skills, Thanks.word, Thanks.thanked_at, *PERSON)
        .join(MemberRef, MemberRef.id == Thanks.member_id)
        .where(Thanks.project_id == _PROJECT_ID, access.is_unblocked(Thanks.member_id))
    )
    return cut(statement, Thanks.thanked_at, Thanks.call_id, Thanks.member_id)


_CALL_COLUMNS = (
    *("id", "project_id", "title", "details", "details_html", "lang", "skills", "hours"),
    *("until", "state", "opened_at", "changed_at"),
)
_INVITATION_COLUMNS = (
    *("id", "project_id", "call_id", "inviter_id", "role", "word", "state", "answer"),
    *("asked_at", "expires_at"),
)
_OFFER_COLUMNS = ("id", "call_id", "word", "state", "answer", "offered_at")
_OPENED: dict[str, type] = {"opened_at": datetime, "id": UUID}
_ASKED: dict[str, type] = {"asked_at": datetime, "id": UUID}
_PROJECT_ID = bindparam("project_id", type_=Uuid)
_CALL = Read(
    _shown_calls().where(
        Call.id == bindparam("call_id", type_=Uuid), Call.project_id == _PROJECT_ID
    ),
    _call_of,
)
_IS_CONCERNED = (HelpInvitation.member_id == viewer()) | access.belongs(
    HelpInvitation.project_id, viewer()
)
_INVITATION = Read(
    _shown_invitations().where(
        HelpInvitation.id == bindparam("invitation_id", type_=Uuid), _IS_CONCERNED
    ),
    _invitation_of,
)
_OF_PROJECT = ListRead(_of_project, _invitation_of, key=_ASKED)
_MINE = ListRead(_mine, _invitation_of, key=_ASKED)
_OFFER = Read(_shown_offers().where(Offer.id == bindparam("offer_id", type_=Uuid)), _offer_of)
_OFFERED: dict[str, type] = {"offered_at": datetime, "id": UUID}
_OFFERS = ListRead(_offers, _offer_of, key=_OFFERED)
_OFFERS_TO_CALL = ListRead(_offers_to_call, _offer_of, key=_OFFERED)
_THANKS = ListRead(
    _thanks,
    lambda row: ThanksView(row.call_id, person_of(row), row.skills, row.word, row.thanked_at),
    key={"thanked_at": datetime, "call_id": UUID, "person_id": UUID},
)
