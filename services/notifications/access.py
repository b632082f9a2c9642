"""Which notices a member is shown: the one place that decides, for lists and counts alike.

A notice is kept when it is told and judged when it is read: what it is about must be there and be
for the member, who did it must be somebody whom they see, and why they were told must still hold.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Exists,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from chassis.statements import viewer
from services.notifications import rules
from services.notifications.conditions import (
    NO_ROWS,
    any_row,
    follows,
    is_one_of,
    is_seen,
    is_skill_asked_for,
    is_unblocked,
    names,
    now,
    waits_for_answer,
)
from services.notifications.models import (
    AcceptRef,
    Ask,
    GivenRef,
    HiddenRef,
    KeywordFollowRef,
    MemberRef,
    Notice,
    NoticeActor,
    ObjectRef,
    ProjectPersonRef,
    ProjectSleep,
)


def is_shown(notice: Any = Notice) -> ColumnElement[bool]:
    """Notices of the viewer that they are shown at present."""
    return and_(
        notice.member_id == viewer(),
        notice.happened_at <= now(),
        _is_done(notice),
        case(
            (is_one_of(notice.kind, rules.OF_PEOPLE), _is_of_people(notice)),
            (notice.kind == rules.POST_MODERATED, _is_gone(notice)),
            else_=_is_of_object(notice) & _still_concerns(notice),
        ),
        ~_is_told_better(notice),
    )


def is_unread(notice: Any = Notice) -> ColumnElement[bool]:
    """Of these, those in which something stands that the viewer has not read."""
    actor = aliased(NoticeActor)
    has_come = _acting(notice, actor).where(actor.came_at > notice.read_at)
    is_unread: ColumnElement[bool] = notice.is_unread & or_(
        notice.read_at.is_(None),
        ~is_one_of(notice.kind, rules.GROUPED),
        has_come.offset(NO_ROWS).exists(),
    )
    return is_unread


def _acting(notice: Any, actor: Any) -> Any:
    """Who did what a group tells, as far as the viewer sees them."""
    member = aliased(MemberRef)
    return (
        select(actor.actor_id)
        .join(member, member.id == actor.actor_id)
        .where(*_of_group(notice, actor), is_seen(member))
    )


def acting(notice: Any) -> Any:
    """The members who did what a group tells, as far as the viewer sees them, each once."""
    actor, member = aliased(NoticeActor), aliased(MemberRef)
    people = (member.id, member.name, member.headline, member.portrait_url)
    found = select(*people, func.max(actor.done_at).label("at"), func.count().over().label("count"))
    return (
        found.join(member, member.id == actor.actor_id)
        .where(*_of_group(notice, actor), is_seen(member))
        .group_by(*people)
    )


def _of_group(notice: Any, actor: Any) -> tuple[ColumnElement[bool], ...]:
    return (
        actor.member_id == notice.member_id,
        actor.object_id == notice.object_id,
        actor.kind == notice.kind,
        actor.part == notice.part,
        actor.is_acting,
    )


def _is_done(notice: Any) -> ColumnElement[bool]:
    """Somebody whom the viewer sees did it; or nobody did."""
    member = aliased(MemberRef)
    by_one = any_row(member.id == notice.actor_id, is_seen(member))
    return case(
        (
            is_one_of(notice.kind, rules.GROUPED),
            _acting(notice, aliased(NoticeActor)).offset(NO_ROWS).exists(),
        ),
        else_=notice.actor_id.is_(None) | by_one,
    )


def _is_of_people(notice: Any) -> ColumnElement[bool]:
    """About somebody who follows the viewer still, or who has something to be read."""
    post = aliased(ObjectRef)
    has_posted = any_row(
        post.author_id == notice.object_id, is_one_of(post.type, rules.POSTS), post.is_there
    )
    return case(
        (notice.kind == rules.FOLLOWER, follows(notice.object_id, notice.member_id)),
        (notice.kind == rules.INVITEE_POSTED, has_posted),
        else_=True,
    )


def _is_gone(notice: Any) -> ColumnElement[bool]:
    """About a post that was taken away."""
    post = aliased(ObjectRef)
    return any_row(post.id == notice.object_id, ~post.is_there)


def _is_of_object(notice: Any) -> ColumnElement[bool]:
    """What it is about is there, and the viewer may read it."""
    one, parent = aliased(ObjectRef), aliased(ObjectRef)
    host_id = func.coalesce(parent.author_id, one.author_id)
    audience = func.coalesce(parent.audience, one.audience)
    is_for_viewer = case(
        (
            audience == "followers-only",
            or_(host_id == viewer(), one.author_id == viewer(), follows(viewer(), host_id)),
        ),
        (
            audience == "invited",
            or_(
                is_one_of(notice.kind, rules.TO_WHOM_IT_CONCERNS),
                _builds(func.coalesce(parent.id, one.id)),
            ),
        ),
        else_=True,
    )
    hidden = aliased(HiddenRef)
    is_hidden = any_row(hidden.object_id == one.id, hidden.is_standing)
    there = (
        select(one.id)
        .outerjoin(parent, parent.id == one.parent_id)
        .where(
            one.id == notice.object_id,
            one.is_there,
            one.parent_id.is_(None) | parent.is_there,
            is_unblocked(func.coalesce(one.author_id, viewer())),
            is_unblocked(func.coalesce(host_id, viewer())),
            is_for_viewer,
            ~is_hidden,
            _is_as_told(notice, one, parent),
        )
    )
    return there.offset(NO_ROWS).exists()


def _is_as_told(notice: Any, one: Any, parent: Any) -> ColumnElement[bool]:
    """Its present state is the one that was told."""
    return case(
        (notice.kind == rules.NAMED, names(one, notice.member_id)),
        (notice.kind == rules.SKILL, cast(one.level, String) == notice.part),
        (is_one_of(notice.kind, rules.WAITING), one.state == "pending"),
        (notice.kind == rules.HELP_ANSWERED, one.state == notice.part),
        (
            notice.kind == rules.HELP_OFFERED,
            (one.state == "pending") & (parent.author_id == notice.member_id),
        ),
        (notice.kind == rules.CALL, one.state == "open"),
        (notice.kind == rules.BENCHMARK, cast(one.revision, String) == notice.part),
        (notice.kind == rules.ROUND_ENDS, _waits_for_viewer(one)),
        (notice.kind == rules.OUTCOME, one.state == "concluded"),
        (notice.kind == rules.OUTCOME_DUE, one.state != "concluded"),
        (notice.kind == rules.IDLE, _sleeps(notice, one)),
        (is_one_of(notice.kind, rules.OF_LADDERS), waits_for_answer(one)),
        (
            notice.kind == rules.INVITATION_REQUEST,
            notice.happened_at > now() - literal(rules.REQUEST_SHOWN),
        ),
        else_=True,
    )


def _waits_for_viewer(one: Any) -> ColumnElement[bool]:
    """A round asks the viewer, who has not answered it."""
    given = aliased(GivenRef)
    has_given = any_row(given.round_id == one.id, given.member_id == viewer())
    is_asked = (one.audience != "contributors") | _builds(one.parent_id)
    waits: ColumnElement[bool] = (one.state == "asked") & is_asked & ~has_given
    return waits


def _sleeps(notice: Any, one: Any) -> ColumnElement[bool]:
    """The viewer owns a project that is silent still, as was told last."""
    told = aliased(ProjectSleep)
    silent = select(told.revision).where(told.project_id == one.id, told.state != "awake")
    is_latest: ColumnElement[bool] = cast(silent.scalar_subquery(), String) == notice.part
    is_mine: ColumnElement[bool] = one.author_id == notice.member_id
    return is_latest & is_mine


def _still_concerns(notice: Any) -> ColumnElement[bool]:
    """The viewer follows still what they were told for; an answer is accepted still."""
    one, accept, person = aliased(ObjectRef), aliased(AcceptRef), aliased(ProjectPersonRef)
    is_accepted = any_row(accept.answer_id == notice.object_id, accept.is_accepted)
    is_out = any_row(
        person.project_id == notice.object_id,
        person.member_id == notice.member_id,
        ~person.is_follow,
        ~person.is_on,
        cast(person.revision, String) == notice.part,
    )
    around = _around(one.parent_id, since=notice.happened_at).where(one.id == notice.object_id)
    return case(
        (
            notice.kind == rules.QUESTION,
            follows(viewer(), notice.actor_id, since=notice.happened_at),
        ),
        (notice.kind == rules.ACCEPTED, is_accepted),
        (notice.kind == rules.REMOVED, is_out),
        (notice.kind == rules.ASK, _may_be_asked_still(notice)),
        (notice.kind == rules.UNANSWERED, _follows_a_keyword(notice, ObjectRef.keywords)),
        (notice.kind == rules.INVITATION_REQUEST, _follows_a_keyword(notice, ObjectRef.named)),
        (is_one_of(notice.kind, rules.OF_FOLLOWED_PROJECTS), around),
        else_=True,
    )


def _may_be_asked_still(notice: Any) -> ColumnElement[bool]:
    """The viewer takes asks, shows the skill, and has not said that it is not for them."""
    ask, skill, member = aliased(Ask), aliased(ObjectRef), aliased(MemberRef)
    is_declined = any_row(
        ask.question_id == notice.object_id,
        ask.member_id == notice.member_id,
        ask.declined_at.is_not(None),
    )
    holds = any_row(
        skill.author_id == notice.member_id,
        skill.type == "skill",
        skill.state == notice.part,
        is_skill_asked_for(skill),
    )
    takes = any_row(
        member.id == notice.member_id, member.is_proposable, member.asks_per_week > NO_ROWS
    )
    return holds & takes & ~is_declined


def _follows_a_keyword(notice: Any, keywords: Any) -> ColumnElement[bool]:
    """The viewer follows one of the keywords of what they were told of, and did so then."""
    one, follow = aliased(ObjectRef), aliased(KeywordFollowRef)
    slugs = func.string_to_array(getattr(one, keywords.key), literal_column("' '"))
    return any_row(
        one.id == notice.object_id,
        follow.member_id == viewer(),
        follow.slug == func.any(slugs),
        follow.is_following,
        follow.changed_at <= notice.happened_at,
    )


def _around(project_id: Any, *, since: Any) -> Exists:
    """Whether the viewer follows or builds a project, and did so at a moment."""
    person = aliased(ProjectPersonRef)
    return any_row(
        person.project_id == project_id,
        person.member_id == viewer(),
        person.is_on,
        person.since_at <= since,
    )


def _builds(project_id: Any) -> Exists:
    person = aliased(ProjectPersonRef)
    return any_row(
        person.project_id == project_id,
        person.member_id == viewer(),
        person.is_on,
        ~person.is_follow,
    )


def _is_told_better(notice: Any) -> ColumnElement[bool]:
    """Of several reasons to be told of one post the strongest is shown."""
    other, one, member = aliased(Notice), aliased(ObjectRef), aliased(MemberRef)
    rank = {kind: place for place, kind in enumerate(rules.STRONGEST)}
    place_of = case(rank, value=notice.kind, else_=0)
    place_of_other = case(rank, value=other.kind, else_=len(rank))
    is_named = any_row(one.id == other.object_id, names(one, other.member_id))
    still_follows = follows(viewer(), other.actor_id, since=other.happened_at)
    return any_row(
        other.member_id == notice.member_id,
        other.object_id == notice.object_id,
        place_of_other < place_of,
        other.actor_id == member.id,
        is_seen(member),
        (other.kind != rules.NAMED) | is_named,
        (other.kind != rules.QUESTION) | still_follows,
    )
