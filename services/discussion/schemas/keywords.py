"""What discussion takes and answers of keywords."""

from marshmallow import fields, validate

from chassis.schemas import AnswerSchema, AuthorSchema, PageArguments, RequestSchema, page_of
from services.discussion.rules import LONGEST_SLUG
from services.discussion.schemas.answers import KeywordSchema
from services.discussion.schemas.requests import LabelString


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


KeywordListPageSchema = page_of(CountedKeywordSchema)
