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
