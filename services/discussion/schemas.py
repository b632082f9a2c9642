"""What discussion takes and answers."""

import re
from typing import Any

from marshmallow import fields, validate

from chassis.fields import LineString, TextString
from chassis.schemas import AnswerSchema, AuthorSchema, PageArguments, RequestSchema, page_of
from chassis.texts import is_line
from services.discussion.languages import LANGUAGES
from services.discussion.rules import LONGEST_SLUG, MOST_KEYWORDS

LONGEST_BODY = 20_000
LONGEST_LINK = 2_000
_LINK = re.compile(r"https?://[^\s/?#@]+(?:[/?#]\S*)?", re.IGNORECASE)
AUDIENCES = ("members", "followers", "followers-only")
FORMS = ("experience", "watch")
VIEWS = ("whole", "card")


class LinkString(fields.String):
    """An address of a page, as it is shown: http or https, a host, nothing invisible."""

    default_error_messages = {"link": "Not an address that begins with http:// or https://."}

    def _deserialize(self, *args: Any, **more: Any) -> Any:
        link = super()._deserialize(*args, **more).strip()
        if len(link) > LONGEST_LINK or not is_line(link) or not _LINK.fullmatch(link):
            raise self.make_error("link")
        return link


class LabelString(LineString):
    """A keyword, as its author writes it."""

    has_emoji = False


class ListedRequest(RequestSchema):
    """What a question and a share have in common."""

    title = LineString(6, 150, required=True)
    body = TextString(1, LONGEST_BODY, required=True)
    keywords = fields.List(
        LabelString(1, 50), load_default=list, validate=validate.Length(max=MOST_KEYWORDS)
    )
    audience = fields.String(load_default="members", validate=validate.OneOf(AUDIENCES))
    lang = fields.String(load_default=None, validate=validate.OneOf(LANGUAGES))


class QuestionRequest(ListedRequest):
    """A question to ask."""


class ShareRequest(ListedRequest):
    """An experience, or a watch with a link that nobody fetches here."""

    form = fields.String(required=True, validate=validate.OneOf(FORMS))
    link = LinkString(load_default=None)


class PostChanges(RequestSchema):
    """What its author may change of any post."""

    body = TextString(1, LONGEST_BODY)
    lang = fields.String(validate=validate.OneOf(LANGUAGES))


class QuestionChanges(PostChanges):
    """The audience stays: others have seen it, and answered."""

    title = LineString(6, 150)
    keywords = fields.List(LabelString(1, 50), validate=validate.Length(max=MOST_KEYWORDS))


class ShareChanges(QuestionChanges):
    form = fields.String(validate=validate.OneOf(FORMS))
    link = LinkString(allow_none=True)


class AnswerRequest(RequestSchema):
    """An answer to give."""

    body = TextString(1, LONGEST_BODY, required=True)
    lang = fields.String(load_default=None, validate=validate.OneOf(LANGUAGES))


class PreviewRequest(RequestSchema):
    """Markdown to look at before it is published."""

    body = TextString(1, LONGEST_BODY, required=True)


class PreviewSchema(AnswerSchema):
    body_html = fields.String(required=True)


class ListArguments(PageArguments):
    """`?view=card`: with the excerpt alone, `body` and `body_html` are empty."""

    view = fields.String(load_default="whole", validate=validate.OneOf(VIEWS))


class QuestionFilters(ListArguments):
    """`?keyword=` (its slug or a spelling) and `?author=` (a member's id)."""

    keyword = fields.String(load_default=None, validate=validate.Length(1, LONGEST_SLUG))
    author = fields.UUID(load_default=None)


class PostFilters(ListArguments):
    """`?author=` and `?kind=`: what a member wrote of one kind."""

    author = fields.UUID(required=True)
    kind = fields.String(
        load_default="answer", validate=validate.OneOf(["question", "answer", "share"])
    )


class AnswerFilters(ListArguments):
    """`?sort=oldest|best`, and `?from=` the answer with which the page begins."""

    sort = fields.String(load_default="oldest", validate=validate.OneOf(["oldest", "best"]))
    first = fields.UUID(load_default=None, data_key="from")


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
    answer_count = fields.Integer(required=True)
    accepted_answer_id = fields.UUID(required=True, allow_none=True)
    is_waiting = fields.Boolean(required=True)
    is_accepted = fields.Boolean(required=True)
    form = fields.String(required=True, allow_none=True)
    link = fields.String(required=True, allow_none=True)


class AnswerPostSchema(PostSchema):
    question_id = fields.UUID(required=True)
    is_accepted = fields.Boolean(required=True)


class AskRequest(RequestSchema):
    """Whom to ask."""

    member_id = fields.UUID(required=True)


class AskSchema(AnswerSchema):
    question_id = fields.UUID(required=True)
    member_id = fields.UUID(required=True)
    requested_at = fields.AwareDateTime(required=True)


class KeywordFilters(PageArguments):
    """`?q=`: what is typed so far."""

    q = fields.String(load_default="", validate=validate.Length(max=50))


class CountedKeywordSchema(AnswerSchema):
    """A keyword; its counts leave out what is for followers only."""

    slug = fields.String(required=True)
    label = fields.String(required=True)
    follower_count = fields.Integer(required=True)
    post_count = fields.Integer(required=True)
    followed_by_me = fields.Boolean(required=True)


class KeywordPageSchema(CountedKeywordSchema):
    related = fields.List(fields.Nested(KeywordSchema), required=True)


class ActiveMemberSchema(AnswerSchema):
    """Somebody, and why: so many likes of so many posts there lately."""

    member = fields.Nested(AuthorSchema, required=True)
    like_count = fields.Integer(required=True)
    post_count = fields.Integer(required=True)


class ActiveMemberListSchema(AnswerSchema):
    items = fields.List(fields.Nested(ActiveMemberSchema), required=True)


class KeywordChanges(RequestSchema):
    """What a keyword is called."""

    label = LabelString(1, 50, required=True)


class MergeRequest(RequestSchema):
    """Which keyword it leads to; a dry run counts and does nothing."""

    into = fields.String(required=True, validate=validate.Length(1, LONGEST_SLUG))
    is_dry_run = fields.Boolean(load_default=False)


class MergeSchema(AnswerSchema):
    """How many posts and followers the act concerns, and how it stands now."""

    slug = fields.String(required=True)
    into = fields.String(required=True)
    post_count = fields.Integer(required=True)
    follower_count = fields.Integer(required=True)
    is_merged = fields.Boolean(required=True)


class SearchFilters(PageArguments):
    """`?q=`: words and filters."""

    q = fields.String(required=True, validate=validate.Length(1, 200))


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
SharePageSchema = page_of(ShareSchema)
PostPageSchema = page_of(AnyPostSchema)
LikerPageSchema = page_of(AuthorSchema)
VersionPageSchema = page_of(VersionSchema)
KeywordListPageSchema = page_of(CountedKeywordSchema)
