"""Beginning, changing, closing and reopening projects."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, literal_column
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
    ClosedByModerators,
    KeywordInvalid,
    LearnedMissing,
    ProjectOver,
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
        **_described(title, pitch, labels, text),
        stage=stage,
        visibility=visibility,
        keyword_slugs=slugs,
        keyword_labels=labels,
        revision=1,
        created_at=now,
        changed_at=now,
        sleeps_at=rules.sleeps_at(now, stage),
        owner_acted_at=now,
    )
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
    changes: Mapping[str, Any],
) -> None:
    """Change one's own project, or close or reopen it by its stage; records what it is then.

    `changes` are by name: `title`, `pitch`, `stage`, `keywords`, `visibility`, and, rendered, or
    None where there is none any more, `description` and `learned`. Of a closed one only what was
    learned changes. Going to `invited` ends the follows of who does not build it; closing withdraws
    what waits: calls, offers, invitations. Raises ProjectNotFound, OwnerOnly, VersionMissing,
    VersionOutdated, ProjectOver, KeywordInvalid, LearnedMissing, ReopeningTooLate or
    ClosedByModerators.
    """
    project = access.lock_as_owner(session, actor=actor, project_id=project_id, is_open=False)
    if revision is None:
        raise VersionMissing
    if project.revision != revision:
        raise VersionOutdated
    before = _said(project)
    was = project.stage
    _require_stage(project, changes)
    is_reopened = was == rules.CLOSED != changes.get("stage", was)
    if is_reopened and access.is_closed_by_moderators(session, project_id=project_id):
        raise ClosedByModerators
    _change(project, changes)
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
    keep_awake(session, project=project, actor_id=actor.id)


def _turn_stage(session: Session, project: Project, was: str) -> str:
    """What follows from another stage; the kind of the change."""
    if project.stage == was or rules.CLOSED not in (project.stage, was):
        return "edited"
    if project.stage != rules.CLOSED:
        project.closed_at = None
        return "reopened"
    project.closed_at = clock.now()
    end_what_waits(session, project_id=project.id)
    return "closed"


def _require_stage(project: Project, changes: Mapping[str, Any]) -> None:
    stage = changes.get("stage", project.stage)
    if stage == rules.CLOSED and not changes.get("learned", project.learned):
        raise LearnedMissing(errors={"learned": [LearnedMissing.detail]})
    if project.closed_at is None:
        return
    if stage == rules.CLOSED and changes.keys() - {"stage", "learned"}:
        raise ProjectOver
    if stage != rules.CLOSED and clock.now() - project.closed_at > rules.REOPENED_WITHIN:
        raise ReopeningTooLate


def _change(project: Project, changes: Mapping[str, Any]) -> None:
    for name in changes.keys() & {"title", "pitch", "stage", "visibility"}:
        setattr(project, name, changes[name])
    if "learned" in changes:
        learned: Text | None = changes["learned"]
        project.learned = learned.markdown if learned else ""
        project.learned_html = learned.html if learned else ""
    if "keywords" in changes:
        project.keyword_slugs, project.keyword_labels = _keywords(changes["keywords"])
    its = project.title, project.pitch, project.keyword_labels
    if "description" in changes:
        for name, value in _described(*its, changes["description"]).items():
            setattr(project, name, value)
    elif changes.keys() & {"title", "pitch", "keywords"}:
        # The text is the same, and nothing is rendered under the lock.
        kept = func.ts_filter(Project.search, literal_column("'{c}'"))
        project.search = _called(*its).op("||")(kept)


def _described(title: str, pitch: str, labels: Sequence[str], text: Text | None) -> dict[str, Any]:
    """The columns of a description, and what follows from all that a project says."""
    plain = text.plain if text else ""
    return {
        "description": text.markdown if text else "",
        "description_html": text.html if text else "",
        "lang": guess_language(f"{title}\n{pitch}\n{plain}"),
        "search": _called(title, pitch, labels).op("||")(Project.said(plain)),
    }


def _called(title: str, pitch: str, labels: Sequence[str]) -> Any:
    return Project.called(title=title, pitch=pitch, labels=labels)


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
