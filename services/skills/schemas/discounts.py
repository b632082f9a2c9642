"""What skills takes and answers of contests, discounts and alarms."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from chassis.fields import TextString
from chassis.schemas import AnswerSchema, AuthorSchema, PageArguments, RequestSchema, page_of
from services.skills.schemas import SkillSchema
from services.skills.schemas.acts import LONGEST_REASON, LONGEST_SLUG, ActRequest, StepSchema

LARGEST_GROUP = 50


class DiscountRequest(ActRequest):
    """A post that proves nothing in the skill, or a group whose likes of each other count not."""

    skill = fields.String(
        required=True, attribute="slug", validate=validate.Length(1, LONGEST_SLUG)
    )
    post_id = fields.UUID(load_default=None)
    member_ids = fields.List(
        fields.UUID(), load_default=[], validate=validate.Length(max=LARGEST_GROUP)
    )

    @validates_schema
    def take_a_post_or_a_group(self, data: dict[str, Any], **_: Any) -> None:
        """Two of the same person are one."""
        size = len(set(data["member_ids"]))
        if (data["post_id"] is not None) == (size > 0) or size == 1:
            raise ValidationError("A post, or a group of two at least.", "member_ids")


class DiscountOutcomeSchema(AnswerSchema):
    """What was done, or (`id` null) would be: likes that count no more, and levels of a dry run."""

    id = fields.UUID(required=True, allow_none=True, attribute="discount_id")
    like_count = fields.Integer(required=True)
    is_complete = fields.Boolean(required=True)
    steps = fields.List(fields.Nested(StepSchema), required=True)


class DiscountFilters(PageArguments):
    """Those that stand, or those that were taken back."""

    state = fields.String(load_default="standing", validate=validate.OneOf(("standing", "ended")))


class DiscountSchema(AnswerSchema):
    """Who took what out of the evidence, when and why; and the same of who put it back."""

    id = fields.UUID(required=True)
    skill = fields.Nested(SkillSchema, required=True)
    post_id = fields.UUID(required=True, allow_none=True)
    member_ids = fields.List(fields.UUID(), required=True)
    reason = fields.String(required=True)
    made_by = fields.Nested(AuthorSchema, required=True)
    made_at = fields.AwareDateTime(required=True)
    ended_by = fields.Nested(AuthorSchema, required=True, allow_none=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)
    end_reason = fields.String(required=True)


class ContestRequest(RequestSchema):
    """A post of one's own that is no proof of a skill, and why."""

    skill = fields.String(
        required=True, attribute="slug", validate=validate.Length(1, LONGEST_SLUG)
    )
    post_id = fields.UUID(required=True)
    word = TextString(0, LONGEST_REASON, load_default="")


class StateFilters(PageArguments):
    """What waits for an answer, or what has one."""

    state = fields.String(load_default="open", validate=validate.OneOf(("open", "answered")))


class ContestFilters(PageArguments):
    """For moderators what waits or is answered; `mine`, and for others always, one's own."""

    state = fields.String(
        load_default="open", validate=validate.OneOf(("open", "answered", "mine"))
    )


class ContestAnswerRequest(RequestSchema):
    """Whether the line stays, and a word to its holder."""

    outcome = fields.String(required=True, validate=validate.OneOf(("kept", "taken_out")))
    word = TextString(1, LONGEST_REASON, required=True)


class ContestSchema(AnswerSchema):
    """A contest; `holder` is for moderators alone."""

    id = fields.UUID(required=True)
    skill = fields.Nested(SkillSchema, required=True)
    post_id = fields.UUID(required=True)
    title = fields.String(required=True)
    word = fields.String(required=True)
    contested_at = fields.AwareDateTime(required=True)
    outcome = fields.String(required=True, allow_none=True)
    answer = fields.String(required=True)
    answered_at = fields.AwareDateTime(required=True, allow_none=True)
    holder = fields.Nested(AuthorSchema, required=True, allow_none=True)


class AlarmAnswerRequest(RequestSchema):
    """Discount the group, or let it be; why."""

    outcome = fields.String(required=True, validate=validate.OneOf(("discounted", "dismissed")))
    reason = TextString(1, LONGEST_REASON, required=True)


class AlarmSchema(AnswerSchema):
    """A group of which each is liked by four of it at least: `own_count` of all their likes."""

    id = fields.UUID(required=True)
    skill = fields.Nested(SkillSchema, required=True)
    members = fields.List(fields.Nested(AuthorSchema), required=True)
    own_count = fields.Integer(required=True)
    like_count = fields.Integer(required=True)
    raised_at = fields.AwareDateTime(required=True)
    seen_at = fields.AwareDateTime(required=True)
    outcome = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True)
    answered_at = fields.AwareDateTime(required=True, allow_none=True)
    discount_id = fields.UUID(required=True, allow_none=True)


DiscountPageSchema = page_of(DiscountSchema)
ContestPageSchema = page_of(ContestSchema)
AlarmPageSchema = page_of(AlarmSchema)
