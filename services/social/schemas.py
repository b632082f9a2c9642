"""What social takes and answers."""

from marshmallow import fields

from chassis.schemas import AnswerSchema, AuthorSchema, page_of


class FollowSchema(AnswerSchema):
    """The state of the pair after the request."""

    member_id = fields.UUID(required=True)
    is_following = fields.Boolean(required=True)


class KeywordFollowSchema(AnswerSchema):
    """The state of the pair after the request."""

    slug = fields.String(required=True)
    is_following = fields.Boolean(required=True)


class FollowedMemberSchema(AnswerSchema):
    member = fields.Nested(AuthorSchema, required=True)
    followed_at = fields.AwareDateTime(required=True)


class FollowedKeywordSchema(AnswerSchema):
    slug = fields.String(required=True)
    followed_at = fields.AwareDateTime(required=True)


class ExportSchema(AnswerSchema):
    """What social keeps of a member; of their followers the ids alone."""

    members = fields.List(fields.Nested(FollowedMemberSchema), required=True)
    keywords = fields.List(fields.Nested(FollowedKeywordSchema), required=True)
    follower_ids = fields.List(fields.UUID(), required=True)
    follower_count = fields.Integer(required=True)


MemberPageSchema = page_of(AuthorSchema)
