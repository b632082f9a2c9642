"""What discussion takes and answers of reports."""

from marshmallow import fields, validate

from chassis.fields import TextString
from chassis.schemas import AnswerSchema, AuthorSchema, PageArguments, RequestSchema, page_of

REASONS = ("unkind", "spam", "private", "illegal", "other")
OUTCOMES = ("acted", "unfounded")


class ReportObjectSchema(RequestSchema):
    """What is reported."""

    type = fields.String(required=True, validate=validate.OneOf(("post", "member")))
    id = fields.UUID(required=True)


class ReportRequest(RequestSchema):
    """What moderators should look at, and why."""

    object = fields.Nested(ReportObjectSchema, required=True)
    reason = fields.String(required=True, validate=validate.OneOf(REASONS))
    word = TextString(0, 1000, load_default="")


class ReportFilters(PageArguments):
    """`?state=`: for moderators, what waits for an answer, what has one, or their own."""

    state = fields.String(
        load_default="open", validate=validate.OneOf(("open", "answered", "mine"))
    )


class ReportAnswerRequest(RequestSchema):
    """What came of a report, and a word to the one who told."""

    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))
    word = TextString(0, 1000, load_default="")


class ReportSchema(AnswerSchema):
    """A report; `reporter`, `subject` and `said` are for moderators alone."""

    id = fields.UUID(required=True)
    object = fields.Nested(ReportObjectSchema, required=True)
    reason = fields.String(required=True)
    word = fields.String(required=True)
    reported_at = fields.AwareDateTime(required=True)
    outcome = fields.String(required=True, allow_none=True)
    answer = fields.String(required=True)
    answered_at = fields.AwareDateTime(required=True, allow_none=True)
    reporter = fields.Nested(AuthorSchema, required=True, allow_none=True)
    subject = fields.Nested(AuthorSchema, required=True, allow_none=True)
    said = fields.String(required=True)


ReportPageSchema = page_of(ReportSchema)
