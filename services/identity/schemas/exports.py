"""What a member gets of all that identity keeps of them."""

from marshmallow import fields

from chassis.schemas import AnswerSchema
from services.identity.schemas.answers import OwnMemberSchema


class ExportedInvitationSchema(AnswerSchema):
    id = fields.UUID(required=True)
    email = fields.String(required=True, allow_none=True)
    note = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)
    expires_at = fields.AwareDateTime(required=True)
    reminded_at = fields.AwareDateTime(required=True, allow_none=True)
    used_at = fields.AwareDateTime(required=True, allow_none=True)
    revoked_at = fields.AwareDateTime(required=True, allow_none=True)
    invitee_id = fields.UUID(required=True, allow_none=True)


class ExportedSessionSchema(AnswerSchema):
    id = fields.UUID(required=True)
    device = fields.String(required=True)
    opened_at = fields.AwareDateTime(required=True)
    used_at = fields.AwareDateTime(required=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)


class ExportedRequestSchema(AnswerSchema):
    id = fields.UUID(required=True)
    state = fields.String(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True)
    motivation = fields.String(required=True)
    keywords = fields.List(fields.String(), required=True)
    link = fields.String(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)


class ExportedActSchema(AnswerSchema):
    id = fields.UUID(required=True)
    act = fields.String(required=True)
    reason = fields.String(required=True)
    role = fields.String(required=True, allow_none=True)
    at = fields.AwareDateTime(required=True, attribute="acted_at")


class ExportedStepsSchema(AnswerSchema):
    post_at = fields.AwareDateTime(required=True, allow_none=True)
    skill_slug = fields.String(required=True, allow_none=True)
    skill_at = fields.AwareDateTime(required=True, allow_none=True)


class ExportSchema(AnswerSchema):
    """Everything that identity keeps of me; `others` are the paths of the other parts."""

    member = fields.Nested(OwnMemberSchema, required=True)
    organisation = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "In which I agreed to be seen."},
    )
    first_steps = fields.Nested(ExportedStepsSchema, required=True, allow_none=True)
    invitations = fields.List(fields.Nested(ExportedInvitationSchema), required=True)
    sessions = fields.List(fields.Nested(ExportedSessionSchema), required=True)
    requests = fields.List(fields.Nested(ExportedRequestSchema), required=True)
    moderation = fields.List(fields.Nested(ExportedActSchema), required=True)
    others = fields.List(fields.String(), required=True)
