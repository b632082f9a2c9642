"""What notifications answers of ladders."""

from marshmallow import fields, validate

from chassis.schemas import AnswerSchema
from services.notifications import rules


class StepSchema(AnswerSchema):
    """A step that was taken; of the last, how many followers of its keywords were told."""

    step = fields.Integer(required=True)
    taken_at = fields.AwareDateTime(required=True)
    asked_count = fields.Integer(required=True)


class NextStepSchema(AnswerSchema):
    """The step to come, unless somebody answers; `most` is null where all followers are told."""

    step = fields.Integer(required=True)
    at = fields.AwareDateTime(required=True)
    most = fields.Integer(required=True, allow_none=True)


class LadderSchema(AnswerSchema):
    """How far a question has come; `next` is null where nothing more is done."""

    question_id = fields.UUID(required=True)
    state = fields.String(required=True, validate=validate.OneOf(rules.LADDER_STATES))
    asked_at = fields.AwareDateTime(required=True)
    steps = fields.List(fields.Nested(StepSchema), required=True)
    next = fields.Nested(NextStepSchema, required=True, allow_none=True)


class AskExportSchema(AnswerSchema):
    """That one was asked to answer a question, for the sake of a skill."""

    question_id = fields.UUID(required=True)
    step = fields.Integer(required=True)
    skill = fields.String(required=True)
    asked_at = fields.AwareDateTime(required=True)
    declined_at = fields.AwareDateTime(required=True, allow_none=True)


class SparedExportSchema(AnswerSchema):
    """A skill for which one is not asked for a while."""

    skill = fields.String(required=True)
    until_at = fields.AwareDateTime(required=True)


class LadderExportSchema(AnswerSchema):
    """That others were asked to answer one's question."""

    question_id = fields.UUID(required=True)
    state = fields.String(required=True)
    step = fields.Integer(required=True)
    asked_at = fields.AwareDateTime(required=True)
