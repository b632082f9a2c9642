"""What skills answers."""

from marshmallow import ValidationError, fields, validate

from chassis.folding import folded_phrase
from chassis.schemas import (
    AnswerSchema,
    AuthorSchema,
    Digits,
    IdList,
    PageArguments,
    RequestSchema,
    SlugList,
    page_of,
)


class LabelsSchema(AnswerSchema):
    """A skill's label in each language of the interface."""

    fr = fields.String(required=True)
    en = fields.String(required=True)


class SkillSchema(AnswerSchema):
    """An entry of the catalogue; `label` is the English one."""

    slug = fields.String(required=True)
    label = fields.String(required=True, attribute="label_en")
    labels = fields.Nested(LabelsSchema, required=True)
    category = fields.String(required=True)


class SkillFilters(PageArguments):
    """`?q=`: the beginning of a label or alias, in either language."""

    q = fields.String(load_default="", validate=validate.Length(max=100))


class AttributionFilters(PageArguments):
    """`?state=past`: what was held once and has faded. At first the fifteen that are drawn."""

    limit = Digits(load_default=15, validate=validate.Range(1, 50))
    state = fields.String(load_default="held", validate=validate.OneOf(["held", "past"]))


class DetectRequest(RequestSchema):
    """A post as it is being written; `text` is Markdown."""

    title = fields.String(load_default="", validate=validate.Length(max=150))
    text = fields.String(load_default="", validate=validate.Length(max=20_000))
    keywords = fields.List(
        fields.String(validate=validate.Length(max=50)),
        load_default=list,
        validate=validate.Length(max=5),
    )


class SubjectSchema(AnswerSchema):
    """A skill that a text is about; `reason` is where it is named."""

    skill = fields.Nested(SkillSchema, required=True)
    relevance = fields.Float(required=True)
    reason = fields.String(required=True)


class SubjectListSchema(AnswerSchema):
    items = fields.List(fields.Nested(SubjectSchema), required=True)


class AttributionSchema(AnswerSchema):
    """`worth` is what answers and shares are worth today, to which the evidence adds up.

    `score` is that times the member's standing, `confidence` from 0 to 1.

    `level_name` is `emerging`, `recognised`, `established`, `strong`, `reference`, or null where
    there is no level; `confidence_name` `few`, `several` or `many` voices; `freshness` `fresh`,
    `fading` (no like for 180 days) or `past` (for 540, or no level).
    """

    skill = fields.Nested(SkillSchema, required=True)
    level = fields.Integer(required=True)
    level_name = fields.String(required=True, allow_none=True)
    score = fields.Float(required=True)
    worth = fields.Float(required=True)
    confidence = fields.Float(required=True)
    confidence_name = fields.String(required=True)
    freshness = fields.String(required=True)
    liker_count = fields.Integer(required=True)
    evidence_count = fields.Integer(required=True)
    last_evidence_at = fields.AwareDateTime(required=True, allow_none=True)
    is_hidden = fields.Boolean(required=True)


class MonthSchema(AnswerSchema):
    """A month (YYYY-MM): its likes, voices first heard then, and what they are worth today."""

    month = fields.String(required=True)
    like_count = fields.Integer(required=True)
    new_voice_count = fields.Integer(required=True)
    weight = fields.Float(required=True)


class HeldSkillSchema(AttributionSchema):
    """A skill among its member's; `trend` is `up`, `steady` or `down`, for themselves alone."""

    trend = fields.String(required=True, allow_none=True)


class ProofSchema(HeldSkillSchema):
    """An attribution with its months, the latest first.

    For its member alone how far they are trusted, from 0 to 1, once that counts.
    """

    standing = fields.Float(required=True, allow_none=True)
    months = fields.List(fields.Nested(MonthSchema), required=True)


class HidingRequest(RequestSchema):
    """Whether others see a skill of mine."""

    is_hidden = fields.Boolean(required=True)


class HidingSchema(AnswerSchema):
    slug = fields.String(required=True)
    is_hidden = fields.Boolean(required=True)


class LevelFilters(RequestSchema):
    """`?members=` ids and `?keywords=` slugs, with commas between them."""

    members = IdList(required=True, validate=validate.Length(1, 50))
    keywords = SlugList(required=True, validate=validate.Length(1, 50))


class HeldSchema(AnswerSchema):
    member_id = fields.UUID(required=True)
    skill = fields.Nested(SkillSchema, required=True)
    level = fields.Integer(required=True)
    level_name = fields.String(required=True)
    freshness = fields.String(required=True)
    liker_count = fields.Integer(required=True)
    evidence_count = fields.Integer(required=True)


class HeldListSchema(AnswerSchema):
    items = fields.List(fields.Nested(HeldSchema), required=True)


class EvidenceFilters(PageArguments):
    """`?group=post`: a line for each post, those of the most worth first."""

    group = fields.String(load_default=None, validate=validate.OneOf(["post"]))


class EvidencePostSchema(AnswerSchema):
    """Of one for followers only, that there is one: no id, no title."""

    id = fields.UUID(required=True, allow_none=True)
    kind = fields.String(required=True)
    title = fields.String(required=True)
    question_id = fields.UUID(required=True, allow_none=True)


class EvidenceSchema(AnswerSchema):
    """A like's, or accept's, part of what its post is worth today; they add up to the worth.

    Or all of a post's together, of which it is not said whether the voices are new, or of the
    branch of the tree of invitations that is the member's own. `source` is `like`, `accept` or
    `thanks`: of a project's owner for help, as the post then is, of which no more is told.
    """

    post = fields.Nested(EvidencePostSchema, required=True)
    source = fields.String(required=True)
    reason = fields.String(required=True)
    weight = fields.Float(required=True)
    like_count = fields.Integer(required=True)
    is_new_voice = fields.Boolean(required=True, allow_none=True)
    is_same_branch = fields.Boolean(required=True, allow_none=True)
    at = fields.AwareDateTime(required=True)


class ReasonSchema(AnswerSchema):
    """`evidence` for the skill itself, `related` for what a related skill lends."""

    kind = fields.String(required=True)
    skill = fields.Nested(SkillSchema, required=True)
    score = fields.Float(required=True)


class ExpertSchema(AnswerSchema):
    """Who knows, and why; `nearness` is `followed` by me, `second_degree`: by whom I follow."""

    member = fields.Nested(AuthorSchema, required=True)
    attributions = fields.List(fields.Nested(AttributionSchema), required=True)
    reasons = fields.List(fields.Nested(ReasonSchema), required=True)
    nearness = fields.String(required=True, allow_none=True)


class OpenQuestionSchema(AnswerSchema):
    """A question of which no answer is accepted."""

    id = fields.UUID(required=True)
    title = fields.String(required=True)
    published_at = fields.AwareDateTime(required=True)


class NewHoldersSchema(AnswerSchema):
    """How many of today's holders proved the skill first in a month (YYYY-MM)."""

    month = fields.String(required=True)
    new_holder_count = fields.Integer(required=True)


class GrowthSchema(AnswerSchema):
    """How many hold a skill, counted once an hour, and since which of the last twelve months."""

    holder_count = fields.Integer(required=True)
    counted_at = fields.AwareDateTime(required=True, allow_none=True)
    months = fields.List(fields.Nested(NewHoldersSchema), required=True)


class OneSkillSchema(SkillSchema):
    """A skill with what is around it: the first experts, and the latest open questions."""

    question_count = fields.Integer(required=True)
    broader = fields.Nested(SkillSchema, required=True, allow_none=True)
    narrower = fields.List(fields.Nested(SkillSchema), required=True)
    related = fields.List(fields.Nested(SkillSchema), required=True)
    experts = fields.List(fields.Nested(ExpertSchema), required=True)
    open_questions = fields.List(fields.Nested(OpenQuestionSchema), required=True)
    growth = fields.Nested(GrowthSchema, required=True)


class UnderstoodSchema(AnswerSchema):
    """A skill that was understood; a guess is one that is spelt alike."""

    skill = fields.Nested(SkillSchema, required=True)
    is_guess = fields.Boolean(required=True)


def _require_word(text: str) -> None:
    """Blanks ask for nothing; signs alone are in no company and no location."""
    if text.strip() and not folded_phrase(text):
        raise ValidationError("Name it by a word.")


def _phrase() -> fields.String:
    return fields.String(load_default="", validate=[validate.Length(max=100), _require_word])


class KnowingFilters(RequestSchema):
    """How many experts at most; `?sort=near`: whom I follow first, then whom those follow.

    `?company=` and `?location=`: whose own have these words, without case and accents.
    """

    limit = Digits(load_default=10, validate=validate.Range(1, 50))
    sort = fields.String(load_default="best", validate=validate.OneOf(["best", "near"]))
    company = _phrase()
    location = _phrase()


class KnowingSearch(KnowingFilters):
    """`?q=`: what is looked for, in free words."""

    q = fields.String(required=True, validate=validate.Length(1, 200))


class KnowingSchema(AnswerSchema):
    """What was understood, and who knows it, the first first."""

    understood = fields.List(fields.Nested(UnderstoodSchema), required=True)
    items = fields.List(fields.Nested(ExpertSchema), required=True)


class ExportedAttributionSchema(AttributionSchema):
    """An attribution with all that stands behind it, also below the first level."""

    evidence = fields.List(fields.Nested(EvidenceSchema), required=True)


class ExportedContestSchema(AnswerSchema):
    """What its member contested, and what was answered."""

    skill = fields.String(required=True)
    post_id = fields.UUID(required=True)
    word = fields.String(required=True)
    contested_at = fields.AwareDateTime(required=True)
    outcome = fields.String(required=True, allow_none=True)
    answer = fields.String(required=True)
    answered_at = fields.AwareDateTime(required=True, allow_none=True)


class RulesSchema(AnswerSchema):
    """Versions of the rules, since when and how many nights there is trust, and one's standing."""

    weighing = fields.Integer(required=True)
    levelling = fields.Integer(required=True)
    trust_began_at = fields.AwareDateTime(required=True, allow_none=True)
    nights = fields.Integer(required=True)
    standing = fields.Float(required=True, allow_none=True)


class ExportSchema(AnswerSchema):
    """What skills keeps of a member, and by which rules."""

    attributions = fields.List(fields.Nested(ExportedAttributionSchema), required=True)
    contests = fields.List(fields.Nested(ExportedContestSchema), required=True)
    rules = fields.Nested(RulesSchema, required=True)


SkillListPageSchema = page_of(SkillSchema)
HeldSkillPageSchema = page_of(HeldSkillSchema)
EvidencePageSchema = page_of(EvidenceSchema)
ExpertPageSchema = page_of(ExpertSchema)
