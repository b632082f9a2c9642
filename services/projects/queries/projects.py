"""Reading projects one by one and in lists, their people and their past."""

from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    String,
    Uuid,
    any_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, REGCONFIG
from sqlalchemy.orm import aliased

from chassis import clock
from chassis.folding import fold
from chassis.pages import AnySelect, Page
from chassis.slugs import slug_of
from chassis.statements import Cut, ListRead, Read, ReadSession, viewer
from services.projects import access, rules
from services.projects.errors import ProjectNotFound
from services.projects.models import (
    AttributionRef,
    Belonging,
    Call,
    MemberRef,
    Project,
    ProjectChange,
    ProjectFollow,
)
from services.projects.models.projects import STEMMED
from services.projects.queries.views import (
    PERSON,
    BelongingView,
    ChangeView,
    ProjectView,
    find_person,
    person_of,
    shown,
)


def get_project(session: ReadSession, *, viewer_id: UUID, project_id: UUID) -> ProjectView:
    """One project; raises ProjectNotFound."""
    found = _PROJECT.find(session, viewer_id=viewer_id, project_id=project_id, now=clock.now())
    if found is None:
        raise ProjectNotFound
    return found


def list_projects(
    session: ReadSession,
    *,
    viewer_id: UUID,
    q: str | None,
    stage: str | None,
    keyword: str | None,
    member: UUID | None,
    is_followed: bool,
    needs_me: bool,
    limit: int,
    cursor: str | None,
) -> Page[ProjectView]:
    """Projects, those with the latest acts of their people first, so that the asleep come last.

    Closed ones only where `stage` asks for them, or of those that one follows or a member builds.
    `needs_me` are those with an open call for a skill that the viewer has.
    """
    wanted: dict[str, Any] = {"now": clock.now(), "viewer_id": viewer_id}
    wanted |= {"q": fold(q)} if q is not None else {}
    wanted |= {"stage": stage} if stage is not None else {}
    wanted |= {"keyword": [slug_of(keyword)]} if keyword is not None else {}
    wanted |= {"member_id": member} if member is not None else {}
    read = _projects(
        frozenset(wanted.keys() - {"now", "viewer_id"}), is_followed=is_followed, needs_me=needs_me
    )
    return read.page(session, limit=limit, cursor=cursor, **wanted)


def list_members(
    session: ReadSession, *, viewer_id: UUID, project_id: UUID, limit: int, cursor: str | None
) -> Page[BelongingView]:
    """Who builds a project, the owner first, then who came first; raises ProjectNotFound."""
    return _page(_MEMBERS, session, viewer_id, project_id, limit=limit, cursor=cursor)


def list_changes(
    session: ReadSession, *, viewer_id: UUID, project_id: UUID, limit: int, cursor: str | None
) -> Page[ChangeView]:
    """What was changed of a project, the latest first; raises ProjectNotFound."""
    return _page(_CHANGES, session, viewer_id, project_id, limit=limit, cursor=cursor)


def _page(
    read: ListRead[Any],
    session: ReadSession,
    viewer_id: UUID,
    project_id: UUID,
    *,
    limit: int,
    cursor: str | None,
) -> Page[Any]:
    access.require_visible(session, viewer_id=viewer_id, project_id=project_id)
    return read.page(
        session, viewer_id=viewer_id, project_id=project_id, limit=limit, cursor=cursor
    )


@cache
def _projects(
    filters: frozenset[str], *, is_followed: bool, needs_me: bool
) -> ListRead[ProjectView]:
    return ListRead(
        lambda cut: _listed(cut, filters, is_followed, needs_me), ProjectView.of, key=_FRESHEST
    )


def _listed(cut: Cut, filters: frozenset[str], is_followed: bool, needs_me: bool) -> AnySelect:
    statement: AnySelect = shown(is_card=True).where(access.is_visible())
    if "stage" in filters:
        statement = statement.where(Project.stage == bindparam("stage", type_=String))
    elif not (is_followed or "member_id" in filters):
        statement = statement.where(Project.stage != literal_column(f"'{rules.CLOSED}'"))
    if "q" in filters:
        asked = [func.plainto_tsquery(cast(one, REGCONFIG), bindparam("q")) for one in STEMMED]
        statement = statement.where(or_(*(Project.search.op("@@")(one) for one in asked)))
    if "keyword" in filters:
        keyword = bindparam("keyword", type_=ARRAY(String))
        statement = statement.where(Project.keyword_slugs.contains(keyword))
    if "member_id" in filters:
        theirs = access.belongs(Project.id, bindparam("member_id", type_=Uuid))
        statement = statement.where(theirs)
    if is_followed:
        follow = aliased(ProjectFollow)
        statement = statement.join(follow, follow.project_id == Project.id).where(
            follow.member_id == viewer(), follow.is_following
        )
    if needs_me:
        call, mine = aliased(Call), aliased(AttributionRef)
        needed = select(call.id).join(mine, mine.skill == any_(call.skills))
        needed = needed.where(call.project_id == Project.id, call.state == "open")
        needed = needed.where(mine.member_id == viewer(), mine.is_held)
        needed = needed.where(access.is_unhidden(call.id))
        statement = statement.where(needed.exists(), ~access.belongs(Project.id, viewer()))
    return cut(statement, Project.sleeps_at, Project.id)


def _members(cut: Cut) -> AnySelect:
    place = case((Belonging.role == rules.OWNER, 0), else_=1)
    inside = (
        select(*PERSON, Belonging.role, Belonging.joined_at, place.label("place"))
        .join(MemberRef, MemberRef.id == Belonging.member_id)
        .where(Belonging.project_id == _PROJECT_ID, Belonging.is_in)
        .where(access.is_unblocked(Belonging.member_id))
    )
    return cut(inside, place, Belonging.joined_at, Belonging.member_id)


def _changes(cut: Cut) -> AnySelect:
    changes = (
        select(
            *PERSON,
            ProjectChange.revision,
            ProjectChange.kind,
            ProjectChange.before,
            ProjectChange.changed_at,
        )
        .outerjoin(MemberRef, MemberRef.id == ProjectChange.actor_id)
        .where(ProjectChange.project_id == _PROJECT_ID)
    )
    return cut(changes, ProjectChange.revision)


_FRESHEST: dict[str, type] = {"sleeps_at": datetime, "id": UUID}
_PROJECT_ID = bindparam("project_id", type_=Uuid)
_PROJECT = Read(shown().where(Project.id == _PROJECT_ID, access.is_visible()), ProjectView.of)
_MEMBERS = ListRead(
    _members,
    lambda row: BelongingView(person_of(row), row.role, row.joined_at),
    key={"place": int, "joined_at": datetime, "person_id": UUID},
    is_ascending=True,
)
_CHANGES = ListRead(
    _changes,
    lambda row: ChangeView(row.revision, find_person(row), row.kind, row.before, row.changed_at),
    key={"revision": int},
)
