"""Beginning, changing, closing and reopening projects."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import clock, members
from chassis.claims import Claims
from chassis.identifiers import new_id
from chassis.languages import guess_language
from chassis.markdown.text import Text
from chassis.messaging.outbox import record
from chassis.slugs import slug_of
from services.projects import access, rules
from services.projects.actions.awake import keep_awake
from services.projects.actions.belonging import join_project
from services.projects.actions.changes import commit_change, keep_change
from services.projects.actions.ending import end_what_waits
from services.projects.actions.follows import end_follows
from services.projects.errors import (
    KeywordInvalid,
    LearnedMissing,
    ReopeningTooLate,
    VersionMissing,
    VersionOutdated,
)
from services.projects.events import project_changed
from services.projects.models import MemberRef, Project


def create_project(
    session: Session,
    *,
    actor: Claims,
    title: str,
    pitch: str,
    text: Text | None,
    stage: str,
    keywords: Sequence[str],
    visibility: str,
) -> UUID:
    """Begin a project, owned by the actor; records `project.created` and `project.member_joined`.

    `text` is the description, None where there is none. Raises KeywordInvalid.
    """
    members.require_active(session, MemberRef, actor)
    now = clock.now()
    slugs, labels = _keywords(keywords)
    project = Project(
        id=new_id(),
        owner_id=actor.id,
        title=title,
        pitch=pitch,
        stage=stage,
        visibility=visibility,
        keyword_slugs=slugs,
        keyword_labels=labels,
        revision=1,
        created_at=now,
        changed_at=now,
        sleeps_at=rules.sleeps_at(now, stage),
    )
    _describe(project, text)
    session.add(project)
    session.flush()
    keep_change(session, project=project, actor_id=actor.id, kind="created", before={})
    join_project(session, project=project, member_id=actor.id, role=rules.OWNER)
    record(session, project_changed(project))
    return project.id


def edit_project(
    session: Session,
    *,
    actor: Claims,
    project_id: UUID,
    revision: int | None,
    description: str | None,
    changes: Mapping[str, Any],
) -> None:
    """Change one's own project, or close or reopen it by its stage; records what it is then.

    `description` is None where it stays, `changes` the rest by name: `title`, `pitch`, `stage`,
    `keywords`, `visibility`, `learned`. Going to `invited` ends the follows of who does not build
    it; closing withdraws what waits: calls, offers, invitations. Raises ProjectNotFound, OwnerOnly,
    VersionMissing, VersionOutdated, ProjectOver, KeywordInvalid, LearnedMissing or
    ReopeningTooLate.
    """
    reopens = changes.get("stage", rules.CLOSED) != rules.CLOSED
    is_about_closed = reopens or "learned" in changes
    project = access.lock_as_owner(
        session, actor=actor, project_id=project_id, is_open=not is_about_closed
    )
    if revision is None:
        raise VersionMissing
    if project.revision != revision:
        raise VersionOutdated
    before = _said(project)
    was = project.stage
    _require_stage(project, changes)
    _change(project, description, changes)
    after = _said(project)
    changed = {name: before[name] for name in before if before[name] != after[name]}
    if not changed:
        return
    if before["visibility"] != project.visibility == rules.INVITED:
        end_follows(session, project_id=project.id)
    kind = _turn_stage(session, project, was)
    commit_change(session, project=project, actor_id=actor.id, kind=kind, before=changed)


def wake_project(session: Session, *, actor: Claims, project_id: UUID) -> None:
    """Say that a project goes on; for its people. Raises what `lock_as_contributor` raises."""
    project = access.lock_as_contributor(session, actor=actor, project_id=project_id)
    keep_awake(session, project=project)


def _turn_stage(session: Session, project: Project, was: str) -> str:
    """What follows from another stage; the kind of the change."""
    if project.stage == was or rules.CLOSED not in (project.stage, was):
        return "edited"
    if project.stage != rules.CLOSED:
        project.closed_at = project.closed_stage = None
        return "reopened"
    project.closed_at, project.closed_stage = clock.now(), was
    end_what_waits(session, project_id=project.id)
    return "closed"


def _require_stage(project: Project, changes: Mapping[str, Any]) -> None:
    stage = changes.get("stage", project.stage)
    learned = changes.get("learned", project.learned)
    if stage == rules.CLOSED and not learned:
        raise LearnedMissing(errors={"learned": [LearnedMissing.detail]})
    if project.stage == rules.CLOSED != stage:
        assert project.closed_at is not None
        if clock.now() - project.closed_at > rules.REOPENED_WITHIN:
            raise ReopeningTooLate


def _change(project: Project, description: str | None, changes: Mapping[str, Any]) -> None:
    for name in changes.keys() & {"title", "pitch", "stage", "visibility"}:
        setattr(project, name, changes[name])
    if "learned" in changes:
        learned = Text.of(changes["learned"]) if changes["learned"] else None
        project.learned = learned.markdown if learned else ""
        project.learned_html = learned.html if learned else ""
    if "keywords" in changes:
        project.keyword_slugs, project.keyword_labels = _keywords(changes["keywords"])
    words = project.description if description is None else description
    _describe(project, Text.of(words) if words else None)


def _describe(project: Project, text: Text | None) -> None:
    """Give it its description, and what follows from all that it says."""
    project.description = text.markdown if text else ""
    project.description_html = text.html if text else ""
    plain = text.plain if text else ""
    project.lang = guess_language(f"{project.title}\n{project.pitch}\n{plain}")
    project.search = Project.found_by(
        title=project.title, pitch=project.pitch, labels=project.keyword_labels, plain=plain
    )


def _said(project: Project) -> dict[str, Any]:
    """What its owner chooses."""
    chosen = ("title", "pitch", "description", "stage", "visibility", "learned")
    return {
        **{name: getattr(project, name) for name in chosen},
        "keywords": list(project.keyword_labels),
    }


def _keywords(labels: Sequence[str]) -> tuple[list[str], list[str]]:
    """Slugs and labels; of those alike the first."""
    by_slug: dict[str, str] = {}
    for label in labels:
        slug = slug_of(label)
        if not slug or len(slug) > rules.LONGEST_SLUG:
            raise KeywordInvalid(errors={"keywords": [KeywordInvalid.detail]})
        by_slug.setdefault(slug, label)
    return list(by_slug), list(by_slug.values())
