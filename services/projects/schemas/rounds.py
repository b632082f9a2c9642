"""What rounds of opinions take and answer."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from chassis.fields import LineString, TextString
from chassis.folding import fold
from chassis.schemas import AnswerSchema, AuthorSchema, PageArguments, RequestSchema, page_of
from services.projects import opinions, rules
from services.projects.schemas.requests import LONGEST_DESCRIPTION, LONGEST_LEARNED

MOST_QUESTIONS, FEWEST_OPTIONS, MOST_OPTIONS, LONGEST_TEXT = 20, 2, 20, 2_000
AUDIENCE = validate.OneOf(rules.AUDIENCES)
RESULTS = validate.OneOf((rules.AFTER_ANSWER, rules.AFTER_CLOSING))


class QuestionRequest(RequestSchema):
    """A question: a choice of 1 to `most` of its options, a scale from 1 to 5, or a text."""

    kind = fields.String(required=True, validate=validate.OneOf(opinions.KINDS))
    text = LineString(3, 300, required=True)
    options = fields.List(
        LineString(1, 200), load_default=list, validate=validate.Length(max=MOST_OPTIONS)
    )
    most = fields.Integer(load_default=1, strict=True, validate=validate.Range(1, MOST_OPTIONS))

    @validates_schema
    def _check(self, data: Mapping[str, Any], **_: Any) -> None:
        options = data["options"]
        if data["kind"] != opinions.CHOICE:
            if options or data["most"] != 1:
                raise ValidationError("Only a choice has options.", "options")
            return
        if len(options) < FEWEST_OPTIONS:
            raise ValidationError("A choice has 2 to 20 options.", "options")
        if len({fold(one) for one in options}) != len(options):
            raise ValidationError("Each option is another.", "options")
        if data["most"] > len(options):
            raise ValidationError("There are not so many options.", "most")

    @post_load
    def _make(self, data: Mapping[str, Any], **_: Any) -> opinions.Question:
        return opinions.Question(data["kind"], data["text"], tuple(data["options"]), data["most"])


def _questions(**more: Any) -> "fields.List[Any]":
    several = validate.Length(1, MOST_QUESTIONS)
    return fields.List(fields.Nested(QuestionRequest), validate=several, **more)


class RoundRequest(RequestSchema):
    """What to ask, whom, and until when; without `opens_at` it opens at once."""

    title = LineString(6, 150, required=True)
    concept = TextString(0, LONGEST_DESCRIPTION, load_default="")
    audience = fields.String(required=True, validate=AUDIENCE)
    is_anonymous = fields.Boolean(required=True)
    results = fields.String(load_default=rules.AFTER_CLOSING, validate=RESULTS)
    opens_at = fields.AwareDateTime(load_default=None)
    closes_at = fields.AwareDateTime(required=True)
    questions = _questions(required=True)


class RoundChanges(RequestSchema):
    """What to change of a round; of one that is open, `closes_at`. `state` stands alone."""

    title = LineString(6, 150)
    concept = TextString(0, LONGEST_DESCRIPTION)
    audience = fields.String(validate=AUDIENCE)
    is_anonymous = fields.Boolean()
    results = fields.String(validate=RESULTS)
    opens_at = fields.AwareDateTime()
    closes_at = fields.AwareDateTime()
    questions = _questions()
    state = fields.String(validate=validate.Equal(rules.WITHDRAWN))

    @validates_schema
    def _check(self, data: Mapping[str, Any], **_: Any) -> None:
        if "state" in data and len(data) > 1:
            raise ValidationError("What is withdrawn is not changed.", "state")


class GivenRequest(RequestSchema):
    """An answer to a question, which is its number from 1, by what its kind takes."""

    question = fields.Integer(required=True, strict=True)
    choices = fields.List(fields.Integer(strict=True), validate=validate.Length(max=MOST_OPTIONS))
    scale = fields.Integer(strict=True, validate=validate.Range(1, opinions.STEPS))
    text = TextString(1, LONGEST_TEXT)


class OpinionRequest(RequestSchema):
    """What one answers to some or all of the questions."""

    answers = fields.List(
        fields.Nested(GivenRequest), required=True, validate=validate.Length(1, MOST_QUESTIONS)
    )


class OutcomeRequest(RequestSchema):
    """What came of a round; Markdown."""

    outcome = TextString(1, LONGEST_LEARNED, required=True)


class QuestionArguments(PageArguments):
    """`?question=`: its number."""

    question = fields.Integer(required=True, validate=validate.Range(1, MOST_QUESTIONS))


class QuestionSchema(AnswerSchema):
    number = fields.Integer(required=True)
    kind = fields.String(required=True)
    text = fields.String(required=True)
    options = fields.List(fields.String(), required=True)
    most = fields.Integer(required=True)


class RoundSchema(AnswerSchema):
    """A round of opinions; in lists, `questions` and the long texts are empty.

    `is_given`: whether the caller answered; null where nobody can know any more. `may_answer` and
    `may_see_results` are of the caller, now.
    """

    id = fields.UUID(required=True)
    project_id = fields.UUID(required=True)
    author = fields.Nested(AuthorSchema, required=True)
    title = fields.String(required=True)
    concept = fields.String(required=True)
    concept_html = fields.String(required=True)
    lang = fields.String(required=True)
    audience = fields.String(required=True)
    is_anonymous = fields.Boolean(required=True)
    results = fields.String(required=True)
    opens_at = fields.AwareDateTime(required=True)
    closes_at = fields.AwareDateTime(required=True)
    state = fields.String(required=True)
    answer_count = fields.Integer(required=True)
    questions = fields.List(fields.Nested(QuestionSchema), required=True)
    is_given = fields.Boolean(required=True, allow_none=True)
    may_answer = fields.Boolean(required=True)
    may_see_results = fields.Boolean(required=True)
    outcome = fields.String(required=True)
    outcome_html = fields.String(required=True)
    concluded_at = fields.AwareDateTime(required=True, allow_none=True)
    is_outcome_missed = fields.Boolean(required=True)
    revision = fields.Integer(required=True)
    asked_at = fields.AwareDateTime(required=True)


class GivenSchema(AnswerSchema):
    question = fields.Integer(required=True)
    choices = fields.List(fields.Integer(), required=True)
    text = fields.String(required=True)


class OpinionSchema(AnswerSchema):
    """Whether the caller answered (null: nobody can know), and, with names, what.

    Of a scale, `choices` has its step.
    """

    is_given = fields.Boolean(required=True, allow_none=True)
    answers = fields.List(fields.Nested(GivenSchema), required=True)


class OptionResultSchema(AnswerSchema):
    option = fields.Integer(required=True)
    text = fields.String(required=True)
    count = fields.Integer(required=True)


class QuestionResultSchema(AnswerSchema):
    """What was answered to one question; `is_shown` is false where too few answered it."""

    question = fields.Integer(required=True)
    kind = fields.String(required=True)
    text = fields.String(required=True)
    is_shown = fields.Boolean(required=True)
    answer_count = fields.Integer(required=True, allow_none=True)
    options = fields.List(fields.Nested(OptionResultSchema), required=True)
    median = fields.Float(required=True, allow_none=True)


class ResultsSchema(AnswerSchema):
    """What was answered so far, or, once the round is over, in all."""

    round_id = fields.UUID(required=True)
    state = fields.String(required=True)
    answer_count = fields.Integer(required=True)
    questions = fields.List(fields.Nested(QuestionResultSchema), required=True)


class OpinionTextSchema(AnswerSchema):
    """Somebody's words; `member` is null in a round without names."""

    id = fields.UUID(required=True)
    member = fields.Nested(AuthorSchema, required=True, allow_none=True)
    text = fields.String(required=True)


class NamedChoiceSchema(AnswerSchema):
    member = fields.Nested(AuthorSchema, required=True)
    choices = fields.List(fields.Integer(), required=True)


RoundPageSchema = page_of(RoundSchema)
OpinionTextPageSchema = page_of(OpinionTextSchema)
NamedChoicePageSchema = page_of(NamedChoiceSchema)
