"""Preferences, and what the link of a mail is for."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from marshmallow import fields, post_load, validate

from chassis import clock
from chassis.schemas import AnswerSchema, RequestSchema
from services.notifications import preferences, rules
from services.notifications.calendar import Quiet
from services.notifications.errors import PreferencesInvalid, TimeZoneUnknown
from services.notifications.preferences import ClassWish, Preferences, is_zone

LONGEST_PAUSE = timedelta(days=400)
LONGEST_QUIET = 23 * 60  # minutes: who wants no mail at all says so


class ClassWishSchema(RequestSchema):
    """How one is told of what belongs to a class: by mail, and on one's devices."""

    mail = fields.String(required=True, validate=validate.OneOf(preferences.MODES))
    push = fields.Boolean(required=True)


class ClassWishesSchema(RequestSchema):
    to_me = fields.Nested(ClassWishSchema, required=True)
    my_circle = fields.Nested(ClassWishSchema, required=True)
    my_keywords = fields.Nested(ClassWishSchema, required=True)


class QuietSchema(RequestSchema):
    """From when until when nothing is sent (HH:MM on one's wall), and whether on weekends.

    The same time twice is never.
    """

    begins = fields.Time(required=True, format="%H:%M", data_key="from")
    ends = fields.Time(required=True, format="%H:%M", data_key="until")
    on_weekends = fields.Boolean(required=True, data_key="weekends")


class PreferencesRequest(RequestSchema):
    """All of one's preferences; a kind that is named goes before its class."""

    classes = fields.Nested(ClassWishesSchema, required=True)
    kinds = fields.Dict(
        keys=fields.String(),
        values=fields.String(validate=validate.OneOf(preferences.MODES)),
        load_default=dict,
    )
    digest = fields.String(required=True, validate=validate.OneOf(preferences.RHYTHMS))
    digest_hour = fields.Integer(required=True, strict=True, validate=validate.Range(0, 23))
    time_zone = fields.String(required=True, validate=validate.Length(max=64))
    quiet = fields.Nested(QuietSchema, required=True)
    paused_until = fields.AwareDateTime(load_default=None, allow_none=True)

    @post_load
    def _make(self, data: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        if not is_zone(data["time_zone"]):
            raise TimeZoneUnknown(errors={"time_zone": [TimeZoneUnknown.detail]})
        unknown = sorted(set(data["kinds"]) - set(rules.CLASS_OF))
        if unknown:
            raise PreferencesInvalid(errors={"kinds": ["There is no such kind of notice."]})
        _require_end(data["paused_until"])
        quiet = data["quiet"]
        if _minutes(quiet["begins"], quiet["ends"]) > LONGEST_QUIET:
            raise PreferencesInvalid(errors={"quiet": ["An hour of the day must be left."]})
        wishes = {name: ClassWish(**wish) for name, wish in data["classes"].items()}
        return {
            "preferences": Preferences(**{**data, "classes": wishes, "quiet": Quiet(**quiet)}),
        }


class ClassWishAnswer(AnswerSchema):
    mail = fields.String(required=True, validate=validate.OneOf(preferences.MODES))
    push = fields.Boolean(required=True)


class ClassWishesAnswer(AnswerSchema):
    to_me = fields.Nested(ClassWishAnswer, required=True)
    my_circle = fields.Nested(ClassWishAnswer, required=True)
    my_keywords = fields.Nested(ClassWishAnswer, required=True)


class QuietAnswer(AnswerSchema):
    begins = fields.String(required=True, data_key="from")
    ends = fields.String(required=True, data_key="until")
    on_weekends = fields.Boolean(required=True, data_key="weekends")


class PreferencesSchema(AnswerSchema):
    """Preferences as they hold; `version` is what `If-Match` names.

    `mail_state`: `none` without a confirmed address, `bounced` where mails come back.
    """

    version = fields.Integer(required=True)
    classes = fields.Nested(ClassWishesAnswer, required=True)
    kinds = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    digest = fields.String(required=True, validate=validate.OneOf(preferences.RHYTHMS))
    digest_hour = fields.Integer(required=True)
    time_zone = fields.String(required=True)
    quiet = fields.Nested(QuietAnswer, required=True)
    paused_until = fields.AwareDateTime(required=True, allow_none=True)
    mail_state = fields.String(required=True, validate=validate.OneOf(["none", "ok", "bounced"]))


class UnsubscriptionSchema(AnswerSchema):
    """A class of notices, or `digest`, and whether it is mailed no more."""

    scope = fields.String(required=True, validate=validate.OneOf(preferences.SCOPES))
    is_off = fields.Boolean(required=True)


def _require_end(paused_until: datetime | None) -> None:
    if paused_until is not None and paused_until > clock.now() + LONGEST_PAUSE:
        raise PreferencesInvalid(errors={"paused_until": ["At most 400 days."]})


def _minutes(begins: time, ends: time) -> int:
    """How long it is from one time of day to the other; nothing where they are the same."""
    return ((ends.hour - begins.hour) * 60 + ends.minute - begins.minute) % (24 * 60)
