"""Rows as the events that tell them, for the actions that change and the history that repeats."""

from typing import Any

from contracts.projects import (
    ContributionThanked,
    ProjectCallChanged,
    ProjectClosed,
    ProjectCreated,
    ProjectFollowed,
    ProjectHelpAsked,
    ProjectHelpOffered,
    ProjectKeyword,
    ProjectMemberJoined,
    ProjectMemberLeft,
    ProjectUnfollowed,
    ProjectUpdated,
    ProjectUpdatePublished,
    ProjectUpdateRemoved,
)
from services.projects import rules
from services.projects.models import (
    Belonging,
    Call,
    HelpInvitation,
    Offer,
    Project,
    ProjectFollow,
    ProjectUpdate,
    Thanks,
)


def project_changed(project: Project) -> ProjectCreated | ProjectUpdated | ProjectClosed:
    """A project as it stands."""
    told = _told(project)
    if project.stage == rules.CLOSED:
        return ProjectClosed(**told, learned=project.learned)
    return ProjectCreated(**told) if project.revision == 1 else ProjectUpdated(**told)


def _told(project: Project) -> dict[str, Any]:
    keywords = zip(project.keyword_slugs, project.keyword_labels, strict=True)
    return {
        "project_id": project.id,
        "revision": project.revision,
        "owner_id": project.owner_id,
        "title": project.title,
        "pitch": project.pitch,
        "stage": project.stage,
        "visibility": project.visibility,
        "keywords": tuple(ProjectKeyword(slug=slug, label=label) for slug, label in keywords),
        "changed_at": project.changed_at,
    }


def belonging_changed(one: Belonging) -> ProjectMemberJoined | ProjectMemberLeft:
    """Whether, and as what, a member builds a project now."""
    return (ProjectMemberJoined if one.is_in else ProjectMemberLeft)(
        project_id=one.project_id,
        member_id=one.member_id,
        role=one.role,  # type: ignore[arg-type]
        revision=one.revision,
        changed_at=one.changed_at,
    )


def follow_changed(follow: ProjectFollow) -> ProjectFollowed | ProjectUnfollowed:
    """Whether a member follows a project now."""
    return (ProjectFollowed if follow.is_following else ProjectUnfollowed)(
        project_id=follow.project_id,
        member_id=follow.member_id,
        revision=follow.revision,
        changed_at=follow.changed_at,
    )


def call_changed(call: Call) -> ProjectCallChanged:
    """A call as it stands."""
    return ProjectCallChanged(
        call_id=call.id,
        project_id=call.project_id,
        author_id=call.author_id,
        title=call.title,
        skills=tuple(call.skills),
        hours=call.hours,
        until=call.until.isoformat() if call.until else None,
        state=call.state,  # type: ignore[arg-type]
        revision=call.revision,
        opened_at=call.opened_at,
        changed_at=call.changed_at,
    )


def invitation_changed(one: HelpInvitation) -> ProjectHelpAsked:
    """An invitation to help as it stands."""
    return ProjectHelpAsked(
        invitation_id=one.id,
        project_id=one.project_id,
        call_id=one.call_id,
        inviter_id=one.inviter_id,
        member_id=one.member_id,
        role=one.role,  # type: ignore[arg-type]
        state=one.state,  # type: ignore[arg-type]
        revision=one.revision,
        asked_at=one.asked_at,
        changed_at=one.changed_at,
    )


def offer_changed(offer: Offer) -> ProjectHelpOffered:
    """An offer of help as it stands."""
    return ProjectHelpOffered(
        offer_id=offer.id,
        project_id=offer.project_id,
        call_id=offer.call_id,
        member_id=offer.member_id,
        state=offer.state,  # type: ignore[arg-type]
        revision=offer.revision,
        offered_at=offer.offered_at,
        changed_at=offer.changed_at,
    )


def update_changed(update: ProjectUpdate) -> ProjectUpdatePublished | ProjectUpdateRemoved:
    """News of a project as they stand, or that they were taken away."""
    named: dict[str, Any] = {
        "update_id": update.id,
        "project_id": update.project_id,
        "author_id": update.author_id,
        "revision": update.revision,
    }
    if update.removed_at is not None:
        return ProjectUpdateRemoved(**named, removed_at=update.removed_at)
    return ProjectUpdatePublished(**named, title=update.title, published_at=update.published_at)


def thanked(thanks: Thanks) -> ContributionThanked:
    """That a contributor was thanked."""
    return ContributionThanked(
        call_id=thanks.call_id,
        member_id=thanks.member_id,
        project_id=thanks.project_id,
        owner_id=thanks.owner_id,
        skills=tuple(thanks.skills),
        revision=thanks.revision,
        thanked_at=thanks.thanked_at,
    )
