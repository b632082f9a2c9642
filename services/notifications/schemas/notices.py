"""Notices, how many there are, and what was read; the export."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from chassis.schemas import AnswerSchema, AuthorSchema, PageArguments, RequestSchema, page_of
from services.notifications import rules
from services.notifications.schemas.ladders import (
    AskExportSchema,
    LadderExportSchema,
    SparedExportSchema,
)


class Yes(fields.Boolean):
    """`?unread=true`: a filter that is on, or is not named."""

    truthy: set[object] = {"true"}
    falsy: set[object] = set()


class NoticeFilters(PageArguments):
    """`?unread=true&class=to_me|my_circle|my_keywords`."""

    unread = Yes(load_default=False)
    class_ = fields.String(
        data_key="class", load_default=None, validate=validate.OneOf(rules.CLASSES)
    )


class ReadRequest(RequestSchema):
    """What was read: all that happened up to a moment, or what is about one thing."""

    up_to = fields.AwareDateTime(load_default=None)
    object_id = fields.UUID(load_default=None)

    @validates_schema
    def _check(self, data: Mapping[str, Any], **_: Any) -> None:
        if (data["up_to"] is None) is (data["object_id"] is None):
            raise ValidationError("Either this or `object_id`.", "up_to")


class ObjectSchema(AnswerSchema):
    """What a notice is about; `url` is the path of its page."""

    type = fields.String(required=True)
    id = fields.UUID(required=True)
    title = fields.String(required=True)
    url = fields.String(required=True)


class NoticeSchema(AnswerSchema):
    """A notice: what happened, and why one is told; of those who did it the latest three."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    class_ = fields.String(required=True, data_key="class")
    reason = fields.String(required=True)
    text = fields.String(required=True)
    object = fields.Nested(ObjectSchema, required=True)
    actors = fields.List(fields.Nested(AuthorSchema), required=True)
    actor_count = fields.Integer(required=True)
    happened_at = fields.AwareDateTime(required=True)
    is_unread = fields.Boolean(required=True)
    read_at = fields.AwareDateTime(required=True, allow_none=True)


class ClassCountSchema(AnswerSchema):
    to_me = fields.Integer(required=True)
    my_circle = fields.Integer(required=True)
    my_keywords = fields.Integer(required=True)


class NoticeCountSchema(AnswerSchema):
    """How many are unread: 100 stands for more."""

    unread = fields.Integer(required=True)
    by_class = fields.Nested(ClassCountSchema, required=True)


class NoticeExportSchema(AnswerSchema):
    kind = fields.String(required=True)
    object_id = fields.UUID(required=True)
    part = fields.String(required=True)
    actor_id = fields.UUID(required=True, allow_none=True)
    happened_at = fields.AwareDateTime(required=True)
    read_at = fields.AwareDateTime(required=True, allow_none=True)


class AddressExportSchema(AnswerSchema):
    email = fields.String(required=True)
    is_confirmed = fields.Boolean(required=True)
    changed_at = fields.AwareDateTime(required=True)


class PreferencesExportSchema(AnswerSchema):
    version = fields.Integer(required=True)
    choices = fields.Dict(required=True)
    changed_at = fields.AwareDateTime(required=True)


class MailExportSchema(AnswerSchema):
    kind = fields.String(required=True)
    object_id = fields.UUID(required=True, allow_none=True)
    notice_ids = fields.List(fields.UUID(), required=True)
    planned_at = fields.AwareDateTime(required=True)
    sent_at = fields.AwareDateTime(required=True, allow_none=True)
    state = fields.String(required=True)


class SubscriptionExportSchema(AnswerSchema):
    """A device that is pushed to; its keys stay here."""

    id = fields.UUID(required=True)
    endpoint = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)


class PushExportSchema(AnswerSchema):
    object_id = fields.UUID(required=True, allow_none=True)
    notice_ids = fields.List(fields.UUID(), required=True)
    planned_at = fields.AwareDateTime(required=True)
    sent_at = fields.AwareDateTime(required=True, allow_none=True)


class MailboxExportSchema(AnswerSchema):
    bounced_at = fields.AwareDateTime(required=True, allow_none=True)
    well_at = fields.AwareDateTime(required=True, allow_none=True)
    farewell_at = fields.AwareDateTime(required=True, allow_none=True)


class MailReturnExportSchema(AnswerSchema):
    mail_id = fields.UUID(required=True)
    is_permanent = fields.Boolean(required=True)
    returned_at = fields.AwareDateTime(required=True)


class ExportSchema(AnswerSchema):
    """What notifications keeps of a member."""

    address = fields.Nested(AddressExportSchema, required=True, allow_none=True)
    preferences = fields.Nested(PreferencesExportSchema, required=True, allow_none=True)
    looked_on = fields.Date(required=True, allow_none=True)
    mails = fields.List(fields.Nested(MailExportSchema), required=True)
    mailbox = fields.Nested(MailboxExportSchema, required=True, allow_none=True)
    mail_returns = fields.List(fields.Nested(MailReturnExportSchema), required=True)
    push_subscriptions = fields.List(fields.Nested(SubscriptionExportSchema), required=True)
    pushes = fields.List(fields.Nested(PushExportSchema), required=True)
    notices = fields.List(fields.Nested(NoticeExportSchema), required=True)
    asks = fields.List(fields.Nested(AskExportSchema), required=True)
    spared_skills = fields.List(fields.Nested(SparedExportSchema), required=True)
    ladders = fields.List(fields.Nested(LadderExportSchema), required=True)


NoticePageSchema = page_of(NoticeSchema)
