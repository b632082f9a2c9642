"""Reading who asks for an invitation, as those see it who may give one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text, case, cast, select, union
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from chassis import clock
from chassis.pages import Page, list_page
from services.identity.models import InvitationRequest, KeywordFollowRef, SkillEntryRef, SkillRef


@dataclass(frozen=True)
class RequestView:
    """A waiting request without its address; `matches` are the keywords that are the viewer's."""

    id: UUID
    name: str
    motivation: str
    keywords: Sequence[str]
    matches: Sequence[str]
    link: str | None
    confirmed_at: datetime
    expires_at: datetime


def list_requests(
    session: Session, *, viewer_id: UUID, limit: int, cursor: str | None
) -> Page[Any]:
    """Who waits for a sponsor: first those who name a skill or a followed keyword of the viewer,
    then the others; of each the one who waits longest first."""
    words = _words_of(session, viewer_id)
    is_match = InvitationRequest.keyword_slugs.op("&&")(cast(words, ARRAY(Text)))
    page = list_page(
        session,
        select(InvitationRequest).where(
            InvitationRequest.state == "waiting", InvitationRequest.expires_at > clock.now()
        ),
        sort_key=[
            case((is_match, 0), else_=1),
            InvitationRequest.confirmed_at,
            InvitationRequest.id,
        ],
        limit=limit,
        cursor=cursor,
        ascending=True,
    )
    return page.map(lambda rows: [_view(row.InvitationRequest, set(words)) for row in rows])


def _words_of(session: Session, member_id: UUID) -> list[str]:
    """The slugs of a member's skills and of the keywords that they follow."""
    of_skills = [
        select(slug).where(SkillRef.member_id == member_id, SkillRef.is_held)
        for slug in (SkillRef.slug, SkillRef.slug_en, SkillRef.slug_fr)
    ]
    # The names that moderators gave them since, and of skills that lead to them.
    held = select(SkillRef.slug).where(SkillRef.member_id == member_id, SkillRef.is_held)
    is_theirs = SkillEntryRef.slug.in_(held) | SkillEntryRef.into_slug.in_(held)
    of_skills += [
        select(slug).where(is_theirs)
        for slug in (SkillEntryRef.slug, SkillEntryRef.slug_en, SkillEntryRef.slug_fr)
    ]
    followed = select(KeywordFollowRef.slug).where(
        KeywordFollowRef.member_id == member_id, KeywordFollowRef.is_following
    )
    return list(session.scalars(union(*of_skills, followed)))


def _view(request: InvitationRequest, words: set[str]) -> RequestView:
    pairs = zip(request.keywords, request.keyword_slugs, strict=True)
    assert request.confirmed_at is not None
    return RequestView(
        id=request.id,
        name=request.name,
        motivation=request.motivation,
        keywords=request.keywords,
        matches=[label for label, slug in pairs if slug in words],
        link=request.link,
        confirmed_at=request.confirmed_at,
        expires_at=request.expires_at,
    )
