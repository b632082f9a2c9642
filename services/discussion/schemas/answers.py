"""What discussion answers of posts."""

from marshmallow import fields

from chassis.schemas import AnswerSchema, AuthorSchema, page_of
from services.discussion.schemas.reports import ReportObjectSchema


class PreviewSchema(AnswerSchema):
    body_html = fields.String(required=True)


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
    excerpt = fields.String(required=True)
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
    accepted_answer_id = fields.UUID(required=True, allow_none=True)
    is_waiting = fields.Boolean(required=True)


class ShareSchema(PostSchema):
    form = fields.String(required=True)
    link = fields.String(required=True, allow_none=True)


class AnyPostSchema(PostSchema):
    """A question, an answer or a share; what another kind has is null or none."""

    question_id = fields.UUID(required=True, allow_none=True)
    question_title = fields.String(required=True, allow_none=True)
    answer_count = fields.Integer(required=True)
    accepted_answer_id = fields.UUID(required=True, allow_none=True)
    is_waiting = fields.Boolean(required=True)
    is_accepted = fields.Boolean(required=True)
    form = fields.String(required=True, allow_none=True)
    link = fields.String(required=True, allow_none=True)


class AnswerPostSchema(PostSchema):
    question_id = fields.UUID(required=True)
    is_accepted = fields.Boolean(required=True)


class AskSchema(AnswerSchema):
    question_id = fields.UUID(required=True)
    member_id = fields.UUID(required=True)
    requested_at = fields.AwareDateTime(required=True)


class FoundPageSchema(AnswerSchema):
    """A page of posts; `proposal` is a keyword spelt alike where nothing was found."""

    items = fields.List(fields.Nested(AnyPostSchema), required=True)
    next = fields.String(required=True, allow_none=True)
    proposal = fields.String(required=True, allow_none=True)


class AcceptSchema(AnswerSchema):
    """The state of the question after the request."""

    question_id = fields.UUID(required=True)
    accepted_answer_id = fields.UUID(required=True, allow_none=True)


class VersionSchema(AnswerSchema):
    """What a post said until `replaced_at`."""

    revision = fields.Integer(required=True)
    title = fields.String(required=True)
    body = fields.String(required=True)
    body_html = fields.String(required=True)
    replaced_at = fields.AwareDateTime(required=True)


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
    lang = fields.String(required=True)
    keywords = fields.List(fields.Nested(KeywordSchema), required=True)
    audience = fields.String(required=True)
    form = fields.String(required=True, allow_none=True)
    link = fields.String(required=True, allow_none=True)
    published_at = fields.AwareDateTime(required=True)
    edited_at = fields.AwareDateTime(required=True, allow_none=True)


class OwnVersionSchema(AnswerSchema):
    """What one's post said before."""

    post_id = fields.UUID(required=True)
    title = fields.String(required=True)
    body = fields.String(required=True)
    replaced_at = fields.AwareDateTime(required=True)


class OwnRequestSchema(AnswerSchema):
    """That somebody asked a member to answer; one of the two is oneself."""

    question_id = fields.UUID(required=True)
    member_id = fields.UUID(required=True)
    requester_id = fields.UUID(required=True)
    requested_at = fields.AwareDateTime(required=True)


class OwnReportSchema(AnswerSchema):
    """What one told the moderators, and what they answered."""

    object = fields.Nested(ReportObjectSchema, required=True)
    reason = fields.String(required=True)
    word = fields.String(required=True)
    reported_at = fields.AwareDateTime(required=True)
    outcome = fields.String(required=True, allow_none=True)
    answer = fields.String(required=True)


class GivenLikeSchema(AnswerSchema):
    post_id = fields.UUID(required=True)
    liked_at = fields.AwareDateTime(required=True)


class ExportSchema(AnswerSchema):
    """What discussion keeps of a member."""

    posts = fields.List(fields.Nested(OwnPostSchema), required=True)
    versions = fields.List(fields.Nested(OwnVersionSchema), required=True)
    likes = fields.List(fields.Nested(GivenLikeSchema), required=True)
    requests = fields.List(fields.Nested(OwnRequestSchema), required=True)
    reports = fields.List(fields.Nested(OwnReportSchema), required=True)


QuestionPageSchema = page_of(QuestionSchema)
AnswerPageSchema = page_of(AnswerPostSchema)
SharePageSchema = page_of(ShareSchema)
PostPageSchema = page_of(AnyPostSchema)
LikerPageSchema = page_of(AuthorSchema)
VersionPageSchema = page_of(VersionSchema)
