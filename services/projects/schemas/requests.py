"""What projects takes."""

from typing import Any

from marshmallow import fields, validate

from chassis.fields import LineString, TextString
from chassis.schemas import PageArguments, RequestSchema
from services.projects import rules

LONGEST_DESCRIPTION, LONGEST_LEARNED, LONGEST_WORD = 20_000, 5_000, 500
STATES = ("open", "answered", "withdrawn")


class LabelString(LineString):
    """A keyword, as its author writes it."""

    has_emoji = False


class Yes(fields.Boolean):
    """`?followed=true`: a filter that is on, or is not named."""

    truthy: set[object] = {"true"}
    falsy: set[object] = set()


def _keywords(**more: Any) -> "fields.List[str]":
    most = validate.Length(max=rules.MOST_KEYWORDS)
    return fields.List(LabelString(1, 50), validate=most, **more)


def _skills(most: int) -> "fields.List[str]":
    slug = fields.String(validate=validate.Regexp(r"[a-z0-9-]{1,300}\Z"))
    return fields.List(slug, validate=validate.Length(max=most), load_default=list)


def _word() -> TextString:
    return TextString(0, LONGEST_WORD, load_default="")


class ProjectRequest(RequestSchema):
    """A project to begin."""

    title = LineString(6, 150, required=True)
    pitch = LineString(1, 500, required=True)
    description = TextString(0, LONGEST_DESCRIPTION, load_default="")
    stage = fields.String(
        load_default="idea", validate=validate.OneOf([s for s in rules.STAGES if s != rules.CLOSED])
    )
    keywords = _keywords(load_default=list)
    visibility = fields.String(
        load_default=rules.MEMBERS, validate=validate.OneOf([rules.MEMBERS, rules.INVITED])
    )


class ProjectChanges(RequestSchema):
    """What its owner changes of a project; `learned` is asked where `stage` becomes `closed`."""

    title = LineString(6, 150)
    pitch = LineString(1, 500)
    description = TextString(0, LONGEST_DESCRIPTION)
    stage = fields.String(validate=validate.OneOf(rules.STAGES))
    keywords = _keywords()
    visibility = fields.String(validate=validate.OneOf([rules.MEMBERS, rules.INVITED]))
    learned = TextString(0, LONGEST_LEARNED)


class ProjectFilters(PageArguments):
    """`?q=&stage=&keyword=&member=&followed=true&needs_me=true`."""

    q = fields.String(load_default=None, validate=validate.Length(1, 200))
    stage = fields.String(load_default=None, validate=validate.OneOf(rules.STAGES))
    keyword = fields.String(load_default=None, validate=validate.Length(1, rules.LONGEST_SLUG))
    member = fields.UUID(load_default=None, metadata={"description": "Who builds them."})
    followed = Yes(load_default=False)
    needs_me = Yes(
        load_default=False, metadata={"description": "Those that look for a skill of the caller's."}
    )


class LeavingArguments(RequestSchema):
    """`?word=`: what the owner says to whom they remove."""

    word = fields.String(load_default="", validate=validate.Length(max=LONGEST_WORD))


class CallRequest(RequestSchema):
    """Help that a project looks for; of the skills, slugs, unknown ones are kept."""

    title = LineString(6, 150, required=True)
    details = TextString(0, LONGEST_LEARNED, load_default="")
    skills = _skills(5)
    hours = fields.Integer(load_default=None, strict=True, validate=validate.Range(1, 1_000))
    until = fields.Date(load_default=None)


class CallChanges(RequestSchema):
    """How a call ends."""

    state = fields.String(required=True, validate=validate.OneOf(["answered", "withdrawn"]))


class CallFilters(PageArguments):
    """`?state=open|answered|withdrawn`."""

    state = fields.String(load_default=None, validate=validate.OneOf(STATES))


class HelpInvitationRequest(RequestSchema):
    """Whom to ask: to help, for a call or in general, or, as `owner`, to take the project over."""

    member_id = fields.UUID(required=True)
    call_id = fields.UUID(load_default=None)
    role = fields.String(
        data_key="as",
        load_default=rules.CONTRIBUTOR,
        validate=validate.OneOf([rules.CONTRIBUTOR, rules.OWNER]),
    )
    word = _word()


class HelpInvitationAnswer(RequestSchema):
    """What one answers; `again` is for who declines."""

    answer = fields.String(
        required=True, validate=validate.OneOf(["accepted", "declined", "later"])
    )
    word = _word()
    again = fields.String(
        load_default="after_90_days", validate=validate.OneOf(["after_90_days", "never"])
    )


class OfferRequest(RequestSchema):
    """Help that one offers for a call."""

    call_id = fields.UUID(required=True)
    word = _word()


class OfferFilters(PageArguments):
    """`?call_id=`."""

    call_id = fields.UUID(load_default=None)


class OfferAnswer(RequestSchema):
    """What its project answers to an offer; `withdrawn` is for who made it."""

    answer = fields.String(
        required=True, validate=validate.OneOf(["accepted", "declined", "withdrawn"])
    )
    word = _word()


class UpdateRequest(RequestSchema):
    """News to tell."""

    title = LineString(6, 150, required=True)
    body = TextString(1, LONGEST_DESCRIPTION, required=True)


class UpdateChanges(RequestSchema):
    """News to change."""

    title = LineString(6, 150)
    body = TextString(1, LONGEST_DESCRIPTION)


class ThanksRequest(RequestSchema):
    """Whom to thank for an answered call, and for which skills."""

    member_id = fields.UUID(required=True)
    skills = _skills(3)
    word = _word()
