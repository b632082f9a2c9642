"""What identity answers."""

from marshmallow import fields, validate

from chassis.schemas import AnswerSchema, AuthorSchema, page_of
from services.identity import rules


class PersonSchema(AuthorSchema):
    """A member where others are listed or named; `role` tells who moderates."""

    role = fields.String(required=True, validate=validate.OneOf(rules.ROLES))


class LabelsSchema(AnswerSchema):
    en = fields.String(required=True)
    fr = fields.String(required=True)


class FirstSkillSchema(AnswerSchema):
    slug = fields.String(required=True)
    labels = fields.Nested(LabelsSchema, required=True)


class FirstStepsSchema(AnswerSchema):
    """What an invitee achieved first."""

    post_at = fields.AwareDateTime(required=True, allow_none=True)
    skill = fields.Nested(FirstSkillSchema, required=True, allow_none=True)
    skill_at = fields.AwareDateTime(required=True, allow_none=True)


class InvitationSchema(AnswerSchema):
    """An invitation as its sponsor sees it."""

    id = fields.UUID(required=True)
    email = fields.String(required=True, allow_none=True)
    name = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Of who asked for it, where it answers a request."},
    )
    note = fields.String(required=True)
    state = fields.String(
        required=True, validate=validate.OneOf(["open", "used", "revoked", "expired"])
    )
    expires_at = fields.AwareDateTime(required=True)
    invitee = fields.Nested(PersonSchema, required=True, allow_none=True)
    is_place_back = fields.Boolean(required=True)
    first_steps = fields.Nested(
        FirstStepsSchema,
        required=True,
        allow_none=True,
        metadata={"description": "Null unless the invitee lets their sponsor know."},
    )


class CreatedInvitationSchema(InvitationSchema):
    """The same with its link, which is shown only once."""

    url = fields.String(
        metadata={
            "description": "Missing when a creation is repeated: take it back and make another."
        }
    )


class InvitationPreviewSchema(AnswerSchema):
    """An invitation as its holder sees it; without sponsor it comes from the operator."""

    sponsor = fields.Nested(PersonSchema, required=True, allow_none=True)
    note = fields.String(required=True)
    expires_at = fields.AwareDateTime(required=True)


class MemberSchema(PersonSchema):
    """A member as all members see them."""

    company = fields.String(required=True)
    location = fields.String(required=True)
    bio = fields.String(required=True)
    locale = fields.String(required=True, validate=validate.OneOf(rules.LOCALES))
    state = fields.String(required=True, validate=validate.OneOf(["active", "suspended", "left"]))
    sponsor = fields.Nested(PersonSchema, required=True, allow_none=True)
    joined_at = fields.AwareDateTime(required=True)


class InvitingSchema(AnswerSchema):
    """What I may still offer, and why not where I may not."""

    places_left = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Null without limit."}
    )
    hindrance = fields.String(
        required=True, allow_none=True, validate=validate.OneOf(["too_early", "stopped"])
    )
    reason = fields.String(required=True, allow_none=True)
    from_at = fields.AwareDateTime(required=True)


class OwnMemberSchema(MemberSchema):
    """A member as they see themselves."""

    email = fields.String(required=True)
    is_email_confirmed = fields.Boolean(required=True)
    is_proposable = fields.Boolean(required=True)
    asks_per_week = fields.Integer(required=True)
    is_sharing_first_steps = fields.Boolean(required=True)
    inviting = fields.Nested(InvitingSchema, required=True)


class LineageSchema(AnswerSchema):
    """Who invited whom, from the eldest to a member's sponsor."""

    items = fields.List(fields.Nested(PersonSchema), required=True)


class InviteeSchema(PersonSchema):
    """Somebody who joined by a member's invitation."""

    joined_at = fields.AwareDateTime(required=True)


class FoundMemberSchema(PersonSchema):
    """Somebody in the list of members."""

    company = fields.String(required=True)
    location = fields.String(required=True)


class WaitingRequestSchema(AnswerSchema):
    """Somebody who would like to be invited; `matches` are the keywords that are mine."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    motivation = fields.String(required=True)
    keywords = fields.List(fields.String(), required=True)
    matches = fields.List(fields.String(), required=True)
    link = fields.String(required=True, allow_none=True)
    confirmed_at = fields.AwareDateTime(required=True)
    expires_at = fields.AwareDateTime(required=True)


class MailSentSchema(AnswerSchema):
    """Look into your mails: the link there works so long, in seconds."""

    expires_in = fields.Integer(required=True)


class OpenSessionSchema(AnswerSchema):
    """Where I am signed in."""

    id = fields.UUID(required=True)
    device = fields.String(required=True)
    opened_at = fields.AwareDateTime(required=True)
    used_at = fields.AwareDateTime(required=True)
    expires_at = fields.AwareDateTime(required=True)
    is_current = fields.Boolean(required=True)


class ActSchema(AnswerSchema):
    """One act of moderation; `actor` is null for the operator, and for whom it is about."""

    id = fields.UUID(required=True)
    act = fields.String(required=True, validate=validate.OneOf(rules.ACTS))
    actor = fields.Nested(PersonSchema, required=True, allow_none=True)
    member = fields.Nested(PersonSchema, required=True)
    reason = fields.String(required=True)
    role = fields.String(required=True, allow_none=True)
    affected_count = fields.Integer(required=True)
    at = fields.AwareDateTime(required=True)


class OutcomeSchema(AnswerSchema):
    """Whom an act concerns, by name; `id` is null after a dry run."""

    id = fields.UUID(required=True, allow_none=True)
    affected = fields.List(fields.Nested(PersonSchema), required=True)
    affected_count = fields.Integer(required=True)


class OrganisationSchema(AnswerSchema):
    slug = fields.String(required=True)
    name = fields.String(required=True)


class RegisteredSchema(OrganisationSchema):
    """An organisation as moderators see it; how many agreed is nobody's to know."""

    domains = fields.List(fields.String(), required=True)
    is_closed = fields.Boolean(required=True)
    registered_at = fields.AwareDateTime(required=True)
    revision = fields.Integer(required=True)


class OrganisationActSchema(AnswerSchema):
    """What a moderator did to an organisation, and how it stood afterwards."""

    id = fields.UUID(required=True)
    act = fields.String(
        required=True, validate=validate.OneOf(["register", "change", "close", "reopen"])
    )
    actor = fields.Nested(PersonSchema, required=True)
    reason = fields.String(required=True)
    name = fields.String(required=True)
    domains = fields.List(fields.String(), required=True)
    at = fields.AwareDateTime(required=True)


class AgreementSchema(AnswerSchema):
    """The organisation that my confirmed address shows, and whether I agreed to be seen in it."""

    organisation = fields.Nested(OrganisationSchema, required=True, allow_none=True)
    has_agreed = fields.Boolean(required=True)


class AccessSchema(AnswerSchema):
    """A new access token of a session that goes on; `expires_in` is in seconds."""

    access_token = fields.String(required=True)
    token_type = fields.String(required=True)
    expires_in = fields.Integer(required=True)


class SessionSchema(AccessSchema):
    """What signing in and refreshing give."""

    refresh_token = fields.String(required=True)


InvitationPageSchema = page_of(InvitationSchema)
InviteePageSchema = page_of(InviteeSchema)
FoundMemberPageSchema = page_of(FoundMemberSchema)
WaitingRequestPageSchema = page_of(WaitingRequestSchema)
OpenSessionPageSchema = page_of(OpenSessionSchema)
ActPageSchema = page_of(ActSchema)
RegisteredPageSchema = page_of(RegisteredSchema)
OrganisationActPageSchema = page_of(OrganisationActSchema)
