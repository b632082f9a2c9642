"""What identity takes and answers."""

from typing import Any

from marshmallow import ValidationError, fields, validate

from chassis.schemas import AnswerSchema, AuthorSchema, RequestSchema, page_of
from services.identity import rules

LOCALES = ("fr", "en")
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


class InvitationRequest(RequestSchema):
    """A place to offer; the address is the sponsor's reminder and binds nobody."""

    email = EmailString(load_default=None, allow_none=True)
    note = TrimmedString(load_default="", validate=validate.Length(max=500))


class JoinRequest(RequestSchema):
    """Joining by an invitation."""

    token = fields.String(required=True, validate=validate.Length(1, LONGEST_TOKEN))
    name = NameString(required=True, validate=[validate.Length(1, 100), _be_a_name])
    email = EmailString(required=True)
    password = fields.String(required=True, validate=PASSWORD, load_only=True)
    locale = fields.String(load_default="fr", validate=validate.OneOf(LOCALES))


class SignInRequest(RequestSchema):
    """An address and a password, of which only a sign-in tells whether they fit."""

    email = TrimmedString(required=True, validate=validate.Length(1, LONGEST_EMAIL))
    password = fields.String(required=True, validate=validate.Length(1, 200), load_only=True)


class RefreshRequest(RequestSchema):
    refresh_token = fields.String(required=True, validate=validate.Length(1, LONGEST_TOKEN))


class InvitationSchema(AnswerSchema):
    """An invitation as its sponsor sees it."""

    id = fields.UUID(required=True)
    email = fields.String(required=True, allow_none=True)
    note = fields.String(required=True)
    state = fields.String(
        required=True, validate=validate.OneOf(["open", "used", "revoked", "expired"])
    )
    expires_at = fields.AwareDateTime(required=True)
    invitee = fields.Nested(AuthorSchema, required=True, allow_none=True)


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
    role = fields.String(
        required=True, validate=validate.OneOf(["member", "moderator", "administrator"])
    )
    sponsor = fields.Nested(AuthorSchema, required=True, allow_none=True)
    joined_at = fields.AwareDateTime(required=True)


class InviteeSchema(AuthorSchema):
    """Somebody who joined by a member's invitation."""

    joined_at = fields.AwareDateTime(required=True)


class SessionSchema(AnswerSchema):
    """What signing in and refreshing give; `expires_in` is in seconds."""

    access_token = fields.String(required=True)
    refresh_token = fields.String(required=True)
    token_type = fields.String(required=True)
    expires_in = fields.Integer(required=True)


InvitationPageSchema = page_of(InvitationSchema)
InviteePageSchema = page_of(InviteeSchema)
