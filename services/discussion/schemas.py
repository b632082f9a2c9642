"""What discussion takes and answers."""

from marshmallow import fields, validate

from chassis.fields import LineString, TextString
from chassis.schemas import AnswerSchema, AuthorSchema, PageArguments, RequestSchema, page_of
from services.discussion.languages import LANGUAGES
from services.discussion.rules import LONGEST_SLUG

LONGEST_BODY = 20_000
AUDIENCES = ("members",)  # `followers` and `followers-only` come with talk in full


class LabelString(LineString):
    """A keyword, as its author writes it."""

    has_emoji = False


class QuestionRequest(RequestSchema):
    """A question to ask."""

    title = LineString(6, 150, required=True)
    body = TextString(1, LONGEST_BODY, required=True)
    keywords = fields.List(LabelString(1, 50), load_default=list, validate=validate.Length(max=5))
    audience = fields.String(load_default="members", validate=validate.OneOf(AUDIENCES))
    lang = fields.String(load_default=None, validate=validate.OneOf(LANGUAGES))


class AnswerRequest(RequestSchema):
    """An answer to give."""

    body = TextString(1, LONGEST_BODY, required=True)
    lang = fields.String(load_default=None, validate=validate.OneOf(LANGUAGES))


class PreviewRequest(RequestSchema):
    """Markdown to look at before it is published."""

    body = TextString(1, LONGEST_BODY, required=True)


class PreviewSchema(AnswerSchema):
    body_html = fields.String(required=True)


class QuestionFilters(PageArguments):
    """`?keyword=` (its slug) and `?author=` (a member's id)."""

    keyword = fields.String(load_default=None, validate=validate.Length(1, LONGEST_SLUG))
    author = fields.UUID(load_default=None)


class KeywordSchema(AnswerSchema):
    slug = fields.String(required=True)
    label = fields.String(required=True)


class PostSchema(AnswerSchema):
    """A post, whatever its kind."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    author = fields.Nested(AuthorSchema, required=True)
    title = fields.String(required=True)
    body = fields.String(required=True)
    body_html = fields.String(required=True)
    lang = fields.String(required=True)
    keywords = fields.List(fields.Nested(KeywordSchema), required=True)
    audience = fields.String(required=True)
    like_count = fields.Integer(required=True)
    liked_by_me = fields.Boolean(required=True)
    published_at = fields.AwareDateTime(required=True)
    edited_at = fields.AwareDateTime(required=True, allow_none=True)
    removed_at = fields.AwareDateTime(required=True, allow_none=True)


class QuestionSchema(PostSchema):
    answer_count = fields.Integer(required=True)
    is_waiting = fields.Boolean(required=True)


class AnswerPostSchema(PostSchema):
    question_id = fields.UUID(required=True)


class LikeSchema(AnswerSchema):
    """The state of the pair after the request."""

    post_id = fields.UUID(required=True)
    liked_by_me = fields.Boolean(required=True)
    like_count = fields.Integer(required=True)


class OwnPostSchema(AnswerSchema):
    """A post as its author wrote it; `body` is Markdown."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    question_id = fields.UUID(required=True, allow_none=True)
    title = fields.String(required=True)
    body = fields.String(required=True)
    keywords = fields.List(fields.Nested(KeywordSchema), required=True)
    audience = fields.String(required=True)
    published_at = fields.AwareDateTime(required=True)
    edited_at = fields.AwareDateTime(required=True, allow_none=True)


class GivenLikeSchema(AnswerSchema):
    post_id = fields.UUID(required=True)
    liked_at = fields.AwareDateTime(required=True)


class ExportSchema(AnswerSchema):
    """What discussion keeps of a member."""

    posts = fields.List(fields.Nested(OwnPostSchema), required=True)
    likes = fields.List(fields.Nested(GivenLikeSchema), required=True)


QuestionPageSchema = page_of(QuestionSchema)
AnswerPageSchema = page_of(AnswerPostSchema)
