"""What identity takes."""

import unicodedata
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from chassis.fields import LineString, TextString
from chassis.mailing import addresses
from chassis.schemas import PageArguments, RequestSchema
from chassis.slugs import slug_of
from services.identity import names, rules

# Longer than any token or address that could be right: what is longer is not looked up.
LONGEST_TOKEN = 200
PASSWORD = validate.Length(12, 200)


class TrimmedString(fields.String):
    """A text without the blanks around it."""

    def _deserialize(self, *args: Any, **kwargs: Any) -> Any:
        return super()._deserialize(*args, **kwargs).strip()


class NameString(LineString):
    """What a person is called."""

    has_emoji = False

    def __init__(self, **more: Any) -> None:
        super().__init__(1, 100, **more)

    def _tidy(self, text: str) -> str:
        return names.tidy_name(text)

    def _validate(self, value: Any) -> None:
        super()._validate(value)
        if mistake := names.find_mistake(value):
            raise ValidationError(mistake)


class EmailString(TrimmedString):
    """A mail address, as its holder writes it, composed."""

    def _deserialize(self, *args: Any, **kwargs: Any) -> Any:
        typed = super()._deserialize(*args, **kwargs)
        # Length first: neither composing nor a pattern is run over a megabyte.
        validate.Length(1, 2 * addresses.LONGEST)(typed)
        return unicodedata.normalize("NFC", typed)

    def _validate(self, value: Any) -> None:
        validate.Length(1, addresses.LONGEST)(value)
        if mistake := addresses.find_mistake(value):
            raise ValidationError(mistake)


def _be_a_keyword(text: str) -> None:
    if not slug_of(text):
        raise ValidationError("A keyword needs at least one letter or digit.")


LONGEST_NOTE = 500
MOST_DOMAINS = 10  # of one organisation


class InvitationRequest(RequestSchema):
    """A place to offer; with an address the link is mailed there too, and binds nobody."""

    email = EmailString(load_default=None, allow_none=True)
    note = TextString(0, LONGEST_NOTE, load_default="")


class AskForInvitationRequest(RequestSchema):
    """A stranger who would like to be invited."""

    name = NameString(required=True)
    email = EmailString(required=True)
    motivation = TextString(1, 2000, required=True)
    keywords = fields.List(
        LineString(1, 50, validate=_be_a_keyword),
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
    note = TextString(0, LONGEST_NOTE, load_default="")


class JoinRequest(RequestSchema):
    """Joining by an invitation."""

    token = fields.String(required=True, validate=validate.Length(1, LONGEST_TOKEN))
    name = NameString(required=True)
    email = EmailString(required=True)
    password = fields.String(required=True, validate=PASSWORD, load_only=True)
    locale = fields.String(load_default="fr", validate=validate.OneOf(rules.LOCALES))
    is_sharing_first_steps = fields.Boolean(
        load_default=False,
        metadata={"description": "Whether who invited me sees my first post and first skill."},
    )


class ProfileRequest(RequestSchema):
    """How a member wants to be shown; what is not sent stays as it is."""

    name = NameString()
    headline = LineString(0, 150)
    company = LineString(0, 100)
    location = LineString(0, 100)
    bio = TextString(0, 2000)
    locale = fields.String(validate=validate.OneOf(rules.LOCALES))
    is_proposable = fields.Boolean(
        metadata={"description": "Whether I may be proposed to others as an expert."}
    )
    asks_per_week = fields.Integer(
        strict=True,
        validate=validate.Range(0, 10),
        metadata={"description": "How often a week others may ask me to answer or to help."},
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
    reason = TextString(1, 1000, required=True)
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


class DomainString(TrimmedString):
    """A domain of mail addresses, as mails go by it, in ASCII."""

    def _deserialize(self, *args: Any, **kwargs: Any) -> Any:
        typed = super()._deserialize(*args, **kwargs)
        validate.Length(1, addresses.LONGEST)(typed)
        host = addresses.find_host(unicodedata.normalize("NFC", typed).removeprefix("@"))
        if host is None:
            raise ValidationError("No mail reaches this domain.")
        return host


def _domains(**more: Any) -> Any:
    return fields.List(
        DomainString(validate=validate.Length(1, addresses.LONGEST)),
        validate=validate.Length(1, MOST_DOMAINS),
        **more,
    )


class OrganisationRequest(RequestSchema):
    """An organisation, by the domains of its people's addresses; those below are not meant."""

    name = LineString(1, 100, required=True, validate=_be_a_keyword)
    domains = _domains(required=True)
    reason = TextString(1, 1000, required=True)


class OrganisationChangeRequest(RequestSchema):
    """What changes of an organisation; `revision` is of what was looked at."""

    revision = fields.Integer(strict=True, required=True)
    name = LineString(1, 100, validate=_be_a_keyword)
    domains = _domains()
    is_closed = fields.Boolean()
    reason = TextString(1, 1000, required=True)


class AgreementRequest(RequestSchema):
    """In which organisation I want to be seen: the one that I was shown."""

    organisation = fields.String(required=True, validate=validate.Length(1, 1000))


class SignInRequest(RequestSchema):
    """An address and a password, of which only a sign-in tells whether they fit."""

    email = TrimmedString(required=True, validate=validate.Length(1, addresses.LONGEST))
    password = fields.String(required=True, validate=validate.Length(1, 200), load_only=True)


class PasswordRequest(RequestSchema):
    """The password of who is signed in, once more."""

    password = fields.String(required=True, validate=validate.Length(1, 200), load_only=True)


class RefreshRequest(RequestSchema):
    refresh_token = fields.String(required=True, validate=validate.Length(1, LONGEST_TOKEN))
