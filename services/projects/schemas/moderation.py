"""What projects takes and answers of reports, and of what moderators do."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from chassis.fields import TextString
from chassis.schemas import AnswerSchema, AuthorSchema, PageArguments, RequestSchema, page_of
from services.projects import rules

REASONS = ("unkind", "spam", "private", "illegal", "other")
OUTCOMES = ("acted", "unfounded")
LONGEST_WORD, LONGEST_REASON = 1_000, 500


class ObjectSchema(RequestSchema):
    """What of a project is meant: `project` itself, or something that stands in it."""

    type = fields.String(required=True, validate=validate.OneOf(rules.OBJECTS))
    id = fields.UUID(required=True)


class ProjectReportRequest(RequestSchema):
    """What moderators should look at, and why."""

    object = fields.Nested(ObjectSchema, required=True)
    reason = fields.String(required=True, validate=validate.OneOf(REASONS))
    word = TextString(0, LONGEST_WORD, load_default="")


class ProjectReportFilters(PageArguments):
    """`?state=`: for moderators, what waits for an answer, what has one, or their own."""

    state = fields.String(
        load_default="open", validate=validate.OneOf(("open", "answered", "mine"))
    )


class ProjectReportAnswer(RequestSchema):
    """What came of a report, and a word to the one who told."""

    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))
    word = TextString(0, LONGEST_WORD, load_default="")


class ProjectActRequest(RequestSchema):
    """What to do: `hide` an `object`, `close` the project, or `replace_owner` by `member_id`."""

    kind = fields.String(required=True, validate=validate.OneOf(rules.ACTS))
    object = fields.Nested(ObjectSchema, load_default=None)
    member_id = fields.UUID(load_default=None)
    reason = TextString(1, LONGEST_REASON, required=True)

    @validates_schema
    def _check(self, data: Mapping[str, Any], **_: Any) -> None:
        meant = data["object"]
        if (data["kind"] == rules.HIDE) != (meant is not None):
            raise ValidationError("What to hide is named, and for nothing else.", "object")
        if meant is not None and meant["type"] == rules.PROJECT:
            raise ValidationError("A project is closed, not hidden.", "object")
        if (data["kind"] == rules.REPLACE_OWNER) != (data["member_id"] is not None):
            raise ValidationError("The next owner is named, and for nothing else.", "member_id")


class UndoArguments(RequestSchema):
    """`?reason=`: why it is taken back."""

    reason = TextString(1, LONGEST_REASON, required=True)


class ReportedProjectSchema(AnswerSchema):
    """Its title when it was reported; its `visibility` now is for moderators."""

    id = fields.UUID(required=True)
    title = fields.String(required=True)
    visibility = fields.String(required=True)


class ProjectReportSchema(AnswerSchema):
    """A report; `reporter`, `subject` and `said` are for moderators alone.

    `subject` wrote it: null where that has no name. Of a project of the invited moderators act on
    what is told `is_from_inside`, by who builds it.
    """

    id = fields.UUID(required=True)
    project = fields.Nested(ReportedProjectSchema, required=True)
    object = fields.Nested(ObjectSchema, required=True)
    reason = fields.String(required=True)
    word = fields.String(required=True)
    reported_at = fields.AwareDateTime(required=True)
    outcome = fields.String(required=True, allow_none=True)
    answer = fields.String(required=True)
    answered_at = fields.AwareDateTime(required=True, allow_none=True)
    is_from_inside = fields.Boolean(required=True)
    reporter = fields.Nested(AuthorSchema, required=True, allow_none=True)
    subject = fields.Nested(AuthorSchema, required=True, allow_none=True)
    said = fields.String(required=True)


class ProjectActSchema(AnswerSchema):
    """What moderators did; `moderator` is for moderators alone, `member` is whom it concerns."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    object = fields.Nested(ObjectSchema, required=True)
    member = fields.Nested(AuthorSchema, required=True, allow_none=True)
    reason = fields.String(required=True)
    acted_at = fields.AwareDateTime(required=True)
    undone_at = fields.AwareDateTime(required=True, allow_none=True)
    undo_reason = fields.String(required=True)
    moderator = fields.Nested(AuthorSchema, required=True, allow_none=True)


ProjectReportPageSchema = page_of(ProjectReportSchema)
ProjectActPageSchema = page_of(ProjectActSchema)
