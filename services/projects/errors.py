"""What can go wrong in projects."""

from chassis.errors import (
    ConditionMissing,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Outdated,
    TooMany,
)


class ProjectNotFound(NotFound):
    code = "project_not_found"
    detail = "There is no such project."


class CallNotFound(NotFound):
    code = "call_not_found"
    detail = "This project has no such call."


class HelpInvitationNotFound(NotFound):
    code = "help_invitation_not_found"
    detail = "There is no such invitation to help."


class OfferNotFound(NotFound):
    code = "offer_not_found"
    detail = "There is no such offer of help."


class UpdateNotFound(NotFound):
    code = "update_not_found"
    detail = "This project has no such news."


class NotTheAuthor(Forbidden):
    code = "not_the_author"
    detail = "Only who wrote this may change it."


class OwnUpdate(Forbidden):
    code = "own_update"
    detail = "One's own news are liked by others."


class ContributorNotFound(NotFound):
    code = "contributor_not_found"
    detail = "This member does not help here."


class OwnerOnly(Forbidden):
    code = "owner_only"
    detail = "Only the owner of the project may do this."


class ContributorsOnly(Forbidden):
    code = "contributors_only"
    detail = "Only who builds this project may do this."


class ModeratorsOnly(Forbidden):
    code = "moderators_only"
    detail = "Only moderators may do this."


class OwnProject(Forbidden):
    code = "own_project"
    detail = "Who builds a project does not moderate it."


class OwnReport(Conflict):
    code = "own_report"
    detail = "Nobody reports what is their own: it can be taken away."


class ReportsTooMany(TooMany):
    code = "reports_too_many"
    detail = "You told the moderators of very much today; go on tomorrow."


class ReportNotFound(NotFound):
    code = "report_not_found"
    detail = "There is no such report."


class ReportAnswered(Conflict):
    code = "report_answered"
    detail = "This report was answered before."


class ActNotFound(NotFound):
    code = "act_not_found"
    detail = "Moderators did no such thing in this project."


class ActFinal(Conflict):
    code = "act_final"
    detail = "Who owns a project now may hand it over; moderators do not take that back."


class OwnerPresent(Conflict):
    code = "owner_present"
    detail = "The owner is here: only one who is suspended or silent for 90 days is replaced."


class ClosedByModerators(Conflict):
    code = "closed_by_moderators"
    detail = "Moderators closed this project: only they allow to open it again."


class OpinionTextNotFound(NotFound):
    code = "opinion_text_not_found"
    detail = "No answer of this project has such words."


class VersionOutdated(Outdated):
    code = "version_outdated"
    detail = "This was changed meanwhile: look at it again, then change it."


class VersionMissing(ConditionMissing):
    code = "version_missing"
    detail = 'Say what you change by If-Match: "REVISION".'


class ProjectOver(Conflict):
    code = "project_closed"
    detail = "This project is closed."


class ProjectAsleep(Conflict):
    code = "project_asleep"
    detail = "Nothing was done in this project for long: wake it first."


class ProjectFull(Conflict):
    code = "project_full"
    detail = "As many as may build this project do so already."


class ReopeningTooLate(Conflict):
    code = "reopening_too_late"
    detail = "This project was closed too long ago to be opened again."


class LearnedMissing(Invalid):
    code = "learned_missing"
    detail = "Say what was learned: that is what closing is for."


class KeywordInvalid(Invalid):
    code = "keyword_invalid"
    detail = "A keyword needs at least one letter or digit."


class OwnerMustStay(Conflict):
    code = "owner_must_stay"
    detail = "A project has an owner: hand it over, or close it."


class CallOver(Conflict):
    code = "call_over"
    detail = "This call is not open any more."


class CallsTooMany(Conflict):
    code = "calls_too_many"
    detail = "As many calls as may be are open: answer or withdraw one."


class CallUnanswered(Conflict):
    code = "call_unanswered"
    detail = "Thanks are for a call that was answered."


class HelpInvitationOver(Conflict):
    code = "invitation_over"
    detail = "This invitation does not wait any more."


class HelpInvitationWaits(Conflict):
    code = "invitation_waits"
    detail = "This member has an invitation of this project that waits for an answer."


class HelperInvalid(Conflict):
    code = "helper_impossible"
    detail = "This member cannot be asked to help in this."


class HelperDeclined(Conflict):
    code = "helper_declined"
    detail = "This member did not want to help here; leave it at that for now."


class MemberAskedEnough(Conflict):
    code = "member_asked_enough"
    detail = "This member was asked often enough this week."


class InvitationsTooFast(TooMany):
    code = "help_invitations_too_fast"
    detail = "This project invited as many as it may in a day; go on tomorrow."


class ProjectsTooFast(TooMany):
    code = "projects_too_fast"
    detail = "You began as many projects as one may in a day; go on tomorrow."


class OffersTooFast(TooMany):
    code = "offers_too_fast"
    detail = "You offered help as often as one may in a day; go on tomorrow."


class UpdatesTooFast(TooMany):
    code = "updates_too_fast"
    detail = "You told as many news as one may in a day; go on tomorrow."


class OfferOver(Conflict):
    code = "offer_over"
    detail = "This offer does not wait any more."


class OfferedAlready(Conflict):
    code = "offered_already"
    detail = "You offered your help for this already."


class OwnCall(Conflict):
    code = "own_call"
    detail = "Who builds a project need not offer to."


class ThankedAlready(Conflict):
    code = "thanked_already"
    detail = "You thanked this member for this call already."


class ThanksForOneself(Invalid):
    code = "thanks_for_oneself"
    detail = "Nobody thanks themselves."


class RoundNotFound(NotFound):
    code = "round_not_found"
    detail = "This project has no such round of opinions."


class RoundOver(Conflict):
    code = "round_closed"
    detail = "This round is over: it takes no answer any more."


class RoundNotOpen(Conflict):
    code = "round_not_open"
    detail = "This round is not open yet."


class RoundStillOpen(Conflict):
    code = "round_still_open"
    detail = "What came of a round is said once it is over."


class RoundWithdrawn(Conflict):
    code = "round_withdrawn"
    detail = "This round was withdrawn: it has no results."


class RoundFrozen(Conflict):
    code = "round_frozen"
    detail = "This round is open: of it only the end may be moved."


class AlreadyAnswered(Conflict):
    code = "already_answered"
    detail = "Your answer is in; without a name nobody can find it to change it."


class AudienceTooSmall(Conflict):
    code = "audience_too_small"
    detail = "Too few would be asked for an answer to have no name."


class AudienceNotAllowed(Invalid):
    code = "audience_not_allowed"
    detail = "A project of the invited asks its own people."


class ResultsMustWait(Invalid):
    code = "results_must_wait"
    detail = "Without names, results are shown after the end: before it, they would tell who."


class RoundRepeated(Conflict):
    code = "round_repeated"
    detail = "The same was asked without names lately: the difference would tell who."


class RoundsTooMany(Conflict):
    code = "rounds_too_many"
    detail = "As many rounds as may be are planned or open."


class RoundsTooFast(TooMany):
    code = "rounds_too_fast"
    detail = "This project began as many rounds as it may in a day; go on tomorrow."


class RoundTimesInvalid(Invalid):
    code = "round_times_invalid"
    detail = "A round opens within 90 days, and is open for a day at least and 90 at most."


class NotInAudience(Forbidden):
    code = "not_in_audience"
    detail = "This round asks others, or those who were there when it opened."


class OwnRound(Forbidden):
    code = "own_round"
    detail = "Who asks without names does not answer, nor does the owner of the project."


class AnswerInvalid(Invalid):
    code = "answer_invalid"
    detail = "This does not answer the questions of the round."


class ResultsNotReady(Conflict):
    code = "results_not_ready"
    detail = "The results are not there yet."


class ResultsAfterAnswer(Forbidden):
    code = "results_after_answer"
    detail = "Before the end, results are for those who answered."


class QuestionNotFound(NotFound):
    code = "round_question_not_found"
    detail = "This round has no such question whose answers are shown."
