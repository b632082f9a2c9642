"""What notifications does when it hears of something."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from chassis.blocks import keep_blocks
from chassis.members import keep_closed_sessions
from chassis.messaging.handlers import Handlers
from contracts import Event
from contracts.discussion import (
    AnswerAccepted,
    AnswerRequested,
    AnswerUnaccepted,
    PostEdited,
    PostLiked,
    PostPublished,
    PostRemoved,
    PostUnliked,
    ReportAnswered,
)
from contracts.identity import (
    MEMBER_EVENTS,
    AddressConfirmed,
    InvitationRequested,
    MemberEvent,
    SessionClosed,
)
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
from contracts.skills import (
    ContestAnswered,
    QuestionUnderstood,
    SkillAttributed,
    SkillMerged,
    SkillWithdrawn,
)
from contracts.social import (
    KeywordFollowed,
    KeywordUnfollowed,
    MemberBlocked,
    MemberFollowed,
    MemberUnblocked,
    MemberUnfollowed,
)
from services.notifications.actions import (
    addresses,
    answers,
    devices,
    ladders,
    posts,
    projects,
    replicas,
    skills,
    subjects,
)
from services.notifications.models import BlockRef

handlers = Handlers()


@handlers.on_batch(*MEMBER_EVENTS)
def when_member_changed_keep_member(events: Sequence[MemberEvent], session: Session) -> None:
    replicas.keep_members(session, events)


@handlers.on_batch(AddressConfirmed)
def when_address_confirmed_keep_it(events: Sequence[AddressConfirmed], session: Session) -> None:
    addresses.keep_addresses(session, events)


@handlers.on_batch(MemberFollowed, MemberUnfollowed)
def when_follow_changed_tell_them(
    events: Sequence[MemberFollowed | MemberUnfollowed], session: Session
) -> None:
    replicas.keep_follows(session, events)


@handlers.on_batch(MemberBlocked, MemberUnblocked)
def when_block_changed_hide_both(
    events: Sequence[MemberBlocked | MemberUnblocked], session: Session
) -> None:
    keep_blocks(session, BlockRef, events)


@handlers.on_batch(PostPublished, PostEdited, PostRemoved)
def when_post_changed_tell_of_it(events: Sequence[posts.PostEvent], session: Session) -> None:
    posts.keep_posts(session, events)


@handlers.on_batch(PostLiked, PostUnliked)
def when_like_changed_tell_the_author(
    events: Sequence[PostLiked | PostUnliked], session: Session
) -> None:
    posts.tell_of_likes(session, events)


@handlers.on_batch(AnswerRequested)
def when_answer_requested_tell_them(events: Sequence[AnswerRequested], session: Session) -> None:
    posts.tell_of_requests(session, events)


@handlers.on_batch(AnswerAccepted, AnswerUnaccepted)
def when_answer_accepted_tell_the_author(
    events: Sequence[AnswerAccepted | AnswerUnaccepted], session: Session
) -> None:
    replicas.keep_accepts(session, events)


@handlers.on_batch(SkillAttributed, SkillWithdrawn)
def when_skill_changed_tell_its_member(
    events: Sequence[SkillAttributed | SkillWithdrawn], session: Session
) -> None:
    skills.keep_skills(session, events)


@handlers.on_batch(SkillMerged)
def when_skill_merged_spare_what_it_leads_to(
    events: Sequence[SkillMerged], session: Session
) -> None:
    skills.spare_merged(session, events)


@handlers.on_batch(QuestionUnderstood)
def when_question_understood_keep_what_it_is_about(
    events: Sequence[QuestionUnderstood], session: Session
) -> None:
    skills.keep_understood(session, events)


@handlers.on_batch(
    *(*MEMBER_EVENTS, MemberFollowed, MemberUnfollowed, MemberBlocked, MemberUnblocked),
    *(KeywordFollowed, KeywordUnfollowed, PostPublished, PostEdited, PostRemoved),
    *(AnswerRequested, SkillAttributed, SkillWithdrawn, QuestionUnderstood),
)
def when_past_is_told_hold_ladders(_: Sequence[Event], session: Session) -> None:
    ladders.note_past(session)


@handlers.on_batch(ProjectCreated, ProjectUpdated, ProjectClosed)
def when_project_changed_keep_it(
    events: Sequence[ProjectCreated | ProjectUpdated | ProjectClosed], session: Session
) -> None:
    projects.keep_projects(session, events)


@handlers.on_batch(ProjectIdle, ProjectAsleep, ProjectWoken)
def when_sleep_changed_tell_the_owner(
    events: Sequence[ProjectIdle | ProjectAsleep | ProjectWoken], session: Session
) -> None:
    projects.keep_sleep(session, events)


@handlers.on_batch(OpinionGiven)
def when_opinion_given_remind_them_no_more(
    events: Sequence[OpinionGiven], session: Session
) -> None:
    projects.keep_given(session, events)


@handlers.on_batch(OpinionOutcomeDue)
def when_opinion_outcome_due_tell_who_asked(
    events: Sequence[OpinionOutcomeDue], session: Session
) -> None:
    projects.tell_of_outcomes_due(session, events)


@handlers.on_batch(InvitationRequested)
def when_invitation_requested_tell_who_follows_its_keywords(
    events: Sequence[InvitationRequested], session: Session
) -> None:
    subjects.keep_requests(session, events)


@handlers.on_batch(KeywordFollowed, KeywordUnfollowed)
def when_keyword_followed_tell_them_what_they_missed(
    events: Sequence[KeywordFollowed | KeywordUnfollowed], session: Session
) -> None:
    subjects.keep_keyword_follows(session, events)


@handlers.on_batch(ProjectMemberJoined, ProjectMemberLeft)
def when_belonging_changed_keep_it(
    events: Sequence[ProjectMemberJoined | ProjectMemberLeft], session: Session
) -> None:
    replicas.keep_people(session, events)


@handlers.on_batch(ProjectFollowed, ProjectUnfollowed)
def when_project_followed_keep_it(
    events: Sequence[ProjectFollowed | ProjectUnfollowed], session: Session
) -> None:
    replicas.keep_people(session, events)


@handlers.on_batch(ProjectUpdatePublished, ProjectUpdateRemoved)
def when_update_changed_tell_of_it(
    events: Sequence[ProjectUpdatePublished | ProjectUpdateRemoved], session: Session
) -> None:
    projects.keep_updates(session, events)


@handlers.on_batch(ProjectCallChanged)
def when_project_call_changed_tell_of_it(
    events: Sequence[ProjectCallChanged], session: Session
) -> None:
    projects.keep_calls(session, events)


@handlers.on_batch(OpinionRequested, OpinionClosed, OpinionConcluded)
def when_round_changed_tell_of_it(
    events: Sequence[OpinionRequested | OpinionClosed | OpinionConcluded], session: Session
) -> None:
    projects.keep_rounds(session, events)


@handlers.on_batch(BenchmarkPublished)
def when_benchmark_published_tell_of_it(
    events: Sequence[BenchmarkPublished], session: Session
) -> None:
    projects.keep_benchmarks(session, events)


@handlers.on_batch(ProjectHelpAsked)
def when_project_help_asked_tell_them(events: Sequence[ProjectHelpAsked], session: Session) -> None:
    projects.keep_invitations(session, events)


@handlers.on_batch(ProjectHelpOffered)
def when_project_help_offered_tell_the_owner(
    events: Sequence[ProjectHelpOffered], session: Session
) -> None:
    projects.keep_offers(session, events)


@handlers.on_batch(ContributionThanked)
def when_contribution_thanked_tell_the_contributor(
    events: Sequence[ContributionThanked], session: Session
) -> None:
    projects.tell_of_thanks(session, events)


@handlers.on_batch(ProjectModerated)
def when_project_moderated_hide_it_and_tell_whom_it_concerns(
    events: Sequence[ProjectModerated], session: Session
) -> None:
    replicas.keep_moderated(session, events)


@handlers.on_batch(ContestAnswered)
def when_contest_answered_tell_who_contests(
    events: Sequence[ContestAnswered], session: Session
) -> None:
    answers.tell_of_contests(session, events)


@handlers.on_batch(ReportAnswered, ProjectReportAnswered)
def when_report_answered_tell_who_told(
    events: Sequence[ReportAnswered | ProjectReportAnswered], session: Session
) -> None:
    answers.tell_of_reports(session, events)


@handlers.on_batch(SessionClosed)
def when_session_closed_refuse_its_writes(
    events: Sequence[SessionClosed], session: Session
) -> None:
    keep_closed_sessions(session, events)


@handlers.on_batch(SessionClosed)
def when_session_closed_push_to_its_devices_no_more(
    events: Sequence[SessionClosed], session: Session
) -> None:
    devices.forget_sessions(session, [event.session_id for event in events])
