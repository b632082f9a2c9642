"""Devices that are told at once: what browsers say of themselves, and what is answered."""

from marshmallow import fields, validate

from chassis.schemas import AnswerSchema, RequestSchema

LONGEST = 4_000  # what is longer than an endpoint may be is refused by its own name until here


class KeysRequest(RequestSchema):
    """What a push is sealed with: base64url, as a browser's subscription says it."""

    p256dh = fields.String(required=True, validate=validate.Length(max=200))
    auth = fields.String(required=True, validate=validate.Length(max=100))


class SubscriptionRequest(RequestSchema):
    """A browser's subscription (`PushSubscription.toJSON()`, without `expirationTime`)."""

    endpoint = fields.String(required=True, validate=validate.Length(max=LONGEST))
    keys = fields.Nested(KeysRequest, required=True)


class SubscriptionSchema(AnswerSchema):
    """A device; `is_current` where it was subscribed in the session that asks."""

    id = fields.UUID(required=True)
    endpoint = fields.String(required=True)
    is_current = fields.Boolean(required=True)
    created_at = fields.AwareDateTime(required=True)


class SubscriptionsSchema(AnswerSchema):
    """One's devices; `public_key` is what browsers subscribe with, null where nothing is pushed."""

    public_key = fields.String(required=True, allow_none=True)
    items = fields.List(fields.Nested(SubscriptionSchema), required=True)
