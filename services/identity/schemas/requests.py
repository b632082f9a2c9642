"""What identity takes."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from chassis.schemas import PageArguments, RequestSchema
from chassis.slugs import slug_of
from services.identity import rules

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


def _be_a_line(text: str) -> None:
    if not rules.is_line(text):
        raise ValidationError("Not a text that can be shown on a line.")


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
    locale = fields.String(load_default="fr", validate=validate.OneOf(rules.LOCALES))


class SponsorRequest(RequestSchema):
    note = TrimmedString(load_default="", validate=NOTE)


class JoinRequest(RequestSchema):
    """Joining by an invitation."""

    token = fields.String(required=True, validate=validate.Length(1, LONGEST_TOKEN))
    name = NameString(required=True, validate=NAME)
    email = EmailString(required=True)
    password = fields.String(required=True, validate=PASSWORD, load_only=True)
    locale = fields.String(load_default="fr", validate=validate.OneOf(rules.LOCALES))
    is_sharing_first_steps = fields.Boolean(
        load_default=False,
        metadata={"description": "Whether who invited me sees my first post and first skill."},
    )


class ProfileRequest(RequestSchema):
    """How a member wants to be shown; what is not sent stays as it is."""

    name = NameString(validate=NAME)
    headline = NameString(validate=[validate.Length(max=150), _be_a_line])
    company = NameString(validate=[validate.Length(max=100), _be_a_line])
    location = NameString(validate=[validate.Length(max=100), _be_a_line])
    bio = TrimmedString(validate=validate.Length(max=2000))
    locale = fields.String(validate=validate.OneOf(rules.LOCALES))
    is_proposable = fields.Boolean(
        metadata={"description": "Whether I may be proposed to others as an expert."}
    )
    is_sharing_first_steps = fields.Boolean()


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

    act = fields.String(required=True, validate=validate.OneOf(rules.ACTS))
    member_id = fields.UUID(required=True)
    reason = TrimmedString(required=True, validate=validate.Length(1, 1000))
    role = fields.String(
        load_default=None,
        validate=validate.OneOf(rules.ROLES),
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
