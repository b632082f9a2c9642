"""What skills takes and answers of moderators' acts on the catalogue."""

from marshmallow import fields, validate

from chassis.fields import LineString, TextString
from chassis.schemas import AnswerSchema, AuthorSchema, PageArguments, RequestSchema, page_of
from services.skills.schemas import LabelsSchema, SkillSchema

LONGEST_SLUG, LONGEST_LABEL, LONGEST_REASON = 200, 100, 1000
ACTS = ("merge", "part", "rename", "restore", "accept", "alias", "refuse", "reopen")


class ReasonRequest(RequestSchema):
    """Why; kept with the act."""

    reason = TextString(1, LONGEST_REASON, required=True)


class ActRequest(ReasonRequest):
    """A dry run says whom it would concern, and does nothing."""

    is_dry_run = fields.Boolean(load_default=False)


class MergeRequest(ActRequest):
    """Which skill it leads to."""

    into = fields.String(required=True, validate=validate.Length(1, LONGEST_SLUG))


class LabelsRequest(ActRequest):
    """What it is called in each language."""

    en = LineString(1, LONGEST_LABEL, required=True)
    fr = LineString(1, LONGEST_LABEL, required=True)


class StepSchema(AnswerSchema):
    """Somebody whose level would change; 0 is none."""

    member = fields.Nested(AuthorSchema, required=True)
    skill = fields.Nested(SkillSchema, required=True)
    level_before = fields.Integer(required=True)
    level_after = fields.Integer(required=True)


class _ConcernedSchema(AnswerSchema):
    """Posts that name the skill and members who hold it, as they are now.

    Of a dry run: the steps of those members who were tried, the losses first, and whether these
    are all that are concerned.
    """

    slug = fields.String(required=True)
    post_count = fields.Integer(required=True)
    holder_count = fields.Integer(required=True)
    steps = fields.List(fields.Nested(StepSchema), required=True)
    tried_count = fields.Integer(required=True)
    is_complete = fields.Boolean(required=True)


class MergeSchema(_ConcernedSchema):
    """What a merge concerns, and how it stands now."""

    into = fields.String(required=True)
    is_merged = fields.Boolean(required=True)


class RenamingSchema(_ConcernedSchema):
    """What a skill is called, and whether a moderator says so."""

    labels = fields.Nested(LabelsSchema, required=True)
    is_renamed = fields.Boolean(required=True)


class ActFilters(PageArguments):
    """`?slug=`: acts on one skill or keyword."""

    slug = fields.String(load_default=None, validate=validate.Length(1, LONGEST_SLUG))


class CatalogueActSchema(AnswerSchema):
    """Who did what to the catalogue, and why."""

    id = fields.UUID(required=True)
    act = fields.String(required=True, validate=validate.OneOf(ACTS))
    actor = fields.Nested(AuthorSchema, required=True)
    slug = fields.String(required=True)
    into = fields.String(required=True, allow_none=True)
    labels = fields.Nested(LabelsSchema, required=True, allow_none=True)
    reason = fields.String(required=True)
    at = fields.AwareDateTime(required=True)


CatalogueActPageSchema = page_of(CatalogueActSchema)
