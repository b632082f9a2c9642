"""What skills takes and answers of organisations."""

from marshmallow import fields, validate

from chassis.schemas import AnswerSchema, Digits, RequestSchema
from services.skills.schemas import ExpertSchema, SkillSchema, UnderstoodSchema

_FIVES = {"description": "In whole fives, rounded down; null for fewer than five."}


class LevelCountSchema(AnswerSchema):
    """How many stand at a level or a higher one."""

    level = fields.Integer(required=True)
    people_count = fields.Integer(required=True, allow_none=True, metadata=_FIVES)


class SharedSkillSchema(AnswerSchema):
    """A skill that five people or more of an organisation hold."""

    skill = fields.Nested(SkillSchema, required=True)
    people_count = fields.Integer(required=True)
    levels = fields.List(fields.Nested(LevelCountSchema), required=True)


class MapSchema(AnswerSchema):
    """A page of what an organisation knows, as it was counted in the night, what most know first.

    Empty, with a null count, where fewer than five agreed or no night has passed.
    """

    people_count = fields.Integer(required=True, allow_none=True, metadata=_FIVES)
    counted_at = fields.AwareDateTime(required=True, allow_none=True)
    items = fields.List(fields.Nested(SharedSkillSchema), required=True)
    next = fields.String(required=True, allow_none=True, attribute="next_cursor")


class OutsideSearch(RequestSchema):
    """`?q=`: what is looked for, in free words."""

    q = fields.String(required=True, validate=validate.Length(1, 200))
    limit = Digits(load_default=10, validate=validate.Range(1, 50))


class OutsiderSchema(AnswerSchema):
    """An expert whom somebody of the organisation follows or invited."""

    expert = fields.Nested(ExpertSchema, required=True)
    follower_count = fields.Integer(required=True, allow_none=True, metadata=_FIVES)


class OutsideSchema(AnswerSchema):
    """What was understood, and who knows it, the first first."""

    understood = fields.List(fields.Nested(UnderstoodSchema), required=True)
    items = fields.List(fields.Nested(OutsiderSchema), required=True)
