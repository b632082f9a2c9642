"""What can go wrong in skills."""

from chassis.errors import Conflict, Forbidden, Invalid, NotFound, TooMany


class AlarmAnswered(Conflict):
    code = "alarm_answered"
    detail = "This alarm was answered already."


class AlarmNotFound(NotFound):
    code = "alarm_not_found"
    detail = "There is no such alarm for you to answer."


class AttributionNotFound(NotFound):
    code = "attribution_not_found"
    detail = "No like proves this skill of this member."


class CandidateAnswered(Conflict):
    code = "candidate_answered"
    detail = "This keyword was answered already; take that back first."


class CandidateInUse(Conflict):
    code = "candidate_in_use"
    detail = "Its skill was merged, renamed or given other words since; take that back first."


class CandidateNotFound(NotFound):
    code = "candidate_not_found"
    detail = "This keyword waits for no answer."


class CategoryUnknown(Invalid):
    code = "category_unknown"
    detail = "No skill of the catalogue is of this category."


class ContestAnswered(Conflict):
    code = "contest_answered"
    detail = "This contest was answered already."


class ContestNotFound(NotFound):
    code = "contest_not_found"
    detail = "There is no such contest for you to answer."


class ContestsTooMany(TooMany):
    code = "contests_too_many"
    detail = "You contested enough for today."


class DiscountNotFound(NotFound):
    code = "discount_not_found"
    detail = "No such discount stands."


class EscoInvalid(Invalid):
    code = "esco_invalid"
    detail = "These are not the files that ESCO publishes."


class LabelInvalid(Invalid):
    code = "label_invalid"
    detail = "A label needs letters or digits."


class LabelsNotFound(NotFound):
    code = "labels_not_found"
    detail = "No moderator has said what this skill is called."


class LineNotFound(NotFound):
    code = "line_not_found"
    detail = "This post is no evidence of this skill."


class MergeImpossible(Conflict):
    code = "merge_impossible"
    detail = "This skill leads to another, or would lead to itself."


class MergeNotFound(NotFound):
    code = "merge_not_found"
    detail = "This skill leads to no other."


class ModeratorsOnly(Forbidden):
    code = "moderators_only"
    detail = "Only moderators may do this."


class OwnDiscount(Forbidden):
    code = "own_discount"
    detail = "What concerns you is for another moderator to decide."


class OrganisationNotFound(NotFound):
    code = "organisation_not_found"
    detail = "There is no such organisation, or it is not yours."


class QuestionNotFound(NotFound):
    code = "question_not_found"
    detail = "There is no such question."


class SkillMoved(Exception):
    """The slug is a keyword's for the skill of another one, `slug`."""

    def __init__(self, slug: str) -> None:
        super().__init__(slug)
        self.slug = slug


class SkillNotFound(NotFound):
    code = "skill_not_found"
    detail = "There is no such skill."


class SlugTaken(Conflict):
    code = "slug_taken"
    detail = "Another skill has this address already."


class TermTaken(Conflict):
    code = "term_taken"
    detail = "Another skill has this label or alias already."
