"""What social takes and answers."""

from marshmallow import fields

from chassis.schemas import AnswerSchema, AuthorSchema, page_of


class FollowSchema(AnswerSchema):
    """The state of the pair after the request."""

    member_id = fields.UUID(required=True)
    is_following = fields.Boolean(required=True)


MemberPageSchema = page_of(AuthorSchema)
