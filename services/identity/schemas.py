"""What identity takes and answers."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from chassis.schemas import AnswerSchema, AuthorSchema, PageArguments, RequestSchema, page_of
from chassis.slugs import slug_of
from services.identity import rules

LOCALES = ("fr", "en")
ROLES = ("member", "moderator", "administrator")
ACTS = rules.ACTS
# Longer than any token or address that could be right: what is longer is not looked up.
LONGEST_TOKEN = 200
LONGEST_EMAIL = 254  # RFC 5321, as erratum 1690 of RFC 3696 explains
PASSWORD = validate.Length(12, 200)


class TrimmedString(fields.String):
    """A text without the blanks around it."""

    def _deserialize(self, *args: Any, **kwargs: Any) -> Any:
        return super()._deserialize(*args, **kwargs).strip()


class NameString(fields.String):
    """What a person is called, on one line."""

    def _deserialize(self, *args: Any, **kwargs: Any) -> Any:
        return " ".join(super()._deserialize(*args, **kwargs).split())


class EmailString(TrimmedString):
    """A mail address, as its holder writes it."""

    def _validate(self, value: Any) -> None:
        # Length first: the pattern is not run over a megabyte.
        validate.Length(1, LONGEST_EMAIL)(value)
        validate.Email()(value)
        if not value.isprintable():
            raise ValidationError("Not a valid email address.")


def _be_a_name(text: str) -> None:
    if not rules.is_name(text):
        raise ValidationError("Not a name that can be shown.")


def _be_a_keyword(text: str) -> None:
    if not slug_of(text):
        raise ValidationError("A keyword needs at least one letter or digit.")


NAME = [validate.Length(1, 100), _be_a_name]
NOTE = validate.Length(max=500)


class InvitationRequest(RequestSchema):
    """A place to offer; with an address the link is mailed there too, and binds nobody."""

    email = EmailString(load_default=None, allow_none=True)
    note = TrimmedString(load_default="", validate=NOTE)


class AskForInvitationRequest(RequestSchema):
    """A stranger who would like to be invited."""

    name = NameString(required=True, validate=NAME)
    email = EmailString(required=True)
    motivation = TrimmedString(required=True, validate=validate.Length(1, 2000))
    keywords = fields.List(
        NameString(validate=[validate.Length(1, 50), _be_a_keyword]),
        load_default=[],
        validate=validate.Length(max=3),
    )
    link = TrimmedString(
        load_default=None,
        allow_none=True,
        validate=[validate.Length(1, 500), validate.URL(schemes={"http", "https"})],
    )
    locale = fields.String(load_default="fr", validate=validate.OneOf(LOCALES))


class SponsorRequest(RequestSchema):
    note = TrimmedString(load_default="", validate=NOTE)


class JoinRequest(RequestSchema):
    """Joining by an invitation."""

    token = fields.String(required=True, validate=validate.Length(1, LONGEST_TOKEN))
    name = NameString(required=True, validate=NAME)
    email = EmailString(required=True)
    password = fields.String(required=True, validate=PASSWORD, load_only=True)
    locale = fields.String(load_default="fr", validate=validate.OneOf(LOCALES))
    shares_first_steps = fields.Boolean(
        load_default=False,
        metadata={"description": "Whether who invited me sees my first post and first skill."},
    )


class ProfileRequest(RequestSchema):
    """How a member wants to be shown; what is not sent stays as it is."""

    name = NameString(validate=NAME)
    headline = NameString(validate=validate.Length(max=150))
    company = NameString(validate=validate.Length(max=100))
    location = NameString(validate=validate.Length(max=100))
    bio = TrimmedString(validate=validate.Length(max=2000))
    locale = fields.String(validate=validate.OneOf(LOCALES))
    is_proposable = fields.Boolean(
        metadata={"description": "Whether I may be proposed to others as an expert."}
    )
    shares_first_steps = fields.Boolean()


class MemberSearch(PageArguments):
    """`?q=`: words of a name, or their beginnings."""

    q = fields.String(load_default="", validate=validate.Length(max=100))


class LeaveRequest(RequestSchema):
    """Leaving for good."""

    password = fields.String(required=True, validate=validate.Length(1, 200), load_only=True)
    removes_posts = fields.Boolean(
        load_default=False, metadata={"description": "Whether what I wrote goes with me."}
    )


class EmailChangeRequest(RequestSchema):
    """A new address, with the password once more."""

    email = EmailString(required=True)
    password = fields.String(required=True, validate=validate.Length(1, 200), load_only=True)


class PasswordChangeRequest(RequestSchema):
    """A new password, with the present one."""

    password = fields.String(required=True, validate=validate.Length(1, 200), load_only=True)
    new_password = fields.String(required=True, validate=PASSWORD, load_only=True)


class ForgottenPasswordRequest(RequestSchema):
    email = EmailString(required=True)


class NewPasswordRequest(RequestSchema):
    password = fields.String(required=True, validate=PASSWORD, load_only=True)


class ActRequest(RequestSchema):
    """What a moderator does to a member, or to everybody below them as well."""

    act = fields.String(required=True, validate=validate.OneOf(ACTS))
    member_id = fields.UUID(required=True)
    reason = TrimmedString(required=True, validate=validate.Length(1, 1000))
    role = fields.String(
        load_default=None,
        validate=validate.OneOf(ROLES),
        metadata={"description": "With change_role, and only there."},
    )
    dry_run = fields.Boolean(
        load_default=False,
        attribute="is_dry_run",
        metadata={"description": "Only tell whom it would concern."},
    )

    @validates_schema
    def take_a_role_where_it_changes(self, data: dict[str, Any], **_: Any) -> None:
        if (data["act"] == "change_role") != (data["role"] is not None):
            raise ValidationError("Goes with change_role, and only there.", "role")


class ActSearch(PageArguments):
    member = fields.UUID(load_default=None, attribute="member_id")


class SignInRequest(RequestSchema):
    """An address and a password, of which only a sign-in tells whether they fit."""

    email = TrimmedString(required=True, validate=validate.Length(1, LONGEST_EMAIL))
    password = fields.String(required=True, validate=validate.Length(1, 200), load_only=True)


class RefreshRequest(RequestSchema):
    refresh_token = fields.String(required=True, validate=validate.Length(1, LONGEST_TOKEN))


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
    invitee = fields.Nested(AuthorSchema, required=True, allow_none=True)
    is_place_back = fields.Boolean(required=True)
    first_steps = fields.Nested(
        FirstStepsSchema,
        required=True,
        allow_none=True,
        metadata={"description": "Null unless the invitee lets their sponsor know."},
    )


class CreatedInvitationSchema(InvitationSchema):
    """The same with its link, which is shown only once."""

    url = fields.String(metadata={"description": "Missing when a creation is repeated."})


class InvitationPreviewSchema(AnswerSchema):
    """An invitation as its holder sees it; without sponsor it comes from the operator."""

    sponsor = fields.Nested(AuthorSchema, required=True, allow_none=True)
    note = fields.String(required=True)
    expires_at = fields.AwareDateTime(required=True)


class MemberSchema(AuthorSchema):
    """A member as all members see them."""

    company = fields.String(required=True)
    location = fields.String(required=True)
    bio = fields.String(required=True)
    locale = fields.String(required=True, validate=validate.OneOf(LOCALES))
    role = fields.String(required=True, validate=validate.OneOf(ROLES))
    state = fields.String(required=True, validate=validate.OneOf(["active", "suspended", "left"]))
    sponsor = fields.Nested(AuthorSchema, required=True, allow_none=True)
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
    is_proposable = fields.Boolean(required=True)
    shares_first_steps = fields.Boolean(required=True)
    inviting = fields.Nested(InvitingSchema, required=True)


class InviteeSchema(AuthorSchema):
    """Somebody who joined by a member's invitation."""

    joined_at = fields.AwareDateTime(required=True)


class FoundMemberSchema(AuthorSchema):
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
    act = fields.String(required=True, validate=validate.OneOf(ACTS))
    actor = fields.Nested(AuthorSchema, required=True, allow_none=True)
    member = fields.Nested(AuthorSchema, required=True)
    reason = fields.String(required=True)
    role = fields.String(required=True, allow_none=True)
    affected_count = fields.Integer(required=True)
    at = fields.AwareDateTime(required=True)


class OutcomeSchema(AnswerSchema):
    """Whom an act concerns, at most 1,000 by name; `id` is null after a dry run."""

    id = fields.UUID(required=True, allow_none=True)
    affected = fields.List(fields.Nested(AuthorSchema), required=True)
    affected_count = fields.Integer(required=True)


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
    at = fields.AwareDateTime(required=True)


class ExportedStepsSchema(AnswerSchema):
    post_at = fields.AwareDateTime(required=True, allow_none=True)
    skill_slug = fields.String(required=True, allow_none=True)
    skill_at = fields.AwareDateTime(required=True, allow_none=True)


class ExportSchema(AnswerSchema):
    """Everything that identity keeps of me; `others` are the paths of the other parts."""

    member = fields.Nested(OwnMemberSchema, required=True)
    first_steps = fields.Nested(ExportedStepsSchema, required=True, allow_none=True)
    invitations = fields.List(fields.Nested(ExportedInvitationSchema), required=True)
    sessions = fields.List(fields.Nested(ExportedSessionSchema), required=True)
    requests = fields.List(fields.Nested(ExportedRequestSchema), required=True)
    moderation = fields.List(fields.Nested(ExportedActSchema), required=True)
    others = fields.List(fields.String(), required=True)


class SessionSchema(AnswerSchema):
    """What signing in and refreshing give; `expires_in` is in seconds."""

    access_token = fields.String(required=True)
    refresh_token = fields.String(required=True)
    token_type = fields.String(required=True)
    expires_in = fields.Integer(required=True)


InvitationPageSchema = page_of(InvitationSchema)
InviteePageSchema = page_of(InviteeSchema)
FoundMemberPageSchema = page_of(FoundMemberSchema)
WaitingRequestPageSchema = page_of(WaitingRequestSchema)
OpenSessionPageSchema = page_of(OpenSessionSchema)
ActPageSchema = page_of(ActSchema)
