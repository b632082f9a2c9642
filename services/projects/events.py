"""Rows as the events that tell them, for the actions that change and the history that repeats."""

from typing import Any, Literal

from contracts.projects import (
    BenchmarkPublished,
    ContributionThanked,
    OpinionClosed,
    OpinionConcluded,
    OpinionGiven,
    OpinionOutcomeDue,
    OpinionRequested,
    ProjectAsleep,
    ProjectCallChanged,
    ProjectClosed,
    ProjectCreated,
    ProjectFollowed,
    ProjectHelpAsked,
    ProjectHelpOffered,
    ProjectIdle,
    ProjectKeyword,
    ProjectMemberJoined,
    ProjectMemberLeft,
    ProjectModerated,
    ProjectReportAnswered,
    ProjectUnfollowed,
    ProjectUpdated,
    ProjectUpdatePublished,
    ProjectUpdateRemoved,
    ProjectWoken,
)
from services.projects import rules
from services.projects.models import (
    Belonging,
    Benchmark,
    BenchmarkVersion,
    Call,
    HelpInvitation,
    ModerationAct,
    Offer,
    Participation,
    Project,
    ProjectFollow,
    ProjectUpdate,
    Report,
    Round,
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
    its = ("revision", "owner_id", "title", "pitch", "stage", "visibility", "changed_at")
    return {
        "project_id": project.id,
        "keywords": tuple(ProjectKeyword(slug=slug, label=label) for slug, label in keywords),
        **_columns(project, *its),
    }


def sleep_changed(project: Project) -> ProjectIdle | ProjectAsleep | ProjectWoken:
    """What was told last of a project's sleep."""
    kinds: dict[str, type[ProjectIdle | ProjectAsleep | ProjectWoken]] = {
        rules.IDLE: ProjectIdle,
        rules.ASLEEP: ProjectAsleep,
        rules.AWAKE: ProjectWoken,
    }
    assert project.sleep_told_at is not None
    return kinds[project.told_sleep](
        project_id=project.id,
        revision=project.sleep_revision,
        told_at=project.sleep_told_at,
    )


def belonging_changed(one: Belonging) -> ProjectMemberJoined | ProjectMemberLeft:
    """Whether, and as what, a member builds a project now."""
    told = _columns(one, "project_id", "member_id", "role", "revision", "changed_at")
    if not one.is_in:
        return ProjectMemberLeft(**told, removed_by_id=one.removed_by_id)
    return ProjectMemberJoined(**told, joined_at=one.joined_at)


def follow_changed(follow: ProjectFollow) -> ProjectFollowed | ProjectUnfollowed:
    """Whether a member follows a project now."""
    told = _columns(follow, "project_id", "member_id", "revision", "changed_at")
    return (ProjectFollowed if follow.is_following else ProjectUnfollowed)(**told)


def call_changed(call: Call) -> ProjectCallChanged:
    """A call as it stands."""
    return ProjectCallChanged(
        call_id=call.id,
        skills=tuple(call.skills),
        until=call.until.isoformat() if call.until else None,
        **_columns(call, "project_id", "author_id", "title", "hours", "opened_at", *_TURNED),
    )


def invitation_changed(one: HelpInvitation) -> ProjectHelpAsked:
    """An invitation to help as it stands."""
    its = ("project_id", "call_id", "inviter_id", "member_id", "role", "asked_at")
    return ProjectHelpAsked(invitation_id=one.id, **_columns(one, *its, *_TURNED))


def offer_changed(offer: Offer) -> ProjectHelpOffered:
    """An offer of help as it stands."""
    its = ("project_id", "call_id", "member_id", "offered_at")
    return ProjectHelpOffered(offer_id=offer.id, **_columns(offer, *its, *_TURNED))


def update_changed(update: ProjectUpdate) -> ProjectUpdatePublished | ProjectUpdateRemoved:
    """News of a project as they stand, or that they were taken away."""
    its = _columns(update, "project_id", "author_id", "revision")
    if update.removed_at is not None:
        return ProjectUpdateRemoved(update_id=update.id, removed_at=update.removed_at, **its)
    shown = _columns(update, "title", "published_at")
    return ProjectUpdatePublished(update_id=update.id, **its, **shown)


def thanked(thanks: Thanks) -> ContributionThanked:
    """That a contributor was thanked."""
    its = ("call_id", "member_id", "project_id", "owner_id", "revision", "thanked_at")
    return ContributionThanked(skills=tuple(thanks.skills), **_columns(thanks, *its))


def round_changed(one: Round) -> OpinionRequested | OpinionClosed | OpinionConcluded:
    """A round of opinions as it stands."""
    its = ("project_id", "author_id", "title", "audience", "is_anonymous", "opens_at", "closes_at")
    told = {"round_id": one.id, **_columns(one, *its, "revision", "changed_at")}
    if one.concluded_at is not None:
        its_end = _columns(one, "answer_count", "concluded_at")
        return OpinionConcluded(**told, **its_end)
    if one.sealed_at is None:
        return OpinionRequested(**told)
    state: Literal["closed", "withdrawn"] = "withdrawn" if one.withdrawn_at else "closed"
    return OpinionClosed(**told, state=state, answer_count=one.answer_count)


def opinion_given(one: Round, given: Participation) -> OpinionGiven:
    """That a member answered with their name."""
    its = _columns(given, "round_id", "member_id", "revision", "answered_at")
    return OpinionGiven(project_id=one.project_id, **its)


def outcome_due(one: Round) -> OpinionOutcomeDue:
    """That its project has not said what came of a round."""
    assert one.outcome_due_at is not None
    its = _columns(one, "project_id", "author_id", "title")
    return OpinionOutcomeDue(round_id=one.id, revision=1, due_at=one.outcome_due_at, **its)


def benchmark_published(one: Benchmark, version: BenchmarkVersion) -> BenchmarkPublished:
    """That a version of a benchmark was published."""
    return BenchmarkPublished(
        benchmark_id=one.id,
        project_id=one.project_id,
        author_id=version.author_id,
        title=one.title,
        revision=version.version,
        **_columns(version, "alternative_count", "criterion_count", "published_at"),
    )


def moderated(act: ModerationAct) -> ProjectModerated:
    """What moderators did in a project, as it stands."""
    its = ("project_id", "kind", "object_type", "object_id", "member_id")
    told = _columns(act, *its, "revision", "acted_at", "changed_at")
    return ProjectModerated(act_id=act.id, is_standing=act.undone_at is None, **told)


def report_answered(report: Report) -> ProjectReportAnswered:
    """The event that tells who reported something that moderators answered."""
    told = _columns(report, "outcome", "answered_at")
    return ProjectReportAnswered(
        report_id=report.id, member_id=report.reporter_id, revision=1, **told
    )


def _columns(row: Any, *names: str) -> dict[str, Any]:
    """What a row tells by the names of its columns."""
    return {name: getattr(row, name) for name in names}


_TURNED = ("state", "revision", "changed_at")
