"""`/notices/push-subscriptions`: the devices on which one is told at once."""

from typing import Any
from uuid import UUID

from chassis.auth import current_member
from chassis.transactions import transaction
from chassis.web import Blueprint
from services.notifications.actions import devices
from services.notifications.api.looking import current_settings, note_visit
from services.notifications.queries import devices as queries
from services.notifications.queries.devices import SubscriptionsView, SubscriptionView
from services.notifications.schemas.devices import (
    SubscriptionRequest,
    SubscriptionSchema,
    SubscriptionsSchema,
)

bp = Blueprint("devices", "Where one is told at once")
bp.before_request(note_visit)


@bp.get("/notices/push-subscriptions")
@bp.response(200, SubscriptionsSchema)
def get_subscriptions() -> SubscriptionsView:
    """The caller's devices, and the public key with which a browser subscribes."""
    key = current_settings().key
    with transaction() as session:
        return queries.get_subscriptions(
            session, viewer=current_member(), public_key=key.public if key else None
        )


@bp.post("/notices/push-subscriptions")
@bp.arguments(SubscriptionRequest)
@bp.response(201, SubscriptionSchema)
def post_subscription(wanted: dict[str, Any]) -> SubscriptionView:
    """Push to a browser while this session lasts; one that is known becomes the caller's."""
    settings, actor = current_settings(), current_member()
    with transaction() as session:
        row = devices.subscribe(
            session,
            actor=actor,
            endpoint=wanted["endpoint"],
            **wanted["keys"],
            hosts=settings.hosts if settings.key else None,
        )
        return SubscriptionView.of(row, actor)


@bp.delete("/notices/push-subscriptions/<uuid:subscription_id>")
@bp.response(204)
def delete_subscription(subscription_id: UUID) -> None:
    """Push to a device no more; again changes nothing."""
    with transaction() as session:
        devices.unsubscribe(session, actor=current_member(), subscription_id=subscription_id)
