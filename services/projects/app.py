"""Composition root of projects: what it serves, hears and tells again."""

from flask import Flask

from chassis.messaging.republish import History
from chassis.reconciling import Share
from chassis.service import Service
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
from services.projects import models
from services.projects.actions.replicas import empty
from services.projects.api import (
    benchmarks,
    calls,
    exports,
    help,
    moderation,
    news,
    projects,
    rounds,
)
from services.projects.chores import CHORES
from services.projects.handlers import handlers
from services.projects.queries import history

SERVICE = Service(
    name="projects",
    metadata=models.Base.metadata,
    member_refs=models.MemberRef,
    blueprints=[
        projects.bp,
        calls.bp,
        help.bp,
        news.bp,
        rounds.bp,
        benchmarks.bp,
        moderation.bp,
        exports.bp,
    ],
    handlers=handlers,
    history=[
        History((ProjectCreated, ProjectUpdated, ProjectClosed), history.list_project_history),
        History((ProjectIdle, ProjectAsleep, ProjectWoken), history.list_sleep_history),
        History((ProjectMemberJoined, ProjectMemberLeft), history.list_belonging_history),
        History((ProjectFollowed, ProjectUnfollowed), history.list_follow_history),
        History((ProjectCallChanged,), history.list_call_history),
        History((ProjectHelpAsked,), history.list_invitation_history),
        History((ProjectHelpOffered,), history.list_offer_history),
        History((ProjectUpdatePublished, ProjectUpdateRemoved), history.list_update_history),
        History((ContributionThanked,), history.list_thanks_history),
        History((OpinionRequested, OpinionClosed, OpinionConcluded), history.list_round_history),
        History((BenchmarkPublished,), history.list_benchmark_history),
        History((OpinionGiven,), history.list_opinion_history),
        History((ProjectModerated,), history.list_moderation_history),
        History((ProjectReportAnswered,), history.list_report_history),
        History((OpinionOutcomeDue,), history.list_outcome_due_history),
    ],
    shares=[
        Share("projects", "thanks", models.Thanks),
        Share("projects", "projects", models.Project),
        Share("projects", "updates", models.ProjectUpdate),
        Share("projects", "calls", models.Call),
        Share("projects", "rounds", models.Round),
        Share("projects", "invitations", models.HelpInvitation),
        Share("projects", "offers", models.Offer),
        Share("projects", "opinions", models.Participation),
        Share("projects", "acts", models.ModerationAct),
        Share("projects", "belongings", models.Belonging),
        Share("projects", "project follows", models.ProjectFollow),
        Share("social", "follows", models.FollowRef),
        Share("social", "blocks", models.BlockRef),
        Share("skills", "skills", models.AttributionRef, where=models.AttributionRef.is_held),
    ],
    empty=empty,
    own_chores=CHORES,
)


def create_app() -> Flask:
    """The web application, configured by the environment."""
    return SERVICE.create_app()
