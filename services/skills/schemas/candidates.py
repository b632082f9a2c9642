"""What skills takes and answers of keywords that name no skill."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from chassis.fields import LineString
from chassis.schemas import AnswerSchema, AuthorSchema, PageArguments, RequestSchema, page_of
from services.skills.schemas import SkillSchema
from services.skills.schemas.acts import LONGEST_LABEL, LONGEST_SLUG, ReasonRequest

OUTCOMES = ("accepted", "alias", "refused")


class CandidateFilters(PageArguments):
    """Which ones: what waits, or what was answered."""

    state = fields.String(load_default="open", validate=validate.OneOf(["open", "answered"]))


class NewSkillRequest(RequestSchema):
    """The skill that is made of it; `is_everyday` counts beside a near skill alone."""

    en = LineString(1, LONGEST_LABEL, required=True, attribute="label_en")
    fr = LineString(1, LONGEST_LABEL, required=True, attribute="label_fr")
    category = fields.String(required=True, validate=validate.Length(1, 100))
    slug = fields.String(load_default="", validate=validate.Length(max=LONGEST_SLUG))
    is_everyday = fields.Boolean(load_default=False)


class CandidateAnswerRequest(ReasonRequest):
    """What becomes of a keyword: a skill, another word for one, or nothing."""

    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))
    skill = fields.Nested(NewSkillRequest, load_default=None)
    into = fields.String(load_default=None, validate=validate.Length(1, LONGEST_SLUG))

    @validates_schema
    def take_what_the_outcome_needs(self, data: dict[str, Any], **_: Any) -> None:
        for name, outcome in (("skill", "accepted"), ("into", "alias")):
            if (data[name] is not None) != (data["outcome"] == outcome):
                raise ValidationError(f"Goes with {outcome}, and only there.", name)


class CandidateAnswerSchema(AnswerSchema):
    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))
    skill = fields.Nested(SkillSchema, required=True, allow_none=True)
    reason = fields.String(required=True)
    actor = fields.Nested(AuthorSchema, required=True)
    at = fields.AwareDateTime(required=True)


class CandidateSchema(AnswerSchema):
    """A keyword that names no skill; counts are of the last 30 days, 0 once it is answered."""

    slug = fields.String(required=True)
    label = fields.String(required=True)
    member_count = fields.Integer(required=True)
    post_count = fields.Integer(required=True)
    last_at = fields.AwareDateTime(required=True, allow_none=True)
    answer = fields.Nested(CandidateAnswerSchema, required=True, allow_none=True)


CandidatePageSchema = page_of(CandidateSchema)
