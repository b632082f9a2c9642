"""What social takes and answers."""

from marshmallow import fields, validate

from chassis.schemas import AnswerSchema, AuthorSchema, IdList, RequestSchema, page_of


class FollowSchema(AnswerSchema):
    """The state of the pair after the request."""

    member_id = fields.UUID(required=True)
    is_following = fields.Boolean(required=True)


class BlockSchema(AnswerSchema):
    """The state of the pair after the request."""

    member_id = fields.UUID(required=True)
    is_blocked = fields.Boolean(required=True)


class RelationSchema(AnswerSchema):
    """What the caller and a member are to each other; `is_blocked` is by the caller."""

    member_id = fields.UUID(required=True)
    is_following = fields.Boolean(required=True)
    follows_me = fields.Boolean(required=True)
    is_blocked = fields.Boolean(required=True)
    follower_count = fields.Integer(required=True)
    following_count = fields.Integer(required=True)


class ShortRelationSchema(AnswerSchema):
    """The same without the counts."""

    member_id = fields.UUID(required=True)
    is_following = fields.Boolean(required=True)
    follows_me = fields.Boolean(required=True)
    is_blocked = fields.Boolean(required=True)


class RelationListSchema(AnswerSchema):
    items = fields.List(fields.Nested(ShortRelationSchema), required=True)


class RelationsFilters(RequestSchema):
    """`?members=`: ids, with commas between them."""

    members = IdList(required=True, validate=validate.Length(1, 50))


class ReasonSchema(AnswerSchema):
    """`sponsor`, `invitee`, `followed_by` (by `count` whom I follow) or `keywords`."""

    kind = fields.String(required=True)
    count = fields.Integer(required=True, allow_none=True)
    keywords = fields.List(fields.String(), required=True)


class SuggestionSchema(AnswerSchema):
    member = fields.Nested(AuthorSchema, required=True)
    reasons = fields.List(fields.Nested(ReasonSchema), required=True)


class SuggestionListSchema(AnswerSchema):
    items = fields.List(fields.Nested(SuggestionSchema), required=True)


class DismissalSchema(AnswerSchema):
    member_id = fields.UUID(required=True)
    is_dismissed = fields.Boolean(required=True)


class KeywordFollowSchema(AnswerSchema):
    """The state of the pair after the request."""

    slug = fields.String(required=True)
    is_following = fields.Boolean(required=True)


class FollowedMemberSchema(AnswerSchema):
    member = fields.Nested(AuthorSchema, required=True)
    followed_at = fields.AwareDateTime(required=True)


class BlockedMemberSchema(AnswerSchema):
    member = fields.Nested(AuthorSchema, required=True)
    blocked_at = fields.AwareDateTime(required=True)


class FollowedKeywordSchema(AnswerSchema):
    slug = fields.String(required=True)
    followed_at = fields.AwareDateTime(required=True)


class ExportSchema(AnswerSchema):
    """What social keeps of a member; of their followers the ids alone."""

    members = fields.List(fields.Nested(FollowedMemberSchema), required=True)
    keywords = fields.List(fields.Nested(FollowedKeywordSchema), required=True)
    blocked = fields.List(fields.Nested(BlockedMemberSchema), required=True)
    dismissed_ids = fields.List(
        fields.UUID(), required=True, metadata={"description": "Suggestions sent away."}
    )
    follower_ids = fields.List(fields.UUID(), required=True)
    follower_count = fields.Integer(required=True)


MemberPageSchema = page_of(AuthorSchema)
